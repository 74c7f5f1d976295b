//! What programs outside are told, and what they tell: events, streams, webhooks in both directions.

mod decisions;
mod events;
mod formats;
mod hooks;
mod streams;
mod webhooks;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, BodyDataStream},
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode},
};
use bytes::Bytes;
use futures::{FutureExt, StreamExt, future::BoxFuture};
use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard::{
    Clock, Config, Journal, MemoryJournal, Switchboard, TenantId,
    journal::server::{ApiKey, ApiKeys, EventFeed, FeedEvent, KeyId, ServerStore},
    uuid::Uuid,
};
use switchboard_api::{
    Api, Background, Secrets, ServerSecret, Service,
    caller::{KeyText, Role},
    routes,
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
};
use tower::ServiceExt;

/// A clock that stands still until the test moves it.
#[derive(Debug, Clone)]
pub(super) struct ManualClock(watch::Sender<Duration>);

impl Default for ManualClock {
    fn default() -> Self {
        Self(watch::Sender::new(Duration::ZERO))
    }
}

impl ManualClock {
    pub(super) fn advance(&self, by: Duration) {
        self.0.send_modify(|now| *now += by);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        let base: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        base + self.uptime()
    }

    fn uptime(&self) -> Duration {
        *self.0.borrow()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let until = self.uptime().saturating_add(duration);
        let mut now = self.0.subscribe();
        // The task that sleeps keeps the clock.
        let clock = self.clone();
        async move {
            let _ = now.wait_for(|now| *now >= until).await;
            drop(clock);
        }
        .boxed()
    }
}

/// A server with its background, over a journal in memory and no provider that answers.
pub(super) struct Outside {
    pub(super) clock: ManualClock,
    pub(super) store: Arc<MemoryJournal>,
    router: Router,
    stop: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<()>>,
}

/// An answer with its body.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
    pub(super) body: Value,
}

impl Answer {
    pub(super) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or("-")
    }
}

const CONFIGURATION: &str = r#"
[rules]
off = "no person is called in a test"

[routing]
default_agent = "assistant"

[providers.kaicalls]
kind = "kaicalls"
api_key_env = "TEST_KEY"
base_url = "http://127.0.0.1:9"
tariff = { rows = [{ countries = ["US"], per_minute = "0.12", increment_seconds = 6 }] }

[[budgets]]
name = "its own"
limit = "1.00"
per = "day"
tenant = "acme"

[agents.assistant]
at = { kaicalls = "11111111-2222-4333-8444-555555555555" }
"#;

impl Outside {
    pub(super) fn start() -> Self {
        Self::with(|_| {})
    }

    pub(super) fn with(adjust: impl FnOnce(&mut Api)) -> Self {
        let clock = ManualClock::default();
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let store = Arc::new(MemoryJournal::new());
        let config = Config::from_toml(CONFIGURATION).unwrap();
        let environment = |name: &str| (name == "TEST_KEY").then(|| "kc_live_test".to_owned());
        let engine = config
            .engine_builder(environment, &shared)
            .unwrap()
            .journal(Arc::clone(&store) as Arc<dyn Journal>)
            .build()
            .unwrap();
        let switchboard = Switchboard::new(engine, Arc::clone(&shared));
        let url = "https://calls.example.com".parse().unwrap();
        let secrets = Secrets::new(ServerSecret::new([7; 32]));
        let mut api = Api::new(url, secrets, Arc::clone(&store) as Arc<dyn ServerStore>);
        api.clock = shared;
        api.webhooks.allow_networks = vec!["127.0.0.1/32".parse().unwrap()];
        adjust(&mut api);
        let service = Service::new(switchboard, api);
        let router = routes::router(&service);
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            Background::new(service).run(stopped).await.unwrap();
        });
        Self { clock, store, router, stop: Some(stop), running: Some(running) }
    }

    /// Ends the background, as a process does that is stopped.
    pub(super) async fn stop(&mut self) {
        let _ = self.stop.take().unwrap().send(());
        self.running.take().unwrap().await.unwrap();
    }

    pub(super) async fn key(&self, tenant: Option<&str>, role: Role) -> String {
        let text = KeyText::random().unwrap();
        let mut key = ApiKey::new(text.id(), text.secret_hash(), self.clock.now());
        key.tenant = tenant.map(TenantId::from);
        let scopes = role.scopes(tenant.is_some());
        key.scopes = scopes.map(|scope| scope.as_str().to_owned()).collect();
        self.store.add_key(key).await.unwrap();
        text.expose().to_owned()
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        key: &str,
        body: Option<Value>,
    ) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {key}"))
            .header("content-type", "application/json");
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        answer(self.send(request.body(body).unwrap()).await).await
    }

    pub(super) async fn get(&self, path: &str, key: &str) -> Answer {
        self.ask(Method::GET, path, key, None).await
    }

    pub(super) async fn post(&self, path: &str, key: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, key, Some(body)).await
    }

    /// Opens a stream of events.
    pub(super) async fn stream(&self, query: &str, key: &str, last: Option<&str>) -> Stream {
        let mut request = Request::builder()
            .uri(format!("/v1/events/stream{query}"))
            .header("authorization", format!("Bearer {key}"))
            .header("accept", "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = self.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        Stream { body: response.into_body().into_data_stream(), text: String::new() }
    }

    /// Publishes events of a tenant, numbered from this on.
    pub(super) async fn publish(&self, tenant: &str, kind: &str, numbers: std::ops::Range<u32>) {
        let event = |number| {
            FeedEvent::new(Uuid::now_v7(), kind, self.clock.now(), json!({"number": number}))
                .of_tenant(TenantId::from(tenant))
        };
        self.store.publish(numbers.map(event).collect()).await.unwrap();
    }

    /// Publishes that a key was revoked.
    pub(super) async fn revoke(&self, key: &str) {
        let id: KeyId = KeyText::parse(key).unwrap().id();
        assert!(self.store.revoke_key(&id, self.clock.now()).await.unwrap());
        let data = json!({"key": {"id": id.as_str()}});
        let event = FeedEvent::new(Uuid::now_v7(), "key.revoked", self.clock.now(), data);
        self.store.publish(vec![event]).await.unwrap();
    }
}

