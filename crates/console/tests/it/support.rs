//! A whole server with a ledger and a simulated provider, and a browser without a script.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo, response::Response};
use futures::future::BoxFuture;
use http::{HeaderMap, Method, Request, StatusCode, header};
use jiff::Timestamp;
use serde_json::Value;
use switchboard::{
    Clock, Config, Ledger, Switchboard, SystemClock, TenantId, journal::server::ApiKey,
    rules::Tables,
};
use switchboard_api::{
    Api, Secrets, ServerSecret, Service,
    caller::{KeyText, ProxySignIn, Role, ScopeName},
    routes,
};
use switchboard_console::{Settings, SignIn};
use switchboard_testkit::{
    OPEN_RULES, RingLedger, SimConfig, SimKaiCalls,
    calls::{CallScript, Outcome},
};
use tempfile::TempDir;
use tower::ServiceExt;

/// A number that rings at the simulator.
pub(crate) const TO: &str = "+12125550101";
/// A task that no page shows unless somebody asks for it.
pub(crate) const TASK: &str = "Ask for Quillfeather <script>alert('task')</script> & \"others\".";

/// The system's clock, which can be put ahead.
#[derive(Debug, Default)]
struct Ahead(AtomicU64);

impl Ahead {
    fn by(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        SystemClock.now() + self.by()
    }

    fn uptime(&self) -> Duration {
        SystemClock.uptime() + self.by()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        SystemClock.sleep(duration)
    }
}

/// The server.
pub(crate) struct Server {
    router: Router,
    pub(crate) service: Service,
    clock: Arc<Ahead>,
    _sim: SimKaiCalls,
    _directory: TempDir,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Self { status: parts.status, headers: parts.headers, text }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The value of the field with this name.
    pub(crate) fn field(&self, name: &str) -> String {
        let at = self.text.split(&format!("name=\"{name}\" value=\"")).nth(1);
        let at = at.unwrap_or_else(|| panic!("no field {name} in {}", self.text));
        at.split('"').next().unwrap().to_owned()
    }

