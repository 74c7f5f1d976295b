//! A server on 127.0.0.1 with a simulated provider behind it, and clients for it.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use futures::future::BoxFuture;
use rmcp::{
    ClientHandler, ClientLifecycleMode, ClientServiceExt, ErrorData, RoleClient,
    model::{
        CallToolRequestParams, CallToolResult, ClientCapabilities, ClientConfig,
        ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationCapability,
        FormElicitationCapability, Implementation, ProgressNotificationParam, ProtocolVersion,
    },
    service::{NotificationContext, RequestContext, RunningService},
    transport::{
        IntoTransport, StreamableHttpClientTransport,
        streamable_http_client::StreamableHttpClientTransportConfig,
    },
};
use serde_json::{Value, json};
use switchboard::{
    Clock, Config, Journal, MemoryJournal, Switchboard, SystemClock, TenantId,
    jiff::Timestamp,
    journal::server::{ApiKey, ApiKeys, CallSearch, CallsFilter, ServerStore},
    rules::Tables,
};
use switchboard_api::{
    Api, Secrets, ServerSecret, Service,
    caller::{KeyText, Role, ScopeName},
    oauth::OAuth,
    routes,
};
use switchboard_testkit::{
    OPEN_RULES, RingLedger, SimConfig, SimKaiCalls,
    calls::{CallScript, Outcome},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::mpsc,
};

use crate::issuer::Issuer;

/// A number that rings at the simulator.
pub(crate) const TO: &str = "+12125550101";
/// A task that appears nowhere else.
pub(crate) const TASK: &str = "Ask whether the shop opens on Sunday, for Quillfeather.";
pub(crate) const KEY: &str = "5f0c1b7f-6b1e-4d2a-9a55-2a100199f2f0";

/// The system's clock, which can be set ahead, and whose seconds can be shorter for whoever waits.
#[derive(Debug, Clone)]
pub(crate) struct Ahead {
    minutes: Arc<AtomicI64>,
    pace: u32,
}

impl Ahead {
    fn ahead(&self) -> Duration {
        Duration::from_secs(60 * self.minutes.load(Ordering::SeqCst).unsigned_abs())
    }

    pub(crate) fn by_minutes(&self, minutes: i64) {
        self.minutes.store(minutes, Ordering::SeqCst);
    }
}

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        SystemClock.now() + self.ahead()
    }

    fn uptime(&self) -> Duration {
        SystemClock.uptime() * self.pace + self.ahead()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        SystemClock.sleep(duration / self.pace)
    }
}