pub(super) async fn answer(response: Response<Body>) -> Answer {
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Answer { status: parts.status, headers: parts.headers, text, body }
}

/// An open stream.
pub(super) struct Stream {
    body: BodyDataStream,
    text: String,
}

/// What stands between two empty lines of a stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) id: Option<String>,
    pub(super) event: Option<String>,
    pub(super) data: Option<String>,
    pub(super) is_comment: bool,
}

impl Stream {
    /// The next block of any kind; `None` at the end.
    pub(super) async fn block(&mut self) -> Option<Block> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let mut read = Block::default();
                for line in block.split('\n') {
                    match line.split_once(':') {
                        Some(("id", value)) => read.id = Some(value.trim_start().to_owned()),
                        Some(("event", value)) => read.event = Some(value.trim_start().to_owned()),
                        Some(("data", value)) => read.data = Some(value.trim_start().to_owned()),
                        Some(("", _)) => read.is_comment = true,
                        Some(("retry", value)) => {
                            let retry: u32 = value.trim().parse().unwrap();
                            assert!((2_000..3_000).contains(&retry));
                        }
                        other => panic!("{other:?}"),
                    }
                }
                self.text = rest.to_owned();
                return Some(read);
            }
            let chunk: Bytes = self.body.next().await?.unwrap();
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next event: its id and its JSON.
    pub(super) async fn event(&mut self) -> (String, String) {
        loop {
            let block = self.block().await.expect("the stream goes on");
            assert_eq!(block.event, None, "{block:?}");
            if let (Some(id), Some(data)) = (block.id, block.data) {
                return (id, data);
            }
        }
    }

    pub(super) async fn events(&mut self, count: usize) -> Vec<(String, String)> {
        let mut events = Vec::new();
        while events.len() < count {
            events.push(self.event().await);
        }
        events
    }
}

/// What a receiver got.
#[derive(Debug, Clone)]
pub(super) struct Received {
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

/// A receiver of webhooks on this machine that answers as it is told, with 200 if it is told
/// nothing.
pub(super) struct Receiver {
    pub(super) url: String,
    pub(super) got: mpsc::UnboundedReceiver<Received>,
    answers: Answers,
}

type Answers = Arc<Mutex<VecDeque<(u16, Vec<(&'static str, &'static str)>)>>>;

impl Receiver {
    pub(super) async fn start() -> Self {
        let (sender, got) = mpsc::unbounded_channel();
        let answers = Answers::default();
        let state = (sender, Arc::clone(&answers));
        let receive =
            |State((sender, answers)): State<(mpsc::UnboundedSender<Received>, Answers)>,
             headers: HeaderMap,
             body: String| async move {
                let _ = sender.send(Received { headers, body });
                let (status, more) =
                    answers.lock().unwrap().pop_front().unwrap_or((200, Vec::new()));
                let more: HeaderMap = more
                    .into_iter()
                    .map(|(name, value)| {
                        (HeaderName::from_static(name), HeaderValue::from_static(value))
                    })
                    .collect();
                (StatusCode::from_u16(status).unwrap(), more)
            };
        let router = Router::new().fallback(receive).with_state(state);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, got, answers }
    }

    /// Says how the next requests are answered.
    pub(super) fn answer(&self, status: u16, headers: &[(&'static str, &'static str)]) {
        self.answers.lock().unwrap().push_back((status, headers.to_vec()));
    }

    pub(super) async fn next(&mut self) -> Received {
        self.got.recv().await.unwrap()
    }
}