    pub(crate) fn has(&self, text: &str) -> bool {
        self.text.contains(text)
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

        [[budgets]]
        name = "everything"
        per = "day"
        limit = "100.00"

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
    /// A server that is reached over https.
    pub(crate) async fn start() -> Self {
        Self::at("https://calls.example.com").await
    }

    /// A server that is reached there.
    pub(crate) async fn at(public_url: &str) -> Self {
        Self::with(public_url, Duration::from_secs(30), None).await
    }

    /// A server whose pages wait so long for figures, and whose configuration is this file.
    pub(crate) async fn with(
        public_url: &str,
        figures_within: Duration,
        file: Option<PathBuf>,
    ) -> Self {
        let mut settings = Settings::default();
        settings.wait_for_figures = figures_within;
        Self::build(public_url, settings, &[], file).await
    }

    /// A server whose people are signed in by a proxy at one of these addresses.
    pub(crate) async fn behind(proxies: &[&str], sign_in: ProxySignIn) -> Self {
        let mut settings = Settings::default();
        settings.wait_for_figures = Duration::from_secs(30);
        settings.sign_in = SignIn::Proxy(Arc::new(sign_in));
        Self::build("https://calls.example.com", settings, proxies, None).await
    }

    async fn build(
        public_url: &str,
        settings: Settings,
        proxies: &[&str],
        file: Option<PathBuf>,
    ) -> Self {
        let talk = CallScript::new(Outcome::Completed)
            .ringing_for(Duration::from_secs(5))
            .talking_for(Duration::from_secs(95));
        let sim = SimConfig::default()
            .seed(0)
            .speed(1000.0)
            .ledger(RingLedger::default())
            .limits(100_000, 100_000)
            .outcome(TO, talk);
        let sim = SimKaiCalls::start(sim).await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        let ledger = Ledger::file(directory.path().join("calls.db"), None).await.unwrap();
        let clock = Arc::new(Ahead::default());
        let shared: Arc<dyn Clock> = Arc::clone(&clock) as Arc<dyn Clock>;
        let key = sim.credential().to_owned();
        let engine = Config::from_toml(&configuration(&sim))
            .unwrap()
            .engine_builder(move |name| (name == "TEST_KEY").then(|| key.clone()), &shared)
            .unwrap()
            .adjust(|policy| policy.timings.poll_every = Duration::from_millis(50))
            .rule_tables(Tables::builtin().with_rows("open", OPEN_RULES).unwrap())
            .journal(ledger.journal())
            .build()
            .unwrap();
        let store = ledger.server();
        let switchboard = Switchboard::new(engine, Arc::clone(&shared)).with_ledger(ledger);
        let secrets = Secrets::new(ServerSecret::new([7; 32]));
        let mut api = Api::new(public_url.parse().unwrap(), secrets, store);
        api.clock = shared;
        api.trusted_proxies = proxies.iter().map(|one| one.parse().unwrap()).collect();
        if let Some(file) = file {
            api.check_configuration = Some(Arc::new(move || Config::from_file(&file)));
        }
        let service = Service::new(switchboard, api);
        let all = routes::incomplete(&service);
        let all = all.merge(switchboard_console::router(&service, settings));
        let router = routes::complete(&service, all);
        Self { router, service, clock, _sim: sim, _directory: directory }
    }

    /// Lets this much time pass.
    pub(crate) fn later(&self, seconds: u64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    /// A new key with a role.
    pub(crate) async fn key(&self, tenant: Option<&str>, role: Role) -> String {
        self.key_with(tenant, role.scopes(tenant.is_some())).await
    }

    /// A new key with these scopes.
    pub(crate) async fn key_with(
        &self,
        tenant: Option<&str>,
        scopes: impl IntoIterator<Item = ScopeName>,
    ) -> String {
        let text = KeyText::random().unwrap();
        let mut key = ApiKey::new(text.id(), text.secret_hash(), self.service.clock().now());
        key.tenant = tenant.map(TenantId::from);
        key.scopes = scopes.into_iter().map(|scope| scope.as_str().to_owned()).collect();
        key.name = "a test".to_owned();
        key.confirm = false;
        self.service.settings().store.add_key(key).await.unwrap();
        text.expose().to_owned()
    }

    /// The head of an answer; its body comes later.
    pub(crate) async fn open(&self, request: Request<Body>) -> Response {
        self.open_from([192, 0, 2, 7].into(), request).await
    }

    /// The head of an answer to a request that this address sends.
    pub(crate) async fn open_from(&self, peer: IpAddr, mut request: Request<Body>) -> Response {
        let peer = SocketAddr::new(peer, 40_000);
        request.extensions_mut().insert(ConnectInfo(peer));
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        Answer::read(self.open(request).await).await
    }

    pub(crate) async fn send_from(&self, peer: &str, request: Request<Body>) -> Answer {
        Answer::read(self.open_from(peer.parse().unwrap(), request).await).await
    }

    /// Sends JSON with a key.
    pub(crate) async fn api(&self, method: Method, path: &str, key: &str, body: &Value) -> Value {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {key}"))
            .header("content-type", "application/json")
            .header("idempotency-key", uuid::Uuid::new_v4().to_string())
            .body(Body::from(body.to_string()))
            .unwrap();
        let answer = self.send(request).await;
        assert!(answer.status.is_success(), "{}", answer.text);
        serde_json::from_str(&answer.text).unwrap_or(Value::Null)
    }

    /// Places a call for a tenant and waits for its end. Returns its id.
    pub(crate) async fn finished(&self, key: &str) -> String {
        let new = serde_json::json!({
            "to": TO, "task": TASK, "tenant": "acme",
            "tags": ["<b>tag</b>"], "metadata": {"order": "<img src=x onerror=alert(1)>"},
        });
        let placed = self.api(Method::POST, "/v1/calls", key, &new).await;
        let id = placed["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/calls/{id}?wait_for=settled&timeout=55");
        let over = self.api(Method::GET, &path, key, &Value::Null).await;
        assert_eq!(over["settled"], true, "{over}");
        id
    }

    /// Places a call that waits for its time. Returns its id.
    pub(crate) async fn waiting(&self, key: &str) -> String {
        let opens = self.service.clock().now() + Duration::from_secs(3_600);
        let new = serde_json::json!({
            "to": "+12125550102", "task": TASK, "tenant": "acme", "not_before": opens.to_string(),
        });
        let placed = self.api(Method::POST, "/v1/calls", key, &new).await;
        placed["id"].as_str().unwrap().to_owned()
    }

    /// What the audit log says about a topic: each entry's `what`.
    pub(crate) async fn audited(&self, key: &str, topic: &str) -> Vec<Value> {
        let path = format!("/v1/audit?topic={topic}&limit=100");
        let page = self.api(Method::GET, &path, key, &Value::Null).await;
        page["data"].as_array().unwrap().iter().map(|one| one["what"].clone()).collect()
    }

    /// A browser that is signed in with this key.
    pub(crate) async fn browser(&self, key: &str) -> Browser<'_> {
        let mut browser = Browser { server: self, cookie: String::new(), token: String::new() };
        let answer = browser.post("/console/sign-in", &[("key", key)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let set = answer.header("set-cookie");
        browser.cookie = set.split(';').next().unwrap().to_owned();
        browser.token = browser.get("/console").await.field("token");
        browser
    }
}

/// A browser with the cookie of a session.
pub(crate) struct Browser<'a> {
    server: &'a Server,
    pub(crate) cookie: String,
    pub(crate) token: String,
}

impl Browser<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        let request = Request::builder().uri(path).header(header::COOKIE, &self.cookie);
        self.server.send(request.body(Body::empty()).unwrap()).await
    }

    /// Sends a form as a browser does that shows a page of this server.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            form.append_pair("token", &self.token).extend_pairs(fields);
            form.finish()
        };
        let request = self.form(path).header("sec-fetch-site", "same-origin");
        let request = request.header("origin", self.origin());
        self.server.send(request.body(Body::from(body)).unwrap()).await
    }

    pub(crate) fn origin(&self) -> String {
        self.server.service.public_url().origin().ascii_serialization()
    }

    /// The head of a request with a form, without what says where it comes from.
    pub(crate) fn form(&self, path: &str) -> http::request::Builder {
        Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::COOKIE, &self.cookie)
            .header("content-type", "application/x-www-form-urlencoded")
    }
}
