//! The configuration: one TOML file that says which accounts there are, what they charge and who is
//! asked for which call.
//!
//! A mistake in it is found when it is read, with its key, its place in the file and the fix,
//! because the alternative is a call that goes the wrong way at night. So an unknown key is an
//! error, and so is a setting that could never have an effect. No secret stands in it: it names
//! where secrets are, and they are read by [`Config::open`] and [`Config::build`] only.
//!
//! | to find | look at |
//! |---|---|
//! | defaults, routes, experiments | [`RoutingConfig`], [`RouteConfig`], [`ExperimentConfig`] |
//! | who is left out for failing | [`OutliersConfig`], [`BreakerConfig`] |
//! | what is learnt of the calls that were made | [`QualityConfig`] |
//! | accounts and their prices | [`ProviderConfig`], [`TariffConfig`], [`DeckConfig`] |
//! | agent profiles, webhooks | [`AgentConfig`], [`WebhooksConfig`] |
//! | where calls are kept, and for how long | [`LedgerConfig`], [`RetentionConfig`] |
//! | how much may be spent | [`BudgetConfig`] |
//! | when the same person with the same task is a mistake | [`DuplicatesConfig`] |
//! | what callers may do at once | [`CallersConfig`], [`AllowanceConfig`] |
//! | what is wrong | [`ConfigError`], [`Problem`] |
//! | what is probably not meant | [`ConfigWarning`] |
//!
//! `switchboard.example.toml` at the root of the repository explains it line by line.

mod account;
mod agent;
mod amount;
mod budget;
mod build;
mod callers;
mod compile;
mod conditions;
mod credential;
mod deck;
mod duplicates;
mod experiment;
mod ledger;
mod no_effect;
mod open;
mod outliers;
pub(crate) mod problem;
mod provider;
mod quality;
mod read;
mod routing;
mod suggest;
mod tariff;
mod token_store;
mod warning;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use indexmap::IndexMap;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use switchboard_router::{Policy, RateDeck};

pub use self::{
    agent::{AgentConfig, WebhooksConfig},
    amount::Amount,
    budget::{BudgetConfig, PeriodName},
    callers::{AllowanceConfig, CallersConfig},
    credential::process_environment,
    deck::{ColumnNames, DeckConfig, ExchangeRate},
    duplicates::DuplicatesConfig,
    experiment::{ArmConfig, ExperimentConfig, GuardrailConfig, MetricName, StartName},
    ledger::{LedgerConfig, RetentionConfig},
    outliers::OutliersConfig,
    problem::{ConfigError, Position, Problem},
    provider::{BreakerConfig, LimitsConfig, ProviderConfig},
    quality::QualityConfig,
    routing::{BusyCalleeName, OnUnknownName, RouteConfig, RoutingConfig, StrategyName},
    tariff::{PlanConfig, PriceConfig, TariffConfig, TariffRowConfig},
    token_store::{TokenLocation, TokenStoreConfig},
    warning::ConfigWarning,
};
use self::{problem::Problems, read::Document};
pub(crate) use self::{
    read::read_path,
    suggest::{plain as plain_words, unknown_setting},
};
use crate::registry::Registry;

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
    #[serde(skip)]
    pub(crate) registry: Registry,
    /// What relative paths in the file start from.
    #[serde(skip)]
    directory: PathBuf,
    /// The file as it was read.
    #[serde(skip)]
    text: Option<Arc<str>>,
    /// What the check of the file made, for as long as nothing of the file is changed in code.
    #[serde(skip)]
    compiled: Option<Arc<Compiled>>,
}

#[derive(Debug)]
struct Compiled {
    from: Config,
    policy: Arc<Policy>,
}

