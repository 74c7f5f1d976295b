//! `serve --simulated`: simulated providers inside this process, a ledger in a temporary directory
//! with a seeded world, and keys that are printed. There is nothing to configure, and no phone rings.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::Path,
    sync::Arc,
    time::Duration,
};

use ipnet::IpNet;
use switchboard::{
    Clock, Config, Ledger, Switchboard, SystemClock, WebhookAddress, config::ServerConfig,
    secrecy::SecretString,
};
use switchboard_api::{
    KeyAdmin, Secrets, ServerSecret,
    caller::{Caller, KeysManage, Role},
    wire::{NewKey, OwnLimits},
};
use switchboard_testkit::{
    RingLedger, SimConfig, SimKaiCalls, SimKallyAi, Simulator,
    fault::{Fault, Rule},
};
use tempfile::TempDir;

use super::{
    seeded::{self, PAUSED, TENANT},
    setup::{self, Served},
};
use crate::{
    cli::ServeArgs,
    commands::{simulated_account, simulated_rules},
    failure::{Failure, Outcome},
};

/// A minute of a call takes three seconds, so that a call can be watched.
const SPEED: f64 = 20.0;
const CONFIGURATION: &str = include_str!("simulated.toml");
/// What the seeded world adds.
const SEEDED: &str = include_str!("seeded.toml");
const DECK: &str = include_str!("seeded.csv");
/// The variable with the credential of the provider that asks for a pause.
const PAUSED_KEY: &str = "SIMULATED_PAUSED_KEY";
/// How long it asks for, in seconds.
const PAUSE: &str = "840";
/// How often calls are read if no webhook comes.
const POLL_EVERY: Duration = Duration::from_secs(1);
const WEBHOOKS_FOR: Duration = Duration::from_secs(60 * 60);

/// Keeps the simulation alive.
#[derive(Debug)]
pub(super) struct Simulation {
    /// It began without a call.
    pub(super) empty: bool,
    pub(super) keys: Keys,
    pub(super) kaicalls_agent_id: String,
    _directory: TempDir,
}

/// Keys to try the API with.
pub(super) struct Keys {
    /// Of one tenant, with every scope that a tenant may have.
    pub(super) tenant: String,
    /// Of an operator, with every scope.
    pub(super) admin: String,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}

/// Where it listens, and nothing more.
pub(super) fn server(args: &ServeArgs) -> ServerConfig {
    let mut server = ServerConfig::default();
    server.listen = args.listen.unwrap_or(server.listen);
    let any_port = SocketAddr::new(server.admin_listen.ip(), 0);
    server.admin_listen = args.admin_listen.unwrap_or(any_port);
    // Nobody balances loads here.
    server.settle_seconds = 0;
    server.drain_seconds = 5;
    server.compat.kaicalls.enabled = true;
    server.mcp.enabled = true;
    server.console.enabled = true;
    server
}

/// Starts everything; `listening` is where the API will be.
pub(super) async fn start(
    server: &ServerConfig,
    listening: SocketAddr,
    empty: bool,
) -> Outcome<(Served, Simulation, Providers)> {
    if !listening.ip().is_loopback() {
        return Err(Failure::input(
            "--listen",
            format!(
                "is {listening}, which other machines reach: a simulation listens on 127.0.0.1"
            ),
        ));
    }
    let directory = tempfile::tempdir().map_err(|error| {
        Failure::local(format!("a temporary directory could not be created: {error}"))
    })?;
    let file = directory.path().join("simulated.db");
    let ledger = Ledger::file(&file, None).await?;
    let providers = Providers::start(empty).await?;
    let deck = directory.path().join("germany.csv");
    std::fs::write(&deck, DECK).map_err(|error| {
        Failure::local(format!("{} cannot be written: {error}", deck.display()))
    })?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let public_url = setup::public_url(server, listening)?;
    let webhooks = WebhookAddress {
        base: public_url.clone(),
        secret: SecretString::from(random_text()?),
        lifetime: WEBHOOKS_FOR,
    };
    let engine = Config::from_toml(&providers.configuration(&deck))?
        .engine_builder(|name| providers.secret(name), &clock)?
        .adjust(|policy| policy.timings.poll_every = POLL_EVERY)
        .webhooks(webhooks)
        .rule_tables(simulated_rules::tables()?)
        .journal(ledger.journal())
        .build()?;
    if !empty {
        let former = Ledger::file(&file, None).await?;
        seeded::past(&engine, &former.journal(), clock.now()).await?;
        drop(former);
        engine.recover().await?;
    }
    let store = ledger.server();
    let keys =
        Keys::make(&KeyAdmin::new(Arc::clone(&store), Arc::clone(&clock)), "serve --simulated")
            .await?;
    let secrets = Secrets::new(ServerSecret::new(random()?));
    let mut api = setup::settings(server, public_url, secrets, &store);
    // Receivers of webhooks are on this machine.
    let loopback = [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)];
    api.webhooks.allow_networks = loopback.into_iter().map(IpNet::from).collect();
    let switchboard = Switchboard::new(engine, clock).with_ledger(ledger);
    let kaicalls_agent_id = providers.kaicalls.agent_id().to_owned();
    let simulation = Simulation { empty, keys, kaicalls_agent_id, _directory: directory };
    Ok((Served { switchboard, store, api }, simulation, providers))
}

