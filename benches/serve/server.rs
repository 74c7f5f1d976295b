//! The API over a ledger in SQLite, with limits that nothing here reaches.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use jiff::Timestamp;
use switchboard::{
    Clock, Currency, Engine, Journal, Policy, Provider, ProviderId, Switchboard, SystemClock,
    TenantId,
    core::ProviderInfo,
    journal::server::{ApiKey, ApiKeys, ServerStore},
    router::{Allowance, ProviderPolicy, RateDeck},
};
use switchboard_api::{
    Api, Background, Secrets, ServerSecret, Service,
    caller::{KeyText, Role},
    routes,
};
use switchboard_benches::Instant;
use switchboard_ledger::SqliteJournal;
use tokio::net::TcpListener;

use super::Failure;

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) key: String,
    pub(crate) switchboard: Switchboard,
}

impl Server {
    pub(crate) async fn start(ledger: &Path) -> Result<Self, Failure> {
        let store = Arc::new(SqliteJournal::open(ledger).await?);
        let info = ProviderInfo::new(ProviderId::from_static("instant"));
        let provider: Arc<dyn Provider> = Arc::new(Instant::new(info.clone()));
        let account = ProviderPolicy::new(info, RateDeck::unknown(Currency::USD));
        let mut policy = Policy::new(vec![account], Currency::USD);
        policy.each_tenant = Allowance { waiting: Some(10_000_000), ..Allowance::default() };
        policy.timings.poll_every = Duration::from_secs(3600);
        let journal: Arc<dyn Journal> = Arc::clone(&store) as Arc<dyn Journal>;
        let engine = Engine::builder(policy)
            .without_calling_rules("no person is called")
            .provider(provider)
            .journal(journal)
            .build()?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let switchboard = Switchboard::new(engine, clock);

        let text = KeyText::random().map_err(|_| "no chance for a key")?;
        let mut key = ApiKey::new(text.id(), text.secret_hash(), Timestamp::now());
        key.tenant = Some(TenantId::from("bench"));
        key.scopes = Role::Caller.scopes(true).map(|scope| scope.as_str().to_owned()).collect();
        store.add_key(key).await?;

        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let url = format!("http://{address}").parse()?;
        let secrets = Secrets::new(ServerSecret::new([7; 32]));
        let mut api = Api::new(url, secrets, store as Arc<dyn ServerStore>);
        api.limits.requests_per_minute = 100_000_000;
        api.limits.concurrent_requests = 10_000;
        api.limits.streams = 10_000;
        api.events.streams = 10_000;
        // Receivers of webhooks are on this machine.
        api.webhooks.allow_networks = vec!["127.0.0.0/8".parse()?];
        let service = Service::new(switchboard.clone(), api);
        let router = routes::router(&service);
        let router = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, router).await });
        tokio::spawn(Background::new(service).run(std::future::pending()));
        Ok(Self { address, key: text.expose().to_owned(), switchboard })
    }
}