/// A server and what is behind it.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) service: Service,
    pub(crate) rings: RingLedger,
    pub(crate) clock: Ahead,
    store: Arc<MemoryJournal>,
    _sim: SimKaiCalls,
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
        "#,
        url = sim.url(),
        agent = sim.agent_id(),
    )
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with(false, 1, None).await
    }

    /// The same, which takes access tokens of this issuer.
    pub(crate) async fn with_issuer(issuer: &Issuer) -> Self {
        Self::with(false, 1, Some(issuer.settings())).await
    }

    /// The same, with the calling rules.
    pub(crate) async fn with_rules() -> Self {
        Self::with(true, 1, None).await
    }

    /// The same, where a second of waiting takes twenty milliseconds.
    pub(crate) async fn quick() -> Self {
        Self::with(false, 50, None).await
    }

    async fn with(rules: bool, pace: u32, oauth: Option<OAuth>) -> Self {
        let rings = RingLedger::default();
        let talk = CallScript::new(Outcome::Completed)
            .ringing_for(Duration::from_secs(5))
            .talking_for(Duration::from_secs(95));
        let setup = SimConfig::default()
            .seed(0)
            .speed(1000.0)
            .ledger(rings.clone())
            .limits(100_000, 100_000)
            .outcome(TO, talk);
        let sim = SimKaiCalls::start(setup).await.unwrap();
        let clock = Ahead { minutes: Arc::default(), pace };
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let store = Arc::new(MemoryJournal::new());
        let credential = sim.credential().to_owned();
        let engine = Config::from_toml(&configuration(&sim))
            .unwrap()
            .engine_builder(|name| (name == "TEST_KEY").then(|| credential.clone()), &shared)
            .unwrap()
            .adjust(|policy| {
                policy.timings.poll_every = Duration::from_millis(50);
                if rules {
                    policy.rules.off = None;
                }
            })
            .rule_tables(Tables::builtin().with_rows("open", OPEN_RULES).unwrap())
            .journal(Arc::clone(&store) as Arc<dyn Journal>)
            .build()
            .unwrap();
        let switchboard = Switchboard::new(engine, Arc::clone(&shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let secrets = Secrets::new(ServerSecret::new([7; 32]));
        let url = format!("http://{address}").parse().unwrap();
        let mut api = Api::new(url, secrets, Arc::clone(&store) as Arc<dyn ServerStore>);
        api.clock = shared;
        api.oauth = oauth;
        let service = Service::new(switchboard, api);
        let all = routes::incomplete(&service).merge(switchboard_mcp::router(&service));
        let router = routes::complete(&service, all);
        let served = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, served).await.unwrap() });
        Self { address, service, rings, clock, store, _sim: sim }
    }

    /// A new key of the tenant acme that may do everything that a tenant may.
    pub(crate) async fn key(&self, confirm: bool) -> String {
        self.key_of("acme", Role::Admin.scopes(true), confirm).await
    }

    pub(crate) async fn key_of(
        &self,
        tenant: &str,
        scopes: impl IntoIterator<Item = ScopeName>,
        confirm: bool,
    ) -> String {
        let text = KeyText::random().unwrap();
        let mut key = ApiKey::new(text.id(), text.secret_hash(), SystemClock.now());
        key.tenant = Some(TenantId::from(tenant));
        key.scopes = scopes.into_iter().map(|scope| scope.as_str().to_owned()).collect();
        key.confirm = confirm;
        self.store.add_key(key).await.unwrap();
        text.expose().to_owned()
    }

    /// How many calls were written down.
    pub(crate) async fn written(&self) -> usize {
        let filter = CallsFilter { limit: 100, ..CallsFilter::default() };
        self.store.find(&filter).await.unwrap().calls.len()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}{}", self.address, switchboard_mcp::PATH)
    }

    /// A client with this key, whose person answers like this.
    pub(crate) async fn client(&self, key: &str, person: Person) -> Client {
        self.client_of(key, person, lifecycle(ProtocolVersion::V_2026_07_28)).await
    }

    pub(crate) async fn client_of(
        &self,
        key: &str,
        person: Person,
        lifecycle: ClientLifecycleMode,
    ) -> Client {
        // The client's library takes the provider of TLS that is installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let config =
            StreamableHttpClientTransportConfig::with_uri(self.url()).auth_header(key.to_owned());
        Client::new(StreamableHttpClientTransport::from_config(config), person, lifecycle).await
    }
}

/// How a client of this version begins.
pub(crate) fn lifecycle(version: ProtocolVersion) -> ClientLifecycleMode {
    if version == ProtocolVersion::V_2026_07_28 {
        ClientLifecycleMode::Discover { preferred_versions: vec![version] }
    } else {
        ClientLifecycleMode::Initialize
    }
}

/// A person in front of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Person {
    Confirms,
    SendsTheFormUnticked,
    Declines,
    Closes,
    /// The client cannot ask anybody.
    Absent,
}

impl Person {
    pub(crate) fn answer(self) -> ElicitResult {
        match self {
            Self::Confirms => accepted(true),
            Self::SendsTheFormUnticked => accepted(false),
            Self::Declines => ElicitResult::new(ElicitationAction::Decline),
            Self::Closes | Self::Absent => ElicitResult::new(ElicitationAction::Cancel),
        }
    }
}

fn accepted(yes: bool) -> ElicitResult {
    ElicitResult::new(ElicitationAction::Accept).with_content(json!({"place_this_call": yes}))
}

/// A client and what it was asked and told.
pub(crate) struct Client {
    pub(crate) running: RunningService<RoleClient, Handler>,
    asked: mpsc::UnboundedReceiver<String>,
    pub(crate) progress: mpsc::UnboundedReceiver<f64>,
}

