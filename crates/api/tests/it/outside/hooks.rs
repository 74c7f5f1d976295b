//! Webhooks that providers send.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::Value;
use switchboard::{
    Call, CallRequest, CallStatus, Clock, Config, Journal, MemoryJournal, Switchboard, SystemClock,
    WebhookAddress,
    journal::{
        CallLog as _,
        server::{EventFeed as _, FeedQuery, ServerStore},
    },
};
use switchboard_api::{Api, Background, Secrets, ServerSecret, Service, routes};
use switchboard_journal::conformance::{HookedJournal, Hooks};
use switchboard_testkit::{
    SimConfig, SimKaiCalls,
    calls::{CallScript, Outcome},
};
use tower::ServiceExt;

pub(super) const TO: &str = "+12125550101";
pub(super) const TASK: &str =
    "Ask whether the shop is open on Sunday, in the name of Quillfeather.";

/// Counts what is asked of a journal.
#[derive(Debug, Default)]
pub(super) struct Counting(AtomicUsize);

#[async_trait]
impl Hooks for Counting {
    async fn reads(&self) -> switchboard::Result<()> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    async fn stores_webhook(&self) -> switchboard::Result<()> {
        self.reads().await
    }
}

/// A server on a socket of its own, whose provider sends webhooks to it.
pub(super) struct Hooked {
    pub(super) router: axum::Router,
    pub(super) switchboard: Switchboard,
    pub(super) journal: Arc<HookedJournal<Counting>>,
    sim: SimKaiCalls,
}

impl Hooked {
    pub(super) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let talk = CallScript::new(Outcome::Completed)
            .ringing_for(Duration::from_secs(5))
            .talking_for(Duration::from_secs(95));
        let config = SimConfig::default().seed(0).speed(1000.0).outcome(TO, talk);
        let sim = SimKaiCalls::start(config).await.unwrap();
        let text = format!(
            r#"
            [rules]
            off = "no person is called in a test"

            [routing]
            default_agent = "assistant"

            [providers.kaicalls]
            kind = "kaicalls"
            api_key_env = "TEST_KEY"
            base_url = "{url}"
            tariff = {{ rows = [{{ countries = ["US"], per_minute = "0.12", increment_seconds = 6 }}] }}

            [agents.assistant]
            at = {{ kaicalls = "{agent}" }}
            "#,
            url = sim.url(),
            agent = sim.agent_id(),
        );
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let journal = Arc::new(HookedJournal::<Counting>::default());
        let key = sim.credential().to_owned();
        let environment = move |name: &str| (name == "TEST_KEY").then(|| key.clone());
        let address = WebhookAddress {
            base: base.parse().unwrap(),
            secret: "a secret of this test, which is long enough".to_owned().into(),
            lifetime: Duration::from_secs(3_600),
        };
        let engine = Config::from_toml(&text)
            .unwrap()
            .engine_builder(environment, &clock)
            .unwrap()
            // Nothing is asked for: what is known comes by webhook.
            .adjust(|policy| policy.timings.poll_every = Duration::from_secs(3_600))
            .journal(Arc::clone(&journal) as Arc<dyn Journal>)
            .webhooks(address)
            .build()
            .unwrap();
        let switchboard = Switchboard::new(engine, clock);
        let store: Arc<MemoryJournal> = Arc::clone(&journal.inner);
        let secrets = Secrets::new(ServerSecret::new([7; 32]));
        let mut api = Api::new(base.parse().unwrap(), secrets, store as Arc<dyn ServerStore>);
        api.webhooks.allow_networks = vec!["127.0.0.1/32".parse().unwrap()];
        let service = Service::new(switchboard.clone(), api);
        let router = routes::router(&service);
        // It ends with the runtime of the test.
        tokio::spawn(Background::new(service).run(std::future::pending()));
        let served = router.clone();
        tokio::spawn(async move { axum::serve(listener, served).await });
        Self { router, switchboard, journal, sim }
    }

    /// A call that is over, and the path of its webhooks.
    async fn finished(&self) -> (Call, String) {
        let call = self.switchboard.place(&CallRequest::new(TO, TASK)).await.unwrap();
        let over = self.switchboard.wait(call.id).await.unwrap();
        let url: url::Url = self.sim.webhook_attempts()[0].url.parse().unwrap();
        (over, url.path().to_owned())
    }

    async fn post(&self, path: &str, body: impl Into<Body>) -> StatusCode {
        let request = Request::post(path)
            .header("content-type", "application/json")
            // Providers may say that they take nothing that we have.
            .header("accept", "image/png");
        self.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap().status()
    }
}

