//! Fuzzing of what agents send to `/mcp`: messages of the protocol, and answers to the question
//! whether a call is placed. No call may be written down without the person's yes to exactly that
//! call.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
};
use http::{HeaderValue, Request, StatusCode, header};
use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard::{
    Clock, Config, Journal, MemoryJournal, Switchboard, SystemClock, TenantId,
    journal::server::{ApiKey, ApiKeys, CallSearch, CallsFilter},
};
use switchboard_api::{
    Api, Secrets, ServerSecret, Service,
    caller::{KeyText, Role},
    routes,
};
use tower::ServiceExt;
use uuid::Uuid;

use super::Chance;

/// Stands in examples for what was sealed when the person was asked.
const STATE: &str = "THE-STATE-OF-THE-QUESTION";
/// Stands in examples for the idempotency key of that call.
const KEY: &str = "THE-KEY-OF-THE-QUESTION";
const VERSION: &str = "2026-07-28";
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;
/// Messages are answered quickly, so this duration means an endless wait.
const LONGEST: Duration = Duration::from_secs(60);
/// With so many calls another server is started, so that reading them stays quick.
const MOST_CALLS: usize = 50;

/// A message that uses a tool, with more in its parameters.
fn tool(name: &str, arguments: &Value, more: &Value) -> Value {
    let mut params = json!({"name": name, "arguments": arguments, "_meta": meta()});
    for (name, value) in more.as_object().into_iter().flatten() {
        params[name] = value.clone();
    }
    json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params})
}

fn meta() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": VERSION,
        "io.modelcontextprotocol/clientInfo": {"name": "fuzz", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {"elicitation": {"form": {}}},
        "progressToken": 5,
    })
}

/// The call that the person is asked about. Its time is far away, so that it waits.
fn arguments(key: &str) -> Value {
    json!({
        "idempotency_key": key, "to": "+12125550142", "task": "Ask for the opening hours.",
        "not_before": "2999-01-01T00:00:00Z", "metadata": {"order": "8812"},
    })
}

/// The person's answer to the question.
fn answered(action: &str, yes: &Value) -> Value {
    let answer = json!({"action": action, "content": {"place_this_call": yes}});
    json!({"requestState": STATE, "inputResponses": {"confirmation": answer}})
}

/// The yes to the question, as a client sends it.
pub fn agents_yes() -> Vec<u8> {
    let yes = tool("place_call", &arguments(KEY), &answered("accept", &json!(true)));
    yes.to_string().into_bytes()
}

/// Examples of messages and of their parts.
pub fn agents_corpus() -> Vec<Vec<u8>> {
    const CALL: &str = "0199f2f0-4c1e-7d2a-9a55-6f0c1b7f2a10";
    let call = json!({"call": CALL});
    let none = json!({});
    let message = |method: &str, params: Value| json!({"jsonrpc": "2.0", "id": "a", "method": method, "params": params});
    let mut seeds: Vec<Vec<u8>> = [
        tool("place_call", &arguments("another-key-than-that-one"), &none),
        tool("place_call", &arguments(KEY), &none),
        tool("place_call", &arguments(KEY), &answered("decline", &json!(false))),
        tool("place_call", &arguments(KEY), &answered("accept", &json!(false))),
        tool("place_call", &arguments(KEY), &answered("cancel", &json!("true"))),
        tool("place_call", &arguments(KEY), &json!({"requestState": STATE})),
        tool("plan_call", &json!({"to": "+12125550142", "task": "Ask."}), &none),
        tool("check_rules", &json!({"to": "+12125550142", "purpose": "informational"}), &none),
        tool("get_call", &call, &none),
        tool("list_calls", &json!({"limit": 5, "status": ["closed"], "agent": "a"}), &none),
        tool("wait_for_call", &json!({"call": CALL, "until": "settled", "timeout_seconds": 1}), &none),
        tool("get_transcript", &call, &none),
        tool("stop_call", &call, &none),
        tool("list_agents", &none, &none),
        message("tools/list", json!({"_meta": meta()})),
        message("server/discover", json!({"_meta": meta()})),
        message("ping", json!({"_meta": meta()})),
        message("resources/read", json!({"uri": "file:///etc/passwd", "_meta": meta()})),
        message(
            "initialize",
            json!({"protocolVersion": "2025-11-25", "capabilities": {"elicitation": {}}, "clientInfo": {"name": "x", "version": "1"}}),
        ),
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}}),
        json!({"jsonrpc": "2.0", "id": 7, "result": {"action": "accept", "content": {"place_this_call": true}}}),
    ]
    .iter()
    .map(|message| message.to_string().into_bytes())
    .collect();
    let answer = answered("accept", &json!(true));
    let parts = [
        arguments(KEY),
        arguments(KEY),
        answer["inputResponses"].clone(),
        answer["inputResponses"]["confirmation"].clone(),
        answer["requestState"].clone(),
        answer,
        meta(),
        json!({"to": "+12125550142", "task": "Ask.", "max_cost": {"amount": "0.5", "currency": "USD"}}),
        json!({"call": CALL, "until": "settled", "timeout_seconds": 1}),
        json!({"limit": 5, "status": ["closed"], "created_after": "2026-02-14T20:00:00Z", "cursor": "x"}),
    ];
    seeds.extend(parts.iter().map(|part| part.to_string().into_bytes()));
    // What matters most is looked at most often.
    seeds.extend(std::iter::repeat_n(agents_yes(), 6));
    seeds
}

