//! `[routing]` and `[[routes]]`: who is asked for which call.

use std::{collections::BTreeMap, num::NonZeroU32};

use indexmap::IndexMap;
use serde::Deserialize;
use switchboard_core::{CalleeKind, Country, Language, Purpose};

use crate::config::{ExchangeRate, OutliersConfig, QualityConfig};

/// The word of a strategy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StrategyName {
    /// As listed: the route's `providers`, else the order of the file.
    #[default]
    Priority,
    /// The lowest expected cost first; unknown costs last.
    Cheapest,
    /// By chance, in proportion to `weights`.
    Weighted,
    /// The one that lately accepted calls soonest first.
    Fastest,
    /// The one with the largest free share of its rate limit first.
    MostHeadroom,
    /// The lowest cost for each call in which somebody talks first, as far as it is certain;
    /// unknown costs last.
    BestValue,
    /// The one that succeeds most, and each in `exploration_percent` of the calls at least.
    Adaptive,
}

impl StrategyName {
    /// The word in the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            StrategyName::Priority => "priority",
            StrategyName::Cheapest => "cheapest",
            StrategyName::Weighted => "weighted",
            StrategyName::Fastest => "fastest",
            StrategyName::MostHeadroom => "most_headroom",
            StrategyName::BestValue => "best_value",
            StrategyName::Adaptive => "adaptive",
        }
    }
}

/// `[routing]`: what holds for every call that no route says otherwise for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RoutingConfig {
    /// How providers are ordered: `priority`.
    pub strategy: StrategyName,
    /// The shares of the `weighted` strategy, provider by provider.
    pub weights: IndexMap<String, u32>,
    /// The least share of the calls that the `adaptive` strategy gives to each provider, 1
    /// to 50: 5.
    pub exploration_percent: Option<u32>,
    /// What is learnt of the calls that were made.
    pub quality: QualityConfig,
    /// The agent profile of calls that name none.
    pub default_agent: Option<String>,
    /// The country, as `GB`, in which a number without `+` is dialled, for requests that name none.
    pub default_country: Option<Country>,
    /// The ISO 4217 currency of every price in the file, in which costs are compared: `USD`.
    pub currency: String,
    /// What one unit of another currency is worth in it, by its ISO 4217 code, for decks with
    /// prices in others: `{ EUR = "1.0845" }`.
    pub currencies: BTreeMap<String, ExchangeRate>,
    /// How long a call is expected to last, for estimates, where its profile does not say: 120.
    pub expected_duration_seconds: u32,
    /// The longest a call may last where it does not say itself, 30 to 3600: 600.
    pub max_duration_seconds: u32,
    /// How long a call waits for a rate limit, a pause or a busy callee before it is refused, where
    /// it has no `not_after` of its own: 120.
    pub max_wait_seconds: u32,
    /// How long evidence is looked for of a call that may have rung, 1 to 86400: 900.
    pub reconcile_seconds: u32,
    /// What becomes of a call that may have rung and that nothing proves within
    /// `reconcile_seconds`: `park`.
    pub on_unknown: OnUnknownName,
    /// With `on_unknown = "assume_not_placed"`: after so many minutes, 5 to 1440, a call that no
    /// record shows counts as not placed. **A phone may ring twice.**
    pub assume_after_minutes: Option<NonZeroU32>,
    /// When a provider is left out because it fails far more often than the others.
    pub outliers: OutliersConfig,
}

/// What becomes of a call that may have rung and that nothing proves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnUnknownName {
    /// It is `indeterminate`, and nothing is sent again: late evidence or `switchboard calls
    /// resolve` ends it.
    #[default]
    Park,
    /// Absence from the provider's records for `assume_after_minutes` counts as proof, and the next
    /// provider is asked. It is none: **a phone may ring twice**, where a provider lists a call
    /// late or not at all.
    AssumeNotPlaced,
}

impl Default for RoutingConfig {
    fn default() -> Self {
        Self {
            strategy: StrategyName::default(),
            weights: IndexMap::new(),
            exploration_percent: None,
            quality: QualityConfig::default(),
            default_agent: None,
            default_country: None,
            currency: "USD".to_owned(),
            currencies: BTreeMap::new(),
            expected_duration_seconds: 120,
            max_duration_seconds: 600,
            max_wait_seconds: 120,
            reconcile_seconds: 900,
            on_unknown: OnUnknownName::default(),
            assume_after_minutes: None,
            outliers: OutliersConfig::default(),
        }
    }
}

/// What happens to a call whose callee is on another call of ours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BusyCalleeName {
    /// It waits its turn.
    #[default]
    Wait,
    /// It is refused.
    Refuse,
}

/// One of `[[routes]]`. The first route that holds is taken; a call that none holds for may go to
/// every provider.
///
/// A route holds where each of its conditions does; a condition holds where one of its entries
/// does; a route without conditions takes everything and has to be the last.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteConfig {
    /// Its name, shown in plans.
    pub name: String,
    /// The callee's country, as `US`.
    #[serde(default)]
    pub countries: Vec<Country>,
    /// The beginning of the number, as `+4420`.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// What is spoken; `en` holds for `en-GB` too. A call that names no language never holds.
    #[serde(default)]
    pub languages: Vec<Language>,
    /// The agent profile that the call names.
    #[serde(default)]
    pub agents: Vec<String>,
    /// A tag of the call.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Who may take its calls, in order of preference; none: every provider.
    #[serde(default)]
    pub providers: Vec<String>,
    /// How they are ordered; none: as `[routing]` says.
    pub strategy: Option<StrategyName>,
    /// The shares of the `weighted` strategy.
    #[serde(default)]
    pub weights: IndexMap<String, u32>,
    /// The least share of each provider with the `adaptive` strategy: 5.
    pub exploration_percent: Option<u32>,
    /// What happens while the callee is on another call of ours: `wait`.
    #[serde(default)]
    pub busy_callee: BusyCalleeName,
    /// Whether a call goes to the next provider where the account of the first is out of credit.
    /// Without it such a call waits for credit, as long as it may wait; a request may allow it by
    /// itself.
    #[serde(default)]
    pub failover_on_quota: bool,
    /// Why its calls are made, for requests that do not say it.
    pub purpose: Option<Purpose>,
    /// Who is called, for requests that do not say it.
    pub callee_kind: Option<CalleeKind>,
    /// Whether its calls are recorded, for requests that do not say it.
    pub recording: Option<bool>,
    /// Where the businesses that are called publish their numbers, for requests that do not say
    /// it.
    pub published_number: Option<String>,
}
