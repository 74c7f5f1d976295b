//! From a configuration file to what is served.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use http::HeaderName;
use secrecy::ExposeSecret;
use switchboard::{
    Config, Network, ProviderId, Switchboard, TakesUp, TenantId,
    config::{ConsoleRoleName, ServerConfig, ServerOauthConfig, SignInName, TokenScopeName},
    journal::server::ServerStore,
    process_environment,
    url::Url,
};
use switchboard_api::{
    Api, CheckConfiguration, KaiCallsSurface, RequestLimits, Secrets, ServerSecret,
    caller::{ProxySignIn, Role, ScopeName},
    oauth::OAuth,
};
use switchboard_console::SignIn;

use crate::{
    cli::{Common, ServeArgs},
    failure::{Failure, Outcome},
    output::Output,
    rules_state, setup,
};

const DAY: u64 = 24 * 60 * 60;

/// What is served, with the ledger open and the calls of former processes taken up.
#[derive(Debug)]
pub(super) struct Served {
    pub(super) switchboard: Switchboard,
    pub(super) store: Arc<dyn ServerStore>,
    pub(super) api: Api,
}

/// A configuration that was checked, before anything is opened.
#[derive(Debug)]
pub(super) struct Configured {
    config: Config,
    pub(super) server: ServerConfig,
    secrets: Secrets,
}

impl Configured {
    /// Reads the file; addresses of the command line replace its own.
    pub(super) fn read(common: &Common, args: &ServeArgs, output: Output) -> Outcome<Self> {
        let config = setup::with_ledger(setup::read(common)?)?;
        setup::warn(&config, output);
        // The file itself stays as it is: a reload is compared to it.
        let mut changed = config.clone();
        let server = changed.server.as_mut().ok_or_else(|| {
            Failure::input(
                "server",
                "is not in the configuration: add [server] with secret_env = \"SWITCHBOARD_SECRET\" \
                 (switchboard.example.toml explains it), or try switchboard serve --simulated",
            )
        })?;
        server.listen = args.listen.unwrap_or(server.listen);
        server.admin_listen = args.admin_listen.unwrap_or(server.admin_listen);
        let server = server.clone();
        rules_state::note(&changed.policy()?, &changed.rule_tables()?, output);
        let secrets = config.server_secrets(process_environment)?;
        let mut secrets = secrets.iter().map(|one| ServerSecret::new(*one.expose_secret()));
        let current = secrets
            .next()
            .ok_or_else(|| Failure::input("server.secret_env", "is missing: name a variable"))?;
        let secrets = secrets.fold(Secrets::new(current), Secrets::with_former);
        Ok(Self { config, server, secrets })
    }

    /// Begins to send traces, if the file says where to.
    #[cfg(feature = "otel")]
    pub(super) fn start_traces(&self) -> Outcome<()> {
        match &self.config.telemetry {
            Some(telemetry) => {
                crate::traces::start(telemetry, &self.config.network(process_environment)?)
            }
            None => Ok(()),
        }
    }

    /// Opens the ledger and takes up the calls of former processes.
    pub(super) async fn open(
        self,
        common: &Common,
        listening: SocketAddr,
        output: Output,
    ) -> Outcome<Served> {
        let Self { config, server, secrets } = self;
        let (switchboard, recovered) =
            config.open_with_report(TakesUp::Everything, process_environment).await?;
        setup::report_recovered(recovered, output);
        let ledger = switchboard
            .ledger()
            .ok_or_else(|| Failure::local("the configuration names no ledger"))?;
        let store = ledger.server();
        someone_has_a_key(&*store, listening).await?;
        let mut api = settings(&server, public_url(&server, listening)?, secrets, &store);
        let network = config.network(process_environment)?;
        api.oauth = server.oauth.as_ref().map(|one| oauth(one, &api.public_url, &network));
        api.webhooks.network = network;
        if let Some(surface) = &mut api.kaicalls {
            let accounts = config.providers.iter().filter(|(_, one)| one.kind == "kaicalls");
            surface.accounts = accounts.map(|(name, _)| ProviderId::new(name.clone())).collect();
        }
        let file = common.config.clone();
        let check: CheckConfiguration = Arc::new(move || Config::from_file(&file));
        api.check_configuration = Some(check);
        Ok(Served { switchboard, store, api })
    }
}