/// The input as a part of a message that is right otherwise: most often of the yes.
fn within(input: &[u8], chance: &mut Chance) -> Vec<u8> {
    const PARTS: [&str; 10] = [
        "/params/arguments",
        "/params/arguments",
        "/params/arguments/to",
        "/params/arguments/idempotency_key",
        "/params/requestState",
        "/params/inputResponses",
        "/params/inputResponses/confirmation",
        "/params/inputResponses/confirmation/content",
        "/params/_meta",
        "/params",
    ];
    const TOOLS: [&str; 9] = [
        "plan_call",
        "check_rules",
        "get_call",
        "list_calls",
        "wait_for_call",
        "get_transcript",
        "stop_call",
        "list_agents",
        "place_call",
    ];
    let text = || json!(String::from_utf8_lossy(input));
    let part = serde_json::from_slice(input).unwrap_or_else(|_| text());
    let (mut message, at) = if chance.below(3) > 0 {
        let yes = answered("accept", &json!(true));
        (tool("place_call", &arguments(KEY), &yes), PARTS[chance.below(PARTS.len())])
    } else {
        (tool(TOOLS[chance.below(TOOLS.len())], &json!({}), &json!({})), "/params/arguments")
    };
    if let Some(place) = message.pointer_mut(at) {
        *place = part;
    }
    message.to_string().into_bytes()
}

/// A question that a person was asked.
#[derive(Debug)]
struct Question {
    key: String,
    state: String,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// The status of the answer.
    pub status: u16,
    /// True if it was the yes, and the call was written down.
    pub placed: bool,
}

/// A server for agents, whose calls all wait.
#[derive(Debug)]
pub struct Agents {
    router: Router,
    store: Arc<MemoryJournal>,
    /// The key of the agent whose person is asked, and another agent's of the same tenant.
    keys: [String; 2],
    question: Question,
    /// How many calls were written down.
    calls: usize,
}