impl Keys {
    pub(super) async fn make(admin: &KeyAdmin, by: &str) -> Outcome<Self> {
        let maker = Caller::of_the_ledger(by, jiff::Timestamp::now());
        let make = async |name: &str, tenant: Option<&str>| {
            let new = NewKey {
                name: name.to_owned(),
                tenant: tenant.map(str::to_owned),
                role: Some(Role::Admin.as_str().to_owned()),
                scopes: None,
                expires_at: None,
                ip_allow: Vec::new(),
                limits: OwnLimits::default(),
                confirm: false,
            };
            let by = maker.allowed::<KeysManage>().map_err(Failure::from)?;
            let created = admin.create(by, &new, None).await.map_err(Failure::from)?;
            created.secret.ok_or_else(|| Failure::local("the key could not be made"))
        };
        Ok(Self { tenant: make("demo", Some(TENANT)).await?, admin: make("admin", None).await? })
    }
}

/// The simulated providers.
pub(super) struct Providers {
    kaicalls: SimKaiCalls,
    kallyai: SimKallyAi,
    /// Asks for a pause at once. Only in the seeded world.
    paused: Option<Simulator>,
}

impl Providers {
    async fn start(empty: bool) -> Outcome<Self> {
        let rings = RingLedger::in_memory();
        let problem = |error: std::io::Error| {
            Failure::local(format!("a simulated provider could not be started: {error}"))
        };
        let config = || SimConfig::default().speed(SPEED).ledger(rings.clone()).credits(100_000);
        let kaicalls = SimKaiCalls::start(config()).await.map_err(problem)?;
        let kallyai = SimKallyAi::start(config()).await.map_err(problem)?;
        let paused = match empty {
            true => None,
            false => Some(PAUSED.start(config()).await.map_err(problem)?),
        };
        if let Some(paused) = &paused {
            let pause = Fault::Answer {
                status: 429,
                code: None,
                message: None,
                headers: [("Retry-After".to_owned(), PAUSE.to_owned())].into(),
                body: None,
                envelope: None,
            };
            paused.faults().add(Rule::on("POST", PAUSED.place_path(), pause));
        }
        Ok(Self { kaicalls, kallyai, paused })
    }

    fn configuration(&self, deck: &Path) -> String {
        let text = CONFIGURATION
            .replace("<kaicalls-url>", self.kaicalls.url())
            .replace("<kaicalls-agent>", self.kaicalls.agent_id())
            .replace("<kallyai-url>", self.kallyai.url());
        let Some(paused) = &self.paused else { return text };
        // The profile that the file ends with gets one more agent.
        let agent = simulated_account::agent(paused);
        let account = simulated_account::section(paused, PAUSED_KEY);
        let seeded =
            SEEDED.replace("<account>", &account).replace("<deck>", &deck.to_string_lossy());
        format!("{text}{} = {agent}\n\n{seeded}", PAUSED.id())
    }

    fn secret(&self, name: &str) -> Option<String> {
        match name {
            "SIMULATED_KAICALLS_KEY" => Some(self.kaicalls.credential().to_owned()),
            "SIMULATED_KALLYAI_TOKEN" => Some(self.kallyai.credential().to_owned()),
            PAUSED_KEY => self.paused.as_ref().map(|paused| paused.credential().to_owned()),
            _ => None,
        }
    }
}

pub(super) fn random() -> Outcome<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::local(format!("the system gives no random bytes: {error}")))?;
    Ok(bytes)
}

fn random_text() -> Outcome<String> {
    Ok(random()?.iter().map(|byte| format!("{byte:02x}")).collect())
}