pub(crate) struct Handler {
    person: Person,
    version: ProtocolVersion,
    asked: mpsc::UnboundedSender<String>,
    progress: mpsc::UnboundedSender<f64>,
}

impl ClientHandler for Handler {
    fn get_info(&self) -> ClientConfig {
        let mut can = ClientCapabilities::default();
        if self.person != Person::Absent {
            let forms = FormElicitationCapability::default();
            can.elicitation = Some(ElicitationCapability::new().with_form(forms));
        }
        let mut config = ClientConfig::new(can, Implementation::new("test", "1"));
        config.protocol_version = self.version.clone();
        config
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let ElicitRequestParams::FormElicitationParams { message, .. } = request else {
            panic!("it asks for something else than a form");
        };
        self.asked.send(message).unwrap();
        Ok(self.person.answer())
    }

    async fn on_progress(
        &self,
        progress: ProgressNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        let _ = self.progress.send(progress.progress);
    }
}

impl Client {
    pub(crate) async fn new<T, E, A>(
        transport: T,
        person: Person,
        lifecycle: ClientLifecycleMode,
    ) -> Self
    where
        T: IntoTransport<RoleClient, E, A>,
        E: std::error::Error + Send + Sync + 'static,
    {
        let (tell, asked) = mpsc::unbounded_channel();
        let (tell_progress, progress) = mpsc::unbounded_channel();
        let version = match &lifecycle {
            ClientLifecycleMode::Discover { .. } => ProtocolVersion::V_2026_07_28,
            _ => ProtocolVersion::V_2025_11_25,
        };
        let handler = Handler { person, version, asked: tell, progress: tell_progress };
        let running = handler.serve_with_lifecycle(transport, lifecycle).await.unwrap();
        Self { running, asked, progress }
    }

    /// Calls a tool, and answers what it asks.
    pub(crate) async fn call(&self, tool: &'static str, arguments: Value) -> CallToolResult {
        self.running.call_tool(request(tool, arguments)).await.unwrap()
    }

    /// The next question that the person was asked.
    pub(crate) fn question(&mut self) -> Option<String> {
        self.asked.try_recv().ok()
    }
}

pub(crate) fn request(tool: &'static str, arguments: Value) -> CallToolRequestParams {
    let Value::Object(arguments) = arguments else { panic!("arguments are an object") };
    CallToolRequestParams::new(tool).with_arguments(arguments)
}

/// The arguments of a call.
pub(crate) fn call() -> Value {
    json!({"idempotency_key": KEY, "to": TO, "task": TASK})
}

/// The same with these fields instead.
pub(crate) fn call_with(more: Value) -> Value {
    let mut arguments = call();
    for (name, value) in more.as_object().unwrap() {
        arguments[name] = value.clone();
    }
    arguments
}

/// What a tool answered.
#[track_caller]
pub(crate) fn answer(result: &CallToolResult) -> Value {
    assert_eq!(result.is_error, Some(false), "{}", text(result));
    result.structured_content.clone().unwrap()
}

/// The problem that a tool answered: its last text as JSON.
#[track_caller]
pub(crate) fn problem(result: &CallToolResult) -> Value {
    assert_eq!(result.is_error, Some(true), "{}", text(result));
    assert_eq!(result.structured_content, None);
    let last = result.content.last().and_then(|block| block.as_text()).unwrap();
    serde_json::from_str(&last.text).unwrap()
}

/// Everything that an agent reads.
pub(crate) fn text(result: &CallToolResult) -> String {
    let texts = result.content.iter().filter_map(|block| block.as_text());
    texts.map(|text| text.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// Sends a request to a path and reads the answer, head and body.
pub(crate) async fn exchange(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut text = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n");
    let usual = [
        ("host", address.to_string()),
        ("content-type", "application/json".to_owned()),
        ("accept", "application/json, text/event-stream".to_owned()),
    ];
    for (name, value) in usual.iter().map(|(name, value)| (*name, value.as_str())) {
        if !headers.iter().any(|(given, _)| *given == name) {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

pub(crate) fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}
