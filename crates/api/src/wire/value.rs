//! Money and times.

use serde::{Deserialize, Serialize, Serializer};
use switchboard::{Cost, core, jiff::Timestamp};
use utoipa::ToSchema;

/// An amount of money, exactly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// A decimal number.
    #[schema(examples("0.18"))]
    pub amount: String,
    /// An ISO 4217 code.
    #[schema(examples("USD"))]
    pub currency: String,
}

impl From<core::Money> for Money {
    fn from(money: core::Money) -> Self {
        let text = money.to_string();
        let amount = text.split(' ').next().unwrap_or_default().to_owned();
        Self { amount, currency: money.currency().code().to_owned() }
    }
}

impl Money {
    /// What was billed, if it is money.
    pub fn of_cost(cost: Cost) -> Option<Self> {
        match cost {
            Cost::Money(money) => Some(money.into()),
            Cost::Credits(_) => None,
        }
    }
}

/// A time as RFC 3339 in UTC, with microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time(pub Timestamp);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:.6}", self.0))
    }
}

impl From<Timestamp> for Time {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}
