//! Fuzzing of what strangers send to the server: texts that it reads, and whole requests.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri};
use jiff::Timestamp;
use serde::de::IgnoredAny;
use serde_json::Value;
use switchboard::{
    Clock, Config, Journal, MemoryJournal, Selection, Switchboard, SystemClock, TenantId,
    journal::{
        CallLog,
        server::{ApiKey, ApiKeys},
    },
};
use switchboard_api::{
    Api, KaiCallsSurface, Secrets, ServerSecret, Service,
    caller::{KeyText, Role},
    cursor::Cursors,
    idempotency::RequestKey,
    routes,
};
use switchboard_http::{GuardRules, LONGEST_URL, is_public};
use tower::ServiceExt;
use url::{Host, form_urlencoded::byte_serialize};

use super::Chance;

const SECRET: [u8; 32] = [7; 32];
const LIST: [&[u8]; 2] = [b"calls", b"acme"];
/// The longest answer to a request of this size.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

fn secrets() -> Secrets {
    Secrets::new(ServerSecret::new(SECRET))
}

/// Reads a cursor, the text of a key, an idempotency header and the address of a receiver.
///
/// # Panics
/// If something is accepted that is not what it has to be.
pub fn server_texts(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    cursor(&text);
    key(&text);
    idempotency(bytes);
    address(&text);
}

/// What opens is what we sealed, in the one form that it has.
fn cursor(text: &str) {
    let cursors = Cursors::new(&secrets());
    if let Ok(position) = cursors.open(&LIST, text) {
        assert_eq!(cursors.seal(&LIST, &position), text, "a cursor has one form");
    }
}

fn key(text: &str) {
    if let Ok(key) = KeyText::parse(text) {
        assert_eq!(key.expose(), text);
        let secret = &text[text.len() - 43..];
        assert!(!format!("{key:?}").contains(secret), "a key shows its secret");
    }
}

