//! What a provider charges for a call, as data.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Country, Money};

/// Where a row of a tariff holds. The longest prefix wins, then the country, then everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// Numbers that begin with these digits, without the plus.
    Prefix(String),
    /// Numbers of this country.
    Country(Country),
    /// Every number.
    Everywhere,
}

/// One price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TariffRow {
    /// Where it holds.
    pub destination: Destination,
    /// For each call that is placed.
    pub per_call: Option<Money>,
    /// For each minute.
    pub per_minute: Option<Money>,
    /// Time is rounded up to a multiple of this; `None`: to the second.
    #[serde(with = "crate::seconds::option", default)]
    pub increment: Option<Duration>,
    /// The least that is billed.
    #[serde(with = "crate::seconds::option", default)]
    pub minimum: Option<Duration>,
}

/// What a provider charges. A destination that no row names has no known price, which is not a
/// price of zero.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tariff {
    /// The rows, in any order.
    pub rows: Vec<TariffRow>,
    /// What one credit costs, where the provider bills credits.
    pub credit_price: Option<Money>,
}
