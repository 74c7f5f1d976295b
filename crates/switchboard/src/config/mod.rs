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
//! | what `switchboard serve` listens on and allows | [`ServerConfig`] |
//! | the way to the providers: a proxy, certificates | [`NetworkConfig`] |
//! | agent profiles, webhooks | [`AgentConfig`], [`WebhooksConfig`] |
//! | where calls are kept, and for how long | [`LedgerConfig`], [`RetentionConfig`] |
//! | how much may be spent | [`BudgetConfig`] |
//! | when the same person with the same task is a mistake | [`DuplicatesConfig`] |
//! | what callers may do at once | [`CallersConfig`], [`AllowanceConfig`] |
//! | the calling rules | [`RulesConfig`] |
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
#[cfg(feature = "backend")]
mod connect;
mod credential;
mod deck;
mod duplicates;
mod experiment;
mod file;
mod ledger;
mod load;
mod network;
mod no_effect;
mod numbers;
mod open;
mod outliers;
pub(crate) mod problem;
mod provider;
mod quality;
mod read;
mod routing;
mod rules;
mod secrets;
mod server;
mod suggest;
mod tariff;
mod telemetry;
mod token_store;
mod warning;

pub use self::{
    agent::{AgentConfig, WebhooksConfig},
    amount::Amount,
    budget::{BudgetConfig, PeriodName},
    callers::{AllowanceConfig, CallersConfig},
    credential::process_environment,
    deck::{ColumnNames, DeckConfig, ExchangeRate},
    duplicates::DuplicatesConfig,
    experiment::{ArmConfig, ExperimentConfig, GuardrailConfig, MetricName, StartName},
    file::Config,
    ledger::{LedgerConfig, RetentionConfig},
    network::NetworkConfig,
    numbers::NumberConfig,
    outliers::OutliersConfig,
    problem::{ConfigError, Position, Problem},
    provider::{BreakerConfig, LimitsConfig, ProviderConfig},
    quality::QualityConfig,
    routing::{BusyCalleeName, OnUnknownName, RouteConfig, RoutingConfig, StrategyName},
    rules::RulesConfig,
    server::{
        CompatConfig, CompatKaicallsConfig, ConsoleProxyConfig, ConsoleRoleName, Network,
        ServerConfig, ServerConsoleConfig, ServerEventsConfig, ServerLimitsConfig,
        ServerOauthConfig, ServerSecrets, ServerWebhooksConfig, SignInName, TokenScopeName,
    },
    tariff::{PlanConfig, PriceConfig, TariffConfig, TariffRowConfig},
    telemetry::TelemetryConfig,
    token_store::{TokenLocation, TokenStoreConfig},
    warning::ConfigWarning,
};
pub(crate) use self::{
    read::read_path,
    suggest::{plain as plain_words, unknown_setting},
};
