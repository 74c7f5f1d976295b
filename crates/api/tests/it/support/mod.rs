//! A whole API over a simulated KaiCalls, without a socket of its own: requests go to the router.

pub(crate) mod schema;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use futures::future::BoxFuture;
use http::{HeaderMap, Method, Request, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard::{
    Clock, Config, Journal, MemoryJournal, Policy, Switchboard, SystemClock, TenantId,
    journal::server::{ApiKey, ApiKeys, ServerStore},
    rules::Tables,
};
use switchboard_api::{
    Api, Secrets, ServerSecret, Service,
    caller::{KeyText, Role, ScopeName},
    routes,
};
use switchboard_testkit::{
    OPEN_RULES, RingLedger, SimConfig, SimKaiCalls,
    calls::{CallScript, Outcome},
};
use tokio::task::JoinHandle;
use tower::ServiceExt;

/// A number that rings at the simulator.
pub(crate) const TO: &str = "+12125550101";
/// A task that appears nowhere else.
pub(crate) const TASK: &str =
    "Ask whether the shop is open on Sunday, in the name of Quillfeather.";

/// The API and what is behind it.
pub(crate) struct Server {
    router: Router,
    service: Service,
    pub(crate) switchboard: Switchboard,
    pub(crate) store: Arc<MemoryJournal>,
    pub(crate) rings: RingLedger,
    sim: Arc<SimKaiCalls>,
}

/// What runs beside the requests. It is gone without notice when this is dropped.
pub(crate) struct Background(JoinHandle<()>);

impl Drop for Background {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The system's clock, ahead by this much.
#[derive(Debug)]
struct Ahead(Duration);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        SystemClock.now() + self.0
    }

    fn uptime(&self) -> Duration {
        SystemClock.uptime()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        SystemClock.sleep(duration)
    }
}

/// An answer with its body as JSON; null if it is not.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
    pub(crate) text: String,
}

impl Answer {
    /// The code of a problem.
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or("-")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

fn configuration(sim: &SimKaiCalls) -> String {
    format!(
        r#"
        [rules]
        off = "no person is called in a test"

        [routing]
        default_agent = "assistant"
        max_wait_seconds = 30

        [providers.kaicalls]
        kind = "kaicalls"
        api_key_env = "TEST_KEY"
        base_url = "{url}"
        tariff = {{ rows = [{{ countries = ["US"], per_minute = "0.12", increment_seconds = 6 }}] }}

        [agents.assistant]
        at = {{ kaicalls = "{agent}" }}

        [agents.friendly]
        at = {{ kaicalls = "{agent}" }}

        [[experiments]]
        name = "greeting"
        start = "manual"
        arms = [{{ name = "a", agent = "assistant", weight = 50 }}, {{ name = "b", agent = "friendly", weight = 50 }}]
        "#,
        url = sim.url(),
        agent = sim.agent_id(),
    )
}

impl Server {
    /// An API whose calls end after a moment.
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with other settings.
    pub(crate) async fn with(adjust: impl FnOnce(&mut Api)) -> Self {
        Self::made(adjust, |_| {}, |config| config).await
    }

    /// The same with another policy.
    pub(crate) async fn with_policy(adjust: impl FnOnce(&mut Policy)) -> Self {
        Self::made(|_| {}, adjust, |config| config).await
    }

    /// An API with the calling rules, whose agents do not say what they are told to say first.
    pub(crate) async fn with_rules_and_rude_agents() -> Self {
        let on = |policy: &mut Policy| {
            policy.rules.off = None;
            policy.timings.max_wait = Duration::from_secs(300);
        };
        Self::made(|_| {}, on, SimConfig::ignores_instructions).await
    }

    async fn made(
        adjust: impl FnOnce(&mut Api),
        policy: impl FnOnce(&mut Policy),
        provider: impl FnOnce(SimConfig) -> SimConfig,
    ) -> Self {
        let rings = RingLedger::default();
        let talk = CallScript::new(Outcome::Completed)
            .ringing_for(Duration::from_secs(5))
            .talking_for(Duration::from_secs(95));
        let config = SimConfig::default()
            .seed(0)
            .speed(1000.0)
            .ledger(rings.clone())
            .limits(100_000, 100_000)
            .outcome(TO, talk);
        let sim = Arc::new(SimKaiCalls::start(provider(config)).await.unwrap());
        Self::over(MemoryJournal::new(), (sim, rings), Arc::new(SystemClock), adjust, policy)
    }

    /// Another process with the same journal and the same provider, whose clock is ahead by this
    /// much. The first one counts as dead.
    pub(crate) fn next(&self, ahead: Duration) -> Self {
        let store = self.store.another();
        self.store.leave();
        let (sim, rings) = (Arc::clone(&self.sim), self.rings.clone());
        Self::over(store, (sim, rings), Arc::new(Ahead(ahead)), |_| {}, |_| {})
    }