impl Config {
    /// Reads a configuration and checks all of it but the credentials.
    ///
    /// # Errors
    /// Every problem of the text, each with its key, its place and the fix.
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        Self::with_registry(text, Registry::default())
    }

    /// The same with kinds of providers of your own.
    ///
    /// # Errors
    /// As [`Config::from_toml`].
    pub fn with_registry(text: &str, registry: Registry) -> Result<Self, ConfigError> {
        Self::read(text, registry, PathBuf::new())
    }

    fn read(text: &str, registry: Registry, directory: PathBuf) -> Result<Self, ConfigError> {
        let document = Document::parse(text)?;
        let mut problems = Problems::default();
        let read = document.read::<Self>(&mut problems).map(|config| Self {
            registry,
            directory,
            ..config
        });
        let policy = read.as_ref().and_then(|config| {
            if problems.is_empty() {
                return compile::policy(config, &mut problems);
            }
            account::check_settings(config, &mut problems);
            None
        });
        match (read, policy) {
            (Some(config), Some(policy)) if problems.is_empty() => Ok(Self {
                text: Some(Arc::from(text)),
                compiled: Some(Arc::new(Compiled {
                    from: config.clone(),
                    policy: Arc::new(policy),
                })),
                ..config
            }),
            (_, _) => Err(problems.into_error(|place| document.position(place))),
        }
    }

    /// Reads a file. Relative paths in it start from its own directory.
    ///
    /// # Errors
    /// As [`Config::from_toml`]; also where the file cannot be read.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        Self::from_file_with_registry(path, Registry::default())
    }

    /// The same with kinds of providers of your own.
    ///
    /// # Errors
    /// As [`Config::from_file`].
    pub fn from_file_with_registry(
        path: impl AsRef<Path>,
        registry: Registry,
    ) -> Result<Self, ConfigError> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|error| {
            ConfigError::one("", format!("cannot be read: {error}")).in_file(path)
        })?;
        let directory = path.parent().map(Path::to_owned).unwrap_or_default();
        Self::read(&text, registry, directory).map_err(|error| error.in_file(path))
    }

    /// The file as it was read; `None` where there is none.
    pub(crate) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// What the configuration is called beside the plans that are made by it: the beginning of the
    /// SHA-256 of the file and of the decks that it names. `None` for a configuration that no file
    /// says, or not any more.
    pub fn version(&self) -> Option<String> {
        let unchanged =
            self.compiled.as_deref().is_some_and(|compiled| self.says_the_same(&compiled.from));
        let text = self.text().filter(|_| unchanged)?;
        let mut hash = Sha256::new();
        hash.update(text);
        let policy = self.compiled.as_deref().map(|compiled| &compiled.policy)?;
        for one in policy.providers.iter().filter(|one| !one.deck.is_empty()) {
            hash.update(one.deck.fingerprint().to_be_bytes());
        }
        Some(hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect())
    }

    /// What relative paths start from.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// What planning rests on. It needs no credential and sends nothing.
    ///
    /// # Errors
    /// A configuration that was changed after it was read, and does not fit any more.
    pub fn policy(&self) -> Result<Policy, ConfigError> {
        self.shared_policy().map(|policy| Policy::clone(&policy))
    }

    pub(crate) fn shared_policy(&self) -> Result<Arc<Policy>, ConfigError> {
        if let Some(compiled) =
            self.compiled.as_deref().filter(|compiled| self.says_the_same(&compiled.from))
        {
            return Ok(Arc::clone(&compiled.policy));
        }
        let mut problems = Problems::default();
        compile::policy(self, &mut problems)
            .map(Arc::new)
            .ok_or_else(|| problems.into_error(|_| None))
    }

    /// The prices of an account that has not changed since its decks were read: they are large, and
    /// are read once.
    pub(crate) fn read_already(&self, name: &str, provider: &ProviderConfig) -> Option<&RateDeck> {
        let Compiled { from, policy } = self.compiled.as_deref()?;
        let (now, then) = (&self.routing, &from.routing);
        let same = from.providers.get(name) == Some(provider)
            && (&now.currency, &now.currencies) == (&then.currency, &then.currencies);
        let read = policy.providers.iter().find(|one| one.info.id.as_str() == name)?;
        same.then_some(&read.deck)
    }

    fn says_the_same(&self, other: &Self) -> bool {
        let Self {
            routing,
            providers,
            routes,
            experiments,
            agents,
            webhooks,
            ledger,
            callers,
            duplicates,
            budgets,
            registry: _,
            directory: _,
            text: _,
            compiled: _,
        } = self;
        // The order of the accounts is their order of preference, which maps do not compare.
        let accounts = providers.iter().eq(&other.providers);
        accounts
            && (routing, routes, experiments, agents)
                == (&other.routing, &other.routes, &other.experiments, &other.agents)
            && (webhooks, ledger, callers) == (&other.webhooks, &other.ledger, &other.callers)
            && (duplicates, budgets) == (&other.duplicates, &other.budgets)
    }
}
