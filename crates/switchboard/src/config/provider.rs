//! `[providers.NAME]`: one account at one provider.

use std::{collections::BTreeSet, num::NonZeroU32, path::PathBuf};

use serde::Deserialize;
use switchboard_core::{Country, FailureDomains, Language};
use url::Url;

use crate::config::{
    amount::Amount, credential::Inline, deck::DeckConfig, numbers::NumberConfig,
    tariff::TariffConfig,
};

/// One account. Its name is what routes, journals and errors call it; two accounts at one provider
/// are two names.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ProviderConfig {
    /// What it is: `kallyai`, `kaicalls`, or a kind that the program registered.
    pub kind: String,
    /// False: it takes no call, needs no credential, and plans say that it is switched off.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// The base URL of its API. Default: the documented one.
    pub base_url: Option<Url>,
    /// The environment variable that holds the API key or access token. KallyAI's accounts need
    /// none after `switchboard login`.
    pub api_key_env: Option<String>,
    /// The file that holds it instead, and nothing else; relative to the configuration file.
    pub api_key_file: Option<PathBuf>,
    /// The platforms and carriers that it depends on, for example `["vapi", "twilio"]`: two providers
    /// that share one are no backup for each other.
    #[serde(alias = "failure_domain")]
    pub failure_domains: Option<FailureDomains>,
    /// The countries it calls. Default: the documented ones.
    pub countries: Option<BTreeSet<Country>>,
    /// The languages its agents speak; `en` covers `en-GB`.
    pub languages: Option<BTreeSet<Language>>,
    /// Limits that differ from the documented ones.
    #[serde(default)]
    pub limits: LimitsConfig,
    /// The numbers that its calls are made from, where there are several: each call takes the one that
    /// its callee is used to. Left out, the backend's own setting.
    #[serde(default)]
    pub numbers: Vec<NumberConfig>,
    /// When repeated failures open its circuit breaker, and for how long.
    #[serde(default)]
    pub breaker: BreakerConfig,
    /// What it charges. Without it, `price_per_minute` and `decks`, costs are unknown: never
    /// cheapest, and never within a `max_cost`.
    pub tariff: Option<TariffConfig>,
    /// The tariff in short form: one price for every destination, billed by the second.
    pub price_per_minute: Option<Amount>,
    /// Rate decks in CSV, which are searched in order before the tariff.
    #[serde(default)]
    pub decks: Vec<DeckConfig>,
    /// A secret in the file is refused, under every name that people would try.
    #[serde(
        default,
        rename = "api_key",
        alias = "access_token",
        alias = "refresh_token",
        alias = "webhook_secret",
        alias = "token",
        alias = "secret"
    )]
    pub(crate) inline: Inline,
    /// The settings that only this kind of provider has, which
    /// [`ProviderKind`](crate::registry::ProviderKind) reads. A key that ends in `_env` names an
    /// environment variable with a secret.
    #[serde(flatten)]
    pub settings: toml::Table,
}

impl ProviderConfig {
    /// The environment variables that hold its secrets, by the keys that name them.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = self.settings.iter().filter(|(key, _)| key.ends_with("_env"));
        let own = own.filter_map(|(key, name)| Some((key.as_str(), name.as_str()?)));
        self.api_key_env.iter().map(|name| ("api_key_env", name.as_str())).chain(own)
    }
}

/// The keys of the settings that every kind has.
pub(crate) const COMMON: [&str; 15] = [
    "kind",
    "enabled",
    "base_url",
    "api_key_env",
    "api_key_file",
    "failure_domains",
    "failure_domain",
    "countries",
    "languages",
    "limits",
    "numbers",
    "breaker",
    "tariff",
    "price_per_minute",
    "decks",
];

/// `[providers.NAME.limits]`: what the account was granted, where it differs from the documents.
/// One part in twenty is kept free in each window, because the provider's window and ours never
/// begin at the same moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// Calls placed in any window.
    pub place_requests: Option<NonZeroU32>,
    /// The length of that window: 60.
    pub place_window_seconds: Option<NonZeroU32>,
    /// Reads in any window.
    pub read_requests: Option<NonZeroU32>,
    /// The length of that window: 60.
    pub read_window_seconds: Option<NonZeroU32>,
    /// Calls under way at once, over all processes that share the ledger.
    pub concurrent_calls: Option<NonZeroU32>,
    /// Calls placed in any 24 hours.
    pub calls_per_day: Option<NonZeroU32>,
    /// Calls are spread to at most this many a second.
    pub calls_per_second: Option<NonZeroU32>,
}

/// `[providers.NAME.breaker]`. Providers that share a failure domain share a further breaker, which
/// counts what may be the platform's fault, and takes the most failures and the shortest times that
/// one of them says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BreakerConfig {
    /// This many failures in a row open it: 3.
    pub failures: Option<NonZeroU32>,
    /// No call goes for at least this long; each failed probe, and each opening again before a call
    /// was taken, doubles it: 15.
    pub cooldown_seconds: Option<NonZeroU32>,
    /// It is probed at least this often: 300.
    pub longest_cooldown_seconds: Option<NonZeroU32>,
}

const fn yes() -> bool {
    true
}