#[tokio::test]
async fn a_call_is_followed_by_the_webhooks_of_its_provider() {
    let hooked = Hooked::start().await;
    let (call, path) = hooked.finished().await;
    assert_eq!(call.status, CallStatus::Closed);
    assert!(path.starts_with("/hooks/v1/kaicalls/"));
    // The same again is taken, a few times a minute; more than that is a flood.
    let mut answers = Vec::new();
    for _ in 0..12 {
        answers.push(hooked.post(&path, "{}").await);
    }
    assert_eq!(*answers.last().unwrap(), StatusCode::TOO_MANY_REQUESTS);
    let limited = answers.iter().filter(|one| **one == StatusCode::TOO_MANY_REQUESTS).count();
    assert!((3..12).contains(&limited), "{answers:?}");
}

#[tokio::test]
async fn forged_webhooks_are_not_found_and_cost_no_query() {
    let hooked = Hooked::start().await;
    let (call, path) = hooked.finished().await;
    let before = hooked.journal.get(call.id).await.unwrap();
    let token = path.strip_prefix("/hooks/v1/kaicalls/").unwrap();
    let parts: Vec<&str> = token.split('.').collect();
    let [attempt, expires, kid, mac] = parts.as_slice() else { panic!("{}", parts.len()) };
    let mut forged = vec![
        "/hooks/v1/kaicalls/nonsense".to_owned(),
        format!("/hooks/v1/kallyai/{token}"),
        format!("/hooks/v1/kaicalls/{token}.x"),
        format!("/hooks/v1/kaicalls/{token}%00"),
        format!("/hooks/v1/kaicalls/{attempt}.{expires}.{kid}."),
        format!("/hooks/v1/kaicalls/{attempt}.{expires}.2.{mac}"),
        format!("/hooks/v1/kaicalls/{attempt}.9{expires}.{kid}.{mac}"),
        format!("/hooks/v1/kaicalls/{attempt}.0.{kid}.{mac}"),
        format!("/hooks/v1/kaicalls/{}", "a".repeat(300)),
    ];
    for index in 0..1_000 {
        let other = switchboard::uuid::Uuid::from_u128(index << 64 | 1);
        forged.push(format!("/hooks/v1/kaicalls/{other}.{expires}.{kid}.{mac}"));
    }
    let asked = hooked.journal.hooks.0.load(Ordering::SeqCst);
    for path in &forged {
        assert_eq!(hooked.post(path, "{}").await, StatusCode::NOT_FOUND);
    }
    assert_eq!(hooked.journal.hooks.0.load(Ordering::SeqCst), asked);
    assert_eq!(hooked.journal.get(call.id).await.unwrap(), before);
    let large = vec![b' '; 64 * 1024 + 1];
    assert_eq!(hooked.post(&path, large).await, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn no_event_has_the_number_or_the_task() {
    let hooked = Hooked::start().await;
    let (call, _) = hooked.finished().await;
    let query = FeedQuery { limit: 1_000, ..FeedQuery::default() };
    let page = hooked.journal.inner.feed(&query).await.unwrap();
    let texts: Vec<String> = page
        .events
        .iter()
        .map(|one| switchboard_api::wire::Event::from(&one.event).to_json())
        .collect();
    let kinds: Vec<String> = texts
        .iter()
        .map(|text| serde_json::from_str::<Value>(text).unwrap()["type"].to_string())
        .collect();
    assert!(kinds.contains(&"\"call.created\"".to_owned()), "{kinds:?}");
    assert!(kinds.contains(&"\"call.ended\"".to_owned()), "{kinds:?}");
    let summary = call.summary.unwrap_or_else(|| "Quillfeather".to_owned());
    for canary in ["2125550101", "5550101", "Quillfeather", TASK, &summary] {
        assert!(texts.iter().all(|text| !text.contains(canary)), "{canary}");
    }
}
