//! `[providers.NAME.tariff]`: what an account charges, in money or in its own credits.

use serde::Deserialize;
use switchboard_core::Country;

use crate::config::amount::Amount;

/// A tariff. Prices are in `routing.currency`. The longest prefix wins, then the country, then
/// `default`; what no row covers has no known price, which is not a price of zero.
///
/// Where a kind's documents say what a call costs in credits, as KallyAI's do, and there are no
/// rows and no default, that is the default: what one credit costs is all that has to be written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TariffConfig {
    /// What one credit costs; required where a row is in credits, and what turns bills in credits
    /// into money.
    pub credit_price: Option<Amount>,
    /// The plan that it follows from, instead.
    pub plan: Option<PlanConfig>,
    /// The price of everywhere else.
    pub default: Option<PriceConfig>,
    /// The others.
    pub rows: Vec<TariffRowConfig>,
}

/// `tariff.plan`: credits that are paid for by the month. One costs the price through the number,
/// rounded up to a millionth: as if none were left over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanConfig {
    /// What a month costs.
    pub price: Amount,
    /// How many credits that buys.
    pub credits: Amount,
}

/// `tariff.default`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PriceConfig {
    /// For each call that is placed.
    pub per_call: Option<Amount>,
    /// The same in credits.
    pub per_call_credits: Option<Amount>,
    /// For each minute.
    pub per_minute: Option<Amount>,
    /// The same in credits.
    pub per_minute_credits: Option<Amount>,
    /// Time is rounded up to a multiple of this: 1.
    pub increment_seconds: Option<u32>,
    /// The least that is billed: 0.
    pub minimum_seconds: Option<u32>,
}

/// One of `tariff.rows`: a price, and where it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TariffRowConfig {
    /// In these countries.
    pub countries: Vec<Country>,
    /// For numbers that begin so, as `+4477`.
    pub prefixes: Vec<String>,
    /// For each call that is placed.
    pub per_call: Option<Amount>,
    /// The same in credits.
    pub per_call_credits: Option<Amount>,
    /// For each minute.
    pub per_minute: Option<Amount>,
    /// The same in credits.
    pub per_minute_credits: Option<Amount>,
    /// Time is rounded up to a multiple of this: 1.
    pub increment_seconds: Option<u32>,
    /// The least that is billed: 0.
    pub minimum_seconds: Option<u32>,
}

impl TariffRowConfig {
    pub(crate) fn price(&self) -> PriceConfig {
        PriceConfig {
            per_call: self.per_call,
            per_call_credits: self.per_call_credits,
            per_minute: self.per_minute,
            per_minute_credits: self.per_minute_credits,
            increment_seconds: self.increment_seconds,
            minimum_seconds: self.minimum_seconds,
        }
    }
}