fn idempotency(bytes: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(bytes) else { return };
    let headers = HeaderMap::from_iter([("idempotency-key".parse().unwrap(), value)]);
    if let Ok(Some(key)) = RequestKey::optional(&headers) {
        let text = key.as_str();
        assert!((1..=255).contains(&text.len()), "{text:?}");
        assert!(text.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{text:?}");
        assert_eq!(RequestKey::new(text).unwrap().as_str(), text);
    }
}

fn address(text: &str) {
    let rules = GuardRules::default();
    let Ok(url) = rules.check(text) else { return };
    assert!(text.len() <= LONGEST_URL);
    assert_eq!((url.scheme(), url.port_or_known_default()), ("https", Some(443)), "{url}");
    assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
    match url.host().unwrap() {
        Host::Ipv4(address) => assert!(is_public(address.into()), "{url}"),
        Host::Ipv6(address) => assert!(is_public(address.into()), "{url}"),
        Host::Domain(name) => assert!(!name.is_empty()),
    }
    // What is connected to is what was checked.
    assert_eq!(rules.check(url.as_str()).as_ref(), Ok(&url));
}

/// Examples of everything that the server reads.
pub fn server_corpus() -> Vec<Vec<u8>> {
    let cursors = Cursors::new(&secrets());
    let mut seeds = vec![
        cursors.seal(&LIST, &[5; 16]).into_bytes(),
        cursors.seal(&[b"events", b"tenant", b"acme"], &3_u64.to_be_bytes()).into_bytes(),
        KeyText::of(&[7; 16], &[9; 32]).expose().as_bytes().to_vec(),
    ];
    seeds.extend(TEXTS.map(|text| text.as_bytes().to_vec()));
    seeds
}

const TEXTS: [&str; 23] = [
    "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"",
    "a key with \\\" and \\\\",
    "https://hooks.example.com/calls?of=acme",
    "https://user:secret@[::ffff:10.0.0.1]:8443/a#b",
    "https://169.254.169.254/latest/meta-data",
    "https://0x7f.1/",
    "https://2130706433/",
    "https://xn--fsq.example./",
    "kaicalls/0199f2f0-4c1e-7d2a-9a55-6f0c1b7f2a10.4102444800.1.AAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "limit=20&status=in-progress&after=2026-02-14T20:00:00Z&agent_id=uuid-abc123",
    "id=0199f2f0-4c1e-7d2a-9a55-6f0c1b7f2a10&business_id=acme",
    "call_id=%00%ff&limit=18446744073709551616",
    "type=call.ended&type=call.placed&limit=100&after=",
    "status=closed&country=GB&tag=reminder&created_after=2026-02-14T20:00:00Z&limit=100",
    r#"{"agent_id":"uuid-abc123","to":"+12125550142","name":"Ann","context":"Ask for the hours.","webhook_url":"https://example.com/hook","max_duration":300}"#,
    r#"{"to":"+442079460958","task":"Ask for the opening hours.","tags":["reminder"],"metadata":{"order":"8812"},"not_before":"2026-02-14T20:00:00Z","max_cost":{"amount":"0.5","currency":"USD"}}"#,
    r#"{"to":"+12125550142","task":"Ask for the opening hours."}"#,
    r#"{"to":"+12125550142","context":"Ask for the opening hours."}"#,
    r#"{"url":"https://10.0.0.1/hook"}"#,
    r#"{"url":"https://example.com/hook","types":["call.ended"],"metadata":true,"description":"ours"}"#,
    r#"{"calls":[{"idempotency_key":"one","to":"+442079460958","task":"Ask."}]}"#,
    r#"{"to":"+12125550142","task":"Ask.","appointment":{"date":"2026-02-14","time":"20:00","party_size":4},"redial":{"times":2,"after_minutes":30}}"#,
    r#"{"events":["call.completed"],"url":"https://example.com/hook","business_id":"acme"}"#,
];

/// A server whose engine has ended: requests are read as ever, and nothing can be sent.
#[derive(Debug)]
pub struct Requests {
    router: Router,
    store: Arc<MemoryJournal>,
    key: String,
}

impl Requests {
    /// Starts it.
    ///
    /// # Panics
    /// If it cannot be built.
    pub async fn start() -> Self {
        const CONFIGURATION: &str = "[rules]\noff = \"nothing is sent\"\n[providers.kaicalls]\nkind = \"kaicalls\"\napi_key_env = \"K\"\n\
             base_url = \"http://127.0.0.1:1\"\ndefault_agent = \"a\"";
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let store = Arc::new(MemoryJournal::new());
        let engine = Config::from_toml(CONFIGURATION)
            .unwrap()
            .engine_builder(|_| Some("kc_live_0123456789".to_owned()), &clock)
            .unwrap()
            .journal(Arc::clone(&store) as Arc<dyn Journal>)
            .build()
            .unwrap();
        let switchboard = Switchboard::new(engine, clock);
        switchboard.engine().shutdown(Duration::ZERO).await;
        let url = "https://calls.example.com".parse().unwrap();
        let mut api = Api::new(url, secrets(), Arc::clone(&store) as _);
        api.kaicalls = Some(KaiCallsSurface::new("Carry out your standard instructions."));
        let limits = &mut api.limits;
        limits.requests_per_minute = u32::MAX;
        limits.concurrent_requests = u32::MAX;
        limits.streams = u32::MAX;
        let text = KeyText::random().unwrap();
        let mut key = ApiKey::new(text.id(), text.secret_hash(), Timestamp::now());
        key.tenant = Some(TenantId::from("acme"));
        key.scopes = Role::Admin.scopes(true).map(|scope| scope.as_str().to_owned()).collect();
        store.add_key(key).await.unwrap();
        let service = Service::new(switchboard, api);
        let router = routes::complete(&service, routes::incomplete(&service));
        Self { router, store, key: text.expose().to_owned() }
    }

    /// Sends the input as one of the requests that it may be part of. Returns the status of the
    /// answer; `None` if the input cannot be part of a request.
    ///
    /// # Errors
    /// A fault of ours, an answer that is not of its form, or a call that was made.
    pub async fn ask(&self, input: &[u8], chance: &mut Chance) -> Result<Option<u16>, String> {
        const COMPATIBLE: [&str; 10] = [
            "calls",
            "recordings",
            "transcripts",
            "agents",
            "numbers",
            "balance",
            "usage",
            "webhooks",
            "events",
            "event-deliveries",
        ];
        const LISTS: [&str; 5] = ["calls", "events", "webhook-endpoints", "keys", "usage"];
        const POSTS: [&str; 6] = [
            "/v1/calls",
            "/v1/calls/batch",
            "/v1/plan",
            "/v1/webhook-endpoints",
            "/compat/kaicalls/api/v1/calls",
            "/compat/kaicalls/api/v1/webhooks",
        ];
        let pick = |of: &[&'static str], chance: &mut Chance| of[chance.below(of.len())];
        let encoded: String = byte_serialize(input).collect();
        // A body is sent as one most of the time.
        let is_json = serde_json::from_slice::<IgnoredAny>(input).is_ok();
        let choice = if is_json && chance.below(4) > 0 { 7 } else { chance.below(8) };
        let (method, path) = match choice {
            0 => (Method::GET, format!("/v1/events?after={encoded}")),
            1 => (Method::GET, format!("/v1/calls?cursor={encoded}")),
            2 => (Method::GET, "/v1/events/stream".to_owned()),
            3 => {
                let rest = String::from_utf8_lossy(input);
                let (provider, token) = rest.split_once('/').unwrap_or(("kaicalls", &rest));
                let part = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
                (Method::POST, format!("/hooks/v1/{}/{}", part(provider), part(token)))
            }
            4 => {
                let name = pick(&COMPATIBLE, chance);
                (Method::GET, format!("/compat/kaicalls/api/v1/{name}?{}", query(input)))
            }
            5 => (Method::GET, format!("/v1/{}?{}", pick(&LISTS, chance), query(input))),
            _ => (Method::POST, pick(&POSTS, chance).to_owned()),
        };
        let Ok(uri) = path.parse::<Uri>() else { return Ok(None) };
        let follows = path == "/v1/events/stream";
        let mut request = Request::builder()
            .method(method)
            .uri(uri)
            .header("authorization", format!("Bearer {}", self.key))
            .header("content-type", "application/json");
        // Bytes that cannot stand in a header never reach the server.
        let key = if is_json { b"a-key".as_slice() } else { input };
        for (name, value, wanted) in
            [("last-event-id", input, follows), ("idempotency-key", key, !follows)]
        {
            if let Some(value) = HeaderValue::from_bytes(value).ok().filter(|_| wanted) {
                request = request.header(name, value);
            }
        }
        let mut request = request.body(Body::from(input.to_vec())).map_err(|e| e.to_string())?;
        let peer = SocketAddr::from(([192, 0, 2, 7], 40_000));
        request.extensions_mut().insert(ConnectInfo(peer));
        let Ok(answer) = self.router.clone().oneshot(request).await;
        let status = answer.status();
        // A stream has no end.
        if !(follows && status == StatusCode::OK) {
            let body = to_bytes(answer.into_body(), LONGEST_ANSWER).await;
            let body = body.map_err(|error| format!("{path}: {error}"))?;
            read(status, &body).map_err(|what| format!("{path} answered {status}: {what}"))?;
        }
        let calls = self.store.select(&Selection::default()).await.map_err(|e| e.to_string())?;
        if calls.is_empty() {
            Ok(Some(status.as_u16()))
        } else {
            Err(format!("{path} made a call"))
        }
    }
}

/// The input as a query, with what no URI may have encoded.
fn query(input: &[u8]) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"=&%+-._~:".contains(&byte);
    let parts = input.iter().map(|byte| match byte {
        byte if plain(*byte) => char::from(*byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    parts.collect()
}

/// What is wrong with an answer.
fn read(status: StatusCode, body: &[u8]) -> Result<(), String> {
    // The engine has ended, and some operations of KaiCalls' are not there.
    let ours = matches!(
        status,
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::NOT_IMPLEMENTED | StatusCode::BAD_GATEWAY
    );
    if status.is_server_error() && !ours {
        return Err("a fault of ours".to_owned());
    }
    if status.is_success() {
        return Ok(());
    }
    let problem: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let code = problem.get("code").or_else(|| problem.pointer("/error/code"));
    match code.and_then(Value::as_str) {
        Some("internal" | "internal_error") => Err("a fault of ours".to_owned()),
        Some(_) => Ok(()),
        None => Err(format!("no code in {problem}")),
    }
}
