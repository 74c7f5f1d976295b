//! The whole file.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use indexmap::IndexMap;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use switchboard_router::{Policy, RateDeck};
use switchboard_rules::Tables;

use crate::{
    config::{
        agent::{AgentConfig, WebhooksConfig},
        budget::BudgetConfig,
        callers::CallersConfig,
        duplicates::DuplicatesConfig,
        experiment::ExperimentConfig,
        ledger::LedgerConfig,
        network::NetworkConfig,
        provider::ProviderConfig,
        routing::{RouteConfig, RoutingConfig},
        rules::RulesConfig,
        server::ServerConfig,
        telemetry::TelemetryConfig,
    },
    registry::Registry,
};

/// The whole file.
///
/// ```
/// use switchboard::Config;
///
/// let config = Config::from_toml(r#"
///     [providers.kaicalls]
///     kind = "kaicalls"
///     api_key_env = "KAICALLS_API_KEY"
///     default_agent = "uuid-abc123"
/// "#)?;
/// let policy = config.policy()?; // no credential is needed to plan
/// assert_eq!(policy.providers.len(), 1);
/// # Ok::<(), switchboard::ConfigError>(())
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What holds for every call.
    #[serde(default)]
    pub routing: RoutingConfig,
    /// The accounts, by name. Their order is the order of preference.
    #[serde(default)]
    pub providers: IndexMap<String, ProviderConfig>,
    /// Which calls go which way; the first that holds is taken.
    #[serde(default)]
    pub routes: Vec<RouteConfig>,
    /// The splits; the first that holds is taken.
    #[serde(default)]
    pub experiments: Vec<ExperimentConfig>,
    /// The agent profiles, by name.
    #[serde(default)]
    pub agents: BTreeMap<String, AgentConfig>,
    /// Where providers reach this process; none: they are asked instead.
    pub webhooks: Option<WebhooksConfig>,
    /// What `switchboard serve` listens on, and what it allows.
    pub server: Option<ServerConfig>,
    /// Where traces of the server go; none: nowhere.
    pub telemetry: Option<TelemetryConfig>,
    /// What stands between this process and the providers; none: nothing.
    pub network: Option<NetworkConfig>,
    /// Where calls are kept; none: in memory, for as long as the process lasts.
    pub ledger: Option<LedgerConfig>,
    /// What callers may do.
    #[serde(default)]
    pub callers: CallersConfig,
    /// When the same person with the same task is taken for a mistake.
    #[serde(default)]
    pub duplicates: DuplicatesConfig,
    /// How much may be spent. Every one that covers a call has to hold it.
    #[serde(default)]
    pub budgets: Vec<BudgetConfig>,
    /// The calling rules.
    #[serde(default)]
    pub rules: Option<RulesConfig>,
    #[serde(skip)]
    pub(crate) registry: Registry,
    /// What the program says beside `[network]`.
    #[cfg(feature = "backend")]
    #[serde(skip)]
    pub(super) own_network: switchboard_http::Network,
    /// What relative paths in the file start from.
    #[serde(skip)]
    pub(super) directory: PathBuf,
    /// The file as it was read.
    #[serde(skip)]
    pub(super) text: Option<Arc<str>>,
    /// What the check of the file made, for as long as nothing of the file is changed in code.
    #[serde(skip)]
    pub(super) compiled: Option<Arc<Compiled>>,
}

#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) from: Config,
    pub(super) policy: Arc<Policy>,
    pub(super) tables: Tables,
}

impl Config {
    /// The file as it was read; `None` where there is none.
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// What the configuration is called beside the plans that are made by it: the beginning of the
    /// SHA-256 of the file, and of the decks and rules that it names. `None` for a configuration that
    /// no file says, or not any more.
    pub fn version(&self) -> Option<String> {
        let unchanged =
            self.compiled.as_deref().is_some_and(|compiled| self.says_the_same(&compiled.from));
        let text = self.text().filter(|_| unchanged)?;
        let mut hash = Sha256::new();
        hash.update(text);
        let Compiled { policy, tables, .. } = self.compiled.as_deref()?;
        if !policy.rules.files.is_empty() {
            hash.update(tables.version());
        }
        for one in policy.providers.iter().filter(|one| !one.deck.is_empty()) {
            hash.update(one.deck.fingerprint().to_be_bytes());
        }
        Some(hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect())
    }

    /// What relative paths start from.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The prices of an account that has not changed since its decks were read: they are large, and
    /// are read once.
    pub(crate) fn read_already(&self, name: &str, provider: &ProviderConfig) -> Option<&RateDeck> {
        let Compiled { from, policy, .. } = self.compiled.as_deref()?;
        let (now, then) = (&self.routing, &from.routing);
        let same = from.providers.get(name) == Some(provider)
            && (&now.currency, &now.currencies) == (&then.currency, &then.currencies);
        let read = policy.providers.iter().find(|one| one.info.id.as_str() == name)?;
        same.then_some(&read.deck)
    }

    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        let Self {
            routing,
            providers,
            routes,
            experiments,
            agents,
            webhooks,
            server,
            telemetry,
            network,
            ledger,
            callers,
            duplicates,
            budgets,
            rules,
            registry: _,
            #[cfg(feature = "backend")]
                own_network: _,
            directory: _,
            text: _,
            compiled: _,
        } = self;
        // The order of the accounts is their order of preference, which maps do not compare.
        let accounts = providers.iter().eq(&other.providers);
        accounts
            && (routing, routes, experiments, agents)
                == (&other.routing, &other.routes, &other.experiments, &other.agents)
            && (webhooks, server, telemetry, ledger)
                == (&other.webhooks, &other.server, &other.telemetry, &other.ledger)
            && (network, callers) == (&other.network, &other.callers)
            && (duplicates, budgets, rules) == (&other.duplicates, &other.budgets, &other.rules)
    }
}