/// The settings of the API that `[server]` names.
pub(super) fn settings(
    server: &ServerConfig,
    public_url: Url,
    secrets: Secrets,
    store: &Arc<dyn ServerStore>,
) -> Api {
    let mut api = Api::new(public_url, secrets, Arc::clone(store));
    let mut limits = RequestLimits::default();
    limits.requests_per_minute = server.limits.requests_per_minute.get();
    limits.concurrent_requests = server.limits.concurrent_requests.get();
    limits.streams = server.limits.streams.get();
    api.limits = limits;
    api.trusted_proxies = server.trusted_proxies.iter().map(|network| network.0).collect();
    api.events.retention = Duration::from_secs(u64::from(server.events.retention_days) * DAY);
    let webhooks = &server.webhooks;
    api.webhooks.allow_networks = webhooks.allow_networks.iter().map(|one| one.0).collect();
    api.webhooks.allow_ports.clone_from(&webhooks.allow_ports);
    api.webhooks.timeout = Duration::from_secs(webhooks.timeout_seconds.into());
    let kaicalls = &server.compat.kaicalls;
    api.kaicalls = kaicalls.enabled.then(|| KaiCallsSurface::new(kaicalls.task()));
    api.request_timeout = Duration::from_secs(server.request_seconds.into());
    api
}

/// Whose access tokens agents may send.
fn oauth(named: &ServerOauthConfig, public_url: &Url, network: &Network) -> OAuth {
    let here = || {
        let base = public_url.as_str().trim_end_matches('/');
        format!("{base}{}", switchboard_mcp::PATH)
    };
    let audience = named.audience.clone().unwrap_or_else(here);
    let mut oauth = OAuth::new(named.issuer.as_str(), audience, named.tenant_claim.as_str());
    oauth.network = network.clone();
    named.scopes.iter().fold(oauth, |oauth, (name, allowed)| {
        let allowed = allowed.iter().map(|scope| match scope {
            TokenScopeName::PlanRead => ScopeName::PlanRead,
            TokenScopeName::CallsWrite => ScopeName::CallsWrite,
            TokenScopeName::CallsRead => ScopeName::CallsRead,
            TokenScopeName::CallsContent => ScopeName::CallsContent,
            TokenScopeName::AgentsRead => ScopeName::AgentsRead,
        });
        oauth.with_scope(name.as_str(), allowed)
    })
}

/// How people sign in to the console.
pub(super) fn sign_in(server: &ServerConfig) -> Outcome<SignIn> {
    if server.console.sign_in.unwrap_or_default() == SignInName::Key {
        return Ok(SignIn::Key);
    }
    let proxy = server.console.proxy.clone().unwrap_or_default();
    let header = |key: &str, name: &str| {
        let fix = "is no name of a header: write it as X-Forwarded-User";
        name.parse::<HeaderName>()
            .map_err(|_| Failure::input(format!("server.console.proxy.{key}"), fix))
    };
    let sign_in = ProxySignIn::new(
        header("user_header", &proxy.user_header)?,
        header("groups_header", &proxy.groups_header)?,
    );
    let sign_in = proxy.roles.iter().fold(sign_in, |sign_in, (group, role)| {
        let role = match role {
            ConsoleRoleName::Reader => Role::Reader,
            ConsoleRoleName::Operator => Role::Operator,
            ConsoleRoleName::Admin => Role::Admin,
        };
        let tenant = proxy.tenants.get(group).map(|tenant| TenantId::from(tenant.as_str()));
        sign_in.with_group(group.as_str(), role, tenant)
    });
    Ok(SignIn::Proxy(Arc::new(sign_in)))
}

/// Where clients reach the server.
pub(super) fn public_url(server: &ServerConfig, listening: SocketAddr) -> Outcome<Url> {
    server
        .url(listening)
        .map_err(|error| Failure::local(format!("{listening} is part of no web address: {error}")))
}

/// Without any key nobody can use the server, and the first key has to be made on this machine.
async fn someone_has_a_key(store: &dyn ServerStore, listening: SocketAddr) -> Outcome<()> {
    if listening.ip().is_loopback() || !store.keys(None).await?.is_empty() {
        return Ok(());
    }
    Err(Failure::input(
        "server.listen",
        format!(
            "is {listening}, which other machines reach, and there is no API key yet: make the first \
             one with switchboard keys create --role admin --name first"
        ),
    ))
}
