//! When an arm is stopped by itself.

use std::fmt;

use rust_decimal::Decimal;
use serde::Serialize;

/// What a guardrail watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardMetric {
    /// The share of people with whom somebody talked, from 0 to 1.
    SuccessRate,
    /// The share of people whose call failed for a technical reason, was refused, or got lost, from
    /// 0 to 1.
    ErrorRate,
    /// What a success costs, failures included, in the policy's currency.
    CostPerSuccess,
    /// The mean duration in seconds.
    Duration,
}

impl GuardMetric {
    /// The word used in the configuration and in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            GuardMetric::SuccessRate => "success_rate",
            GuardMetric::ErrorRate => "error_rate",
            GuardMetric::CostPerSuccess => "cost_per_success",
            GuardMetric::Duration => "duration",
        }
    }

    /// True for shares, which are between 0 and 1.
    pub const fn is_share(self) -> bool {
        match self {
            GuardMetric::SuccessRate | GuardMetric::ErrorRate => true,
            GuardMetric::CostPerSuccess | GuardMetric::Duration => false,
        }
    }
}

/// On which side of a value it has to stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Not below.
    AtLeast(Decimal),
    /// Not above.
    AtMost(Decimal),
}

impl Bound {
    /// The value.
    pub const fn value(self) -> Decimal {
        match self {
            Bound::AtLeast(value) | Bound::AtMost(value) => value,
        }
    }
}

/// A rule that stops an arm which certainly breaks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guardrail {
    /// What is watched.
    pub metric: GuardMetric,
    /// What it has to keep.
    pub bound: Bound,
    /// Before so many people of an arm were called, it is not looked at.
    pub minimum_calls: u32,
}

impl Guardrail {
    /// Refuses a rule that no arm could break, or that every good one would.
    ///
    /// # Errors
    /// What is wrong, and the fix.
    pub fn check(&self) -> Result<(), String> {
        let value = self.bound.value();
        if self.minimum_calls == 0 {
            return Err(
                "has minimum_calls of 0, and nothing is known of nobody: make it 30".to_owned()
            );
        }
        if self.metric.is_share() && !(Decimal::ZERO..=Decimal::ONE).contains(&value) {
            return Err(format!("{value} is no share: write it between 0 and 1, as \"0.6\""));
        }
        match (self.metric, self.bound) {
            (GuardMetric::SuccessRate, Bound::AtMost(_)) => {
                Err("would stop an arm for its success: write at_least".to_owned())
            }
            (GuardMetric::ErrorRate | GuardMetric::CostPerSuccess, Bound::AtLeast(_)) => {
                Err("would stop an arm for being good: write at_most".to_owned())
            }
            (GuardMetric::SuccessRate, Bound::AtLeast(_))
            | (GuardMetric::ErrorRate | GuardMetric::CostPerSuccess, Bound::AtMost(_))
            | (GuardMetric::Duration, Bound::AtLeast(_) | Bound::AtMost(_)) => Ok(()),
        }
    }
}

impl fmt::Display for Guardrail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let metric = self.metric.as_str();
        match self.bound {
            Bound::AtLeast(value) => write!(f, "{metric} at least {value}"),
            Bound::AtMost(value) => write!(f, "{metric} at most {value}"),
        }
    }
}
