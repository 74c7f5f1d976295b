//! A server on 127.0.0.1 with two providers behind it.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use futures::future::BoxFuture;
use http::Method;
use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard::{
    Clock, Config, Journal, MemoryJournal, Switchboard, SystemClock, TenantId,
    journal::server::{ApiKey, ApiKeys, ServerStore},
};
use switchboard_api::{
    Api, Background, KaiCallsSurface, Secrets, ServerSecret, Service,
    caller::{KeyText, Role, ScopeName},
    routes,
};
use switchboard_testkit::{
    RingLedger, SimConfig, SimKaiCalls, SimKallyAi,
    calls::Outcome,
    fault::{Fault, FaultScript, Rule},
};

use super::http_client::{Answer, send};

pub(super) const COMPLETED: &str = "+12015550101";
pub(super) const NO_ANSWER: &str = "+12015550102";
pub(super) const BUSY: &str = "+12015550103";
/// KaiCalls does not take it; KallyAI does.
pub(super) const ELSEWHERE: &str = "+12015550104";
/// KaiCalls fails in a way that does not say whether it rang.
pub(super) const DOUBTFUL: &str = "+12015550105";
/// Calls to it are never over within a test.
pub(super) const LONG: &str = "+12015550106";
pub(super) const TASK: &str = "Ask whether the shop is open on Sunday, for Quillfeather.";
pub(super) const DEFAULT_TASK: &str = "Carry out your standing orders.";

/// A clock that knows whole seconds only, so that many calls have the same time. It can be set ahead
/// by a few of them.
#[derive(Debug, Clone, Default)]
pub(super) struct WholeSeconds {
    pub(super) ahead: Arc<AtomicI64>,
}

impl Clock for WholeSeconds {
    fn now(&self) -> Timestamp {
        let ahead = self.ahead.load(Ordering::SeqCst);
        Timestamp::from_second(SystemClock.now().as_second() + ahead).unwrap()
    }

    fn uptime(&self) -> Duration {
        SystemClock.uptime()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        SystemClock.sleep(duration)
    }
}

/// A server, its simulators and what they saw.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    pub(super) store: Arc<MemoryJournal>,
    pub(super) rings: RingLedger,
    pub(super) kaicalls: SimKaiCalls,
    pub(super) kallyai: SimKallyAi,
}

fn configuration(kaicalls: &SimKaiCalls, kallyai: &SimKallyAi) -> String {
    format!(
        r#"
        [rules]
        off = "no person is called in a test"

        [routing]
        default_agent = "desk"
        max_wait_seconds = 30

        [providers.kaicalls]
        kind = "kaicalls"
        api_key_env = "TEST_KAICALLS"
        base_url = "{kaicalls_url}"
        tariff = {{ rows = [{{ countries = ["US"], per_minute = "0.12", increment_seconds = 6 }}] }}

        [providers.kallyai]
        kind = "kallyai"
        api_key_env = "TEST_KALLYAI"
        base_url = "{kallyai_url}"

        [agents.desk]
        at = {{ kaicalls = "{agent}", kallyai = "general" }}

        [agents.backup]
        at = {{ kallyai = "general" }}

        [agents.another]
        at = {{ kaicalls = "{agent}" }}
        "#,
        kaicalls_url = kaicalls.url(),
        kallyai_url = kallyai.url(),
        agent = kaicalls.agent_id(),
    )
}

impl Server {
    pub(super) async fn start() -> Self {
        Self::with(Arc::new(SystemClock), |_| {}).await
    }

