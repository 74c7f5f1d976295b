//! The prices that a provider charges for calls.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Country, Money};

/// The destinations that a tariff row applies to. The longest matching prefix wins, then the
/// country, then everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// Numbers that begin with these digits, written without the plus sign.
    Prefix(String),
    /// Numbers of this country.
    Country(Country),
    /// Every number.
    Everywhere,
}

/// One row of a tariff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TariffRow {
    /// The destinations that the price applies to.
    pub destination: Destination,
    /// The price of each call that is placed.
    pub per_call: Option<Money>,
    /// The price per minute.
    pub per_minute: Option<Money>,
    /// The duration is rounded up to a multiple of this; `None` means whole seconds. Serialized as
    /// seconds.
    #[serde(with = "crate::seconds::option", default)]
    pub increment: Option<Duration>,
    /// The minimum duration that is billed. Serialized as seconds.
    #[serde(with = "crate::seconds::option", default)]
    pub minimum: Option<Duration>,
}

/// The prices of a provider. A destination without a row has an unknown price, which is not a price
/// of zero.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tariff {
    /// The rows, in any order.
    pub rows: Vec<TariffRow>,
    /// The price of one credit, if the provider bills credits.
    pub credit_price: Option<Money>,
}