impl Agents {
    /// Starts it, and has the person asked.
    ///
    /// # Panics
    /// If it cannot be built, or nobody is asked.
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
        let url = "https://calls.example.com".parse().unwrap();
        let secrets = Secrets::new(ServerSecret::new([7; 32]));
        let mut api = Api::new(url, secrets, Arc::clone(&store) as _);
        api.limits.requests_per_minute = u32::MAX;
        api.limits.concurrent_requests = u32::MAX;
        let keys = [key(&store).await, key(&store).await];
        let service = Service::new(switchboard, api);
        let all = routes::incomplete(&service).merge(switchboard_mcp::router(&service));
        let router = routes::complete(&service, all);
        let question = Question { key: String::new(), state: String::new() };
        let mut agents = Self { router, store, keys, question, calls: 0 };
        agents.have_asked().await;
        agents
    }

    /// Has the person asked about a new call.
    async fn have_asked(&mut self) {
        let key = Uuid::new_v4().to_string();
        let message = tool("place_call", &arguments(&key), &json!({}));
        let (status, answer) =
            self.exchange(message.to_string().as_bytes(), 0, Headers::Right).await.unwrap();
        let state = answer.pointer("/result/requestState").and_then(Value::as_str);
        let state = state.unwrap_or_else(|| panic!("nobody is asked: {status} {answer}"));
        self.question = Question { key, state: state.to_owned() };
    }

    /// Sends a message, in which the question's state and key stand where an example has them.
    ///
    /// # Errors
    /// A fault of ours, or a call without the person's yes to it.
    pub async fn ask(&mut self, input: &[u8], chance: &mut Chance) -> Result<Told, String> {
        let is_whole = input == agents_yes() || chance.below(4) == 0;
        let input = if is_whole { input.to_vec() } else { within(input, chance) };
        let mut state = self.question.state.clone();
        if chance.below(4) == 0 {
            state = spoilt(&state, chance);
        }
        let input = replaced(&input, STATE.as_bytes(), state.as_bytes());
        let input = replaced(&input, KEY.as_bytes(), self.question.key.as_bytes());
        // Most of the time it is the agent whose person was asked, with headers that fit.
        let by = usize::from(chance.below(6) == 0);
        let headers = match chance.below(12) {
            0 => Headers::Missing,
            1 => Headers::Older,
            2 => Headers::Wrong,
            _ => Headers::Right,
        };
        let sent = self.exchange(&input, by, headers).await;
        let shown = || String::from_utf8_lossy(&input).into_owned();
        let (status, answer) = sent.map_err(|what| format!("{what}, sent was {}", shown()))?;
        check(status, &answer)
            .map_err(|what| format!("{status} {answer}: {what}, sent was {}", shown()))?;
        let written = self.written().await?;
        let placed = written > self.calls;
        self.calls = written;
        if placed {
            if by != 0 || !self.is_yes(&input) {
                return Err(format!("a call without a yes, sent was {}", shown()));
            }
            if self.calls >= MOST_CALLS {
                *self = Self::start().await;
            } else {
                self.have_asked().await;
            }
        }
        Ok(Told { status: status.as_u16(), placed })
    }

    /// True if a message is the yes to the question, and to nothing else.
    fn is_yes(&self, message: &[u8]) -> bool {
        let Ok(message) = serde_json::from_slice::<Value>(message) else { return false };
        let at = |path: &str| message.pointer(path);
        at("/method") == Some(&json!("tools/call"))
            && at("/params/name") == Some(&json!("place_call"))
            && at("/params/arguments") == Some(&arguments(&self.question.key))
            && at("/params/requestState") == Some(&json!(self.question.state))
            && at("/params/inputResponses/confirmation/action") == Some(&json!("accept"))
            && at("/params/inputResponses/confirmation/content/place_this_call")
                == Some(&json!(true))
    }

    async fn written(&self) -> Result<usize, String> {
        let filter = CallsFilter { limit: 100, ..CallsFilter::default() };
        let page = self.store.find(&filter).await.map_err(|error| error.to_string())?;
        Ok(page.calls.len())
    }

    async fn exchange(
        &self,
        body: &[u8],
        by: usize,
        headers: Headers,
    ) -> Result<(StatusCode, Value), String> {
        let mut request = Request::builder()
            .method("POST")
            .uri(switchboard_mcp::PATH)
            .header("host", "calls.example.com")
            .header("authorization", format!("Bearer {}", self.keys[by]))
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream");
        for (name, value) in headers.of(body) {
            // Bytes that cannot stand in a header never reach the server.
            if let Ok(value) = HeaderValue::from_str(&value) {
                request = request.header(name, value);
            }
        }
        let mut request = request.body(Body::from(body.to_vec())).map_err(|e| e.to_string())?;
        let peer = SocketAddr::from(([192, 0, 2, 7], 40_000));
        request.extensions_mut().insert(ConnectInfo(peer));
        let answered = async {
            let Ok(answer) = self.router.clone().oneshot(request).await;
            let (parts, body) = answer.into_parts();
            let body = to_bytes(body, LONGEST_ANSWER).await.map_err(|error| error.to_string())?;
            let kind = parts.headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
            let json = match kind {
                Some(b"text/event-stream") => last_event(&body),
                _ => serde_json::from_slice(&body).unwrap_or_default(),
            };
            Ok((parts.status, json))
        };
        let answered = tokio::time::timeout(LONGEST, answered).await;
        answered.unwrap_or_else(|_| Err(format!("no end in {LONGEST:?}")))
    }
}