    fn over(
        store: MemoryJournal,
        (sim, rings): (Arc<SimKaiCalls>, RingLedger),
        clock: Arc<dyn Clock>,
        adjust: impl FnOnce(&mut Api),
        policy: impl FnOnce(&mut Policy),
    ) -> Self {
        let store = Arc::new(store);
        let config = Config::from_toml(&configuration(&sim)).unwrap();
        let key = sim.credential().to_owned();
        let environment = move |name: &str| (name == "TEST_KEY").then(|| key.clone());
        let engine = config
            .engine_builder(environment, &clock)
            .unwrap()
            .adjust(|its| {
                its.timings.poll_every = Duration::from_millis(50);
                policy(its);
            })
            .rule_tables(Tables::builtin().with_rows("open", OPEN_RULES).unwrap())
            .journal(Arc::clone(&store) as Arc<dyn Journal>)
            .build()
            .unwrap();
        let switchboard = Switchboard::new(engine, Arc::clone(&clock));
        let secrets = Secrets::new(ServerSecret::new([7; 32]));
        let url = "https://calls.example.com".parse().unwrap();
        let shared: Arc<dyn ServerStore> = Arc::clone(&store) as Arc<dyn ServerStore>;
        let mut api = Api::new(url, secrets, shared);
        api.clock = clock;
        adjust(&mut api);
        let service = Service::new(switchboard.clone(), api);
        let router = routes::router(&service);
        Self { router, service, switchboard, store, rings, sim }
    }

    /// Starts what runs beside the requests.
    pub(crate) fn background(&self) -> Background {
        let background = switchboard_api::Background::new(self.service.clone());
        let forever = std::future::pending();
        Background(tokio::spawn(async move { background.run(forever).await.unwrap() }))
    }

    /// A new key with a role.
    pub(crate) async fn key(&self, tenant: Option<&str>, role: Role) -> String {
        self.key_with(tenant, role.scopes(tenant.is_some()), |_| {}).await
    }

    /// A new key with these scopes.
    pub(crate) async fn key_with(
        &self,
        tenant: Option<&str>,
        scopes: impl IntoIterator<Item = ScopeName>,
        adjust: impl FnOnce(&mut ApiKey),
    ) -> String {
        let text = KeyText::random().unwrap();
        let mut key = ApiKey::new(text.id(), text.secret_hash(), jiff::Timestamp::now());
        key.tenant = tenant.map(TenantId::from);
        key.scopes = scopes.into_iter().map(|scope| scope.as_str().to_owned()).collect();
        key.confirm = false;
        adjust(&mut key);
        self.store.add_key(key).await.unwrap();
        text.expose().to_owned()
    }

    /// Sends a request to the router.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        send(self.router.clone(), request).await
    }

    /// Sends a request without a body.
    pub(crate) async fn ask(&self, method: Method, path: &str, key: &str) -> Answer {
        self.send(request(method, path, key).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str, key: &str) -> Answer {
        self.ask(Method::GET, path, key).await
    }

    /// Sends JSON.
    pub(crate) async fn post(&self, path: &str, key: &str, body: &Value) -> Answer {
        let request = request(Method::POST, path, key)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()));
        self.send(request.unwrap()).await
    }

    /// Places a call.
    pub(crate) async fn place(&self, key: &str, idempotency: &str, body: &Value) -> Answer {
        send(self.router.clone(), placing(key, idempotency, body)).await
    }

    /// The router, for requests at the same time.
    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    /// Places a call and waits for its end. Returns its id.
    pub(crate) async fn finished(&self, key: &str, idempotency: &str) -> String {
        let placed = self.place(key, idempotency, &call()).await;
        assert_eq!(placed.status, StatusCode::CREATED, "{}", placed.text);
        let id = placed.body["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/calls/{id}?wait_for=settled&timeout=55");
        let over = self.get(&path, key).await;
        assert_eq!(over.body["settled"], true, "{}", over.text);
        id
    }
}

/// A request to place a call.
pub(crate) fn call() -> Value {
    json!({"to": TO, "task": TASK, "tags": ["reminder"], "metadata": {"order": "8812"}})
}

pub(crate) fn request(method: Method, path: &str, key: &str) -> http::request::Builder {
    let builder = Request::builder().method(method).uri(path);
    if key.is_empty() { builder } else { builder.header("authorization", format!("Bearer {key}")) }
}

pub(crate) fn placing(key: &str, idempotency: &str, body: &Value) -> Request<Body> {
    request(Method::POST, "/v1/calls", key)
        .header("content-type", "application/json")
        .header("idempotency-key", idempotency)
        .body(Body::from(body.to_string()))
        .unwrap()
}

pub(crate) async fn send(router: Router, mut request: Request<Body>) -> Answer {
    let peer = SocketAddr::from(([192, 0, 2, 7], 40_000));
    if request.extensions().get::<ConnectInfo<SocketAddr>>().is_none() {
        request.extensions_mut().insert(ConnectInfo(peer));
    }
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Answer { status: parts.status, headers: parts.headers, body, text }
}