    pub(super) async fn with(clock: Arc<dyn Clock>, adjust: impl FnOnce(&mut Api)) -> Self {
        let rings = RingLedger::default();
        let refused = Rule::on("POST", "/api/v1/calls", Fault::answer(404, "not_found"));
        let failed = Rule::on("POST", "/api/v1/calls", Fault::answer(500, "call_failed"));
        let setup = SimConfig::default()
            .seed(0)
            .speed(2_000.0)
            .ledger(rings.clone())
            .limits(100_000, 100_000)
            .outcome(COMPLETED, Outcome::Completed)
            .outcome(NO_ANSWER, Outcome::NoAnswer)
            .outcome(BUSY, Outcome::Busy)
            .outcome(ELSEWHERE, Outcome::Completed);
        let faults = FaultScript::default().rule(refused.to(ELSEWHERE)).rule(failed.to(DOUBTFUL));
        let kallyai = SimKallyAi::start(setup.clone()).await.unwrap();
        let kaicalls = SimKaiCalls::start(setup.faults(faults)).await.unwrap();

        let store = Arc::new(MemoryJournal::new());
        let config = Config::from_toml(&configuration(&kaicalls, &kallyai)).unwrap();
        let keys = [
            ("TEST_KAICALLS", kaicalls.credential().to_owned()),
            ("TEST_KALLYAI", kallyai.credential().to_owned()),
        ];
        let environment = move |name: &str| {
            keys.iter().find(|(one, _)| *one == name).map(|(_, value)| value.clone())
        };
        let engine = config
            .engine_builder(environment, &clock)
            .unwrap()
            .adjust(|policy| {
                policy.timings.poll_every = Duration::from_millis(50);
                policy.timings.reconcile_for = Duration::from_secs(1);
            })
            .journal(Arc::clone(&store) as Arc<dyn Journal>)
            .build()
            .unwrap();
        let switchboard = Switchboard::new(engine, Arc::clone(&clock));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let secrets = Secrets::new(ServerSecret::new([7; 32]));
        let url = format!("http://{address}").parse().unwrap();
        let mut api = Api::new(url, secrets, Arc::clone(&store) as Arc<dyn ServerStore>);
        api.clock = clock;
        api.limits.requests_per_minute = 10_000;
        api.webhooks.allow_networks = vec!["127.0.0.1/32".parse().unwrap()];
        api.kaicalls = Some(KaiCallsSurface::new(DEFAULT_TASK));
        adjust(&mut api);
        let service = Service::new(switchboard, api);
        let app = routes::router(&service);
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, app).await });
        tokio::spawn(Background::new(service).run(std::future::pending()));
        Self { address, store, rings, kaicalls, kallyai }
    }

    /// The base URL for KaiCalls' clients.
    pub(super) fn base_url(&self) -> String {
        format!("http://{}/compat/kaicalls", self.address)
    }

    pub(super) async fn key(&self, tenant: &str) -> String {
        self.key_with(Some(tenant), Role::Caller.scopes(true)).await
    }

    pub(super) async fn key_with(
        &self,
        tenant: Option<&str>,
        scopes: impl IntoIterator<Item = ScopeName>,
    ) -> String {
        let text = KeyText::random().unwrap();
        let mut key = ApiKey::new(text.id(), text.secret_hash(), Timestamp::now());
        key.tenant = tenant.map(TenantId::from);
        key.scopes = scopes.into_iter().map(|scope| scope.as_str().to_owned()).collect();
        key.confirm = false;
        self.store.add_key(key).await.unwrap();
        text.expose().to_owned()
    }

    /// Sends a request as KaiCalls' SDKs do.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        key: &str,
        body: Option<&Value>,
    ) -> Answer {
        let key = format!("Bearer {key}");
        let headers = [("Authorization", &*key), ("Content-Type", "application/json")];
        let path = format!("/compat/kaicalls/api/v1/{path}");
        let body = body.map(Value::to_string);
        send(self.address, method, &path, &headers, body.as_deref()).await
    }

    pub(super) async fn get(&self, path: &str, key: &str) -> Answer {
        self.ask(Method::GET, path, key, None).await
    }

    pub(super) async fn post(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, key, Some(body)).await
    }

    /// Places a call with a key of its own for repeated requests.
    pub(super) async fn place(&self, key: &str, once: &str, body: &Value) -> Answer {
        let key = format!("Bearer {key}");
        let headers = [
            ("Authorization", &*key),
            ("Content-Type", "application/json"),
            ("Idempotency-Key", once),
        ];
        let path = "/compat/kaicalls/api/v1/calls";
        send(self.address, Method::POST, path, &headers, Some(&body.to_string())).await
    }

    /// A call to this number with the KaiCalls agent that the caller has always used.
    pub(super) fn call(&self, to: &str) -> Value {
        json!({"agent_id": self.kaicalls.agent_id(), "to": to, "context": TASK})
    }

    /// Asks until a call leaves the statuses that SDKs take for active, as their `wait` does.
    pub(super) async fn wait(&self, key: &str, id: &str) -> Value {
        const ACTIVE: [&str; 5] = ["queued", "ringing", "in-progress", "in_progress", "started"];
        tokio::time::timeout(Duration::from_secs(60), async {
            let mut pause = tokio::time::interval(Duration::from_millis(20));
            loop {
                pause.tick().await;
                let call = self.get(&format!("calls?id={id}"), key).await;
                assert_eq!(call.status, 200, "{}", call.text);
                if !ACTIVE.contains(&call.body["status"].as_str().unwrap()) {
                    return call.body;
                }
            }
        })
        .await
        .unwrap()
    }

    /// Places a call and waits until it is over.
    pub(super) async fn finished(&self, key: &str, once: &str, body: &Value) -> Value {
        let placed = self.place(key, once, body).await;
        assert_eq!(placed.status, 201, "{}", placed.text);
        self.wait(key, placed.body["id"].as_str().unwrap()).await
    }
}