/// A new key of the tenant that may do everything that a tenant may; a person confirms its calls.
async fn key(store: &MemoryJournal) -> String {
    let text = KeyText::random().unwrap();
    let mut key = ApiKey::new(text.id(), text.secret_hash(), Timestamp::now());
    key.tenant = Some(TenantId::from("acme"));
    key.scopes = Role::Admin.scopes(true).map(|scope| scope.as_str().to_owned()).collect();
    store.add_key(key).await.unwrap();
    text.expose().to_owned()
}

/// The headers of the protocol's newest version.
#[derive(Debug, Clone, Copy)]
enum Headers {
    Right,
    Missing,
    Older,
    Wrong,
}

impl Headers {
    fn of(self, body: &[u8]) -> Vec<(&'static str, String)> {
        let message: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |path: &str| message.pointer(path).and_then(Value::as_str).map(str::to_owned);
        let mut headers = Vec::new();
        match self {
            Self::Missing => return headers,
            Self::Older => headers.push(("mcp-protocol-version", "2025-11-25".to_owned())),
            Self::Right | Self::Wrong => {
                headers.push(("mcp-protocol-version", VERSION.to_owned()));
            }
        }
        let method = text("/method").unwrap_or_default();
        let name = text("/params/name");
        match self {
            Self::Wrong => headers.push(("mcp-method", "tools/list".to_owned())),
            _ => headers.push(("mcp-method", method)),
        }
        headers.extend(name.map(|name| ("mcp-name", name)));
        headers
    }
}

/// The data of the last event of a stream.
fn last_event(body: &[u8]) -> Value {
    let text = String::from_utf8_lossy(body);
    let data = text.lines().rev().find_map(|line| line.strip_prefix("data:"));
    data.and_then(|data| serde_json::from_str(data.trim()).ok()).unwrap_or_default()
}

/// What is wrong with an answer.
fn check(status: StatusCode, answer: &Value) -> Result<(), &'static str> {
    if status.is_server_error() {
        return Err("a fault of ours");
    }
    // The code of JSON-RPC for that.
    if answer.pointer("/error/code") == Some(&json!(-32603)) {
        return Err("a fault of ours");
    }
    let texts = answer.pointer("/result/content").and_then(Value::as_array).into_iter().flatten();
    let problems = texts.filter_map(|one| one.get("text")?.as_str());
    let problems = problems.filter_map(|text| serde_json::from_str::<Value>(text).ok());
    for problem in problems {
        let is_fault = problem.get("status").and_then(Value::as_u64).is_some_and(|one| one >= 500);
        if is_fault && problem.get("code").is_some() {
            return Err("a fault of ours");
        }
    }
    Ok(())
}

fn replaced(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.windows(from.len()).position(|part| part == from) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    out.extend_from_slice(rest);
    out
}

/// A state that was never sealed, near to one that was.
fn spoilt(state: &str, chance: &mut Chance) -> String {
    let mut letters: Vec<char> = state.chars().collect();
    let at = chance.below(letters.len());
    match chance.below(5) {
        0 => letters.truncate(at),
        1 => letters.push('A'),
        2 => drop(letters.remove(at)),
        3 => letters.rotate_left(at.max(1)),
        _ => letters[at] = if letters[at] == 'A' { 'B' } else { 'A' },
    }
    letters.into_iter().collect()
}
