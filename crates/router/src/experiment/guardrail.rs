//! Guardrails: the rules that stop an arm automatically.

use std::fmt;

use rust_decimal::Decimal;
use serde::Serialize;

/// The metric that a guardrail watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardMetric {
    /// The share of people with whom somebody talked, from 0 to 1.
    SuccessRate,
    /// The share of people whose call failed for a technical reason, was refused, or was lost, from
    /// 0 to 1.
    ErrorRate,
    /// The cost per success, with the cost of failures included, in the policy's currency.
    CostPerSuccess,
    /// The mean duration in seconds.
    Duration,
}

impl GuardMetric {
    /// The name used in the configuration and in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            GuardMetric::SuccessRate => "success_rate",
            GuardMetric::ErrorRate => "error_rate",
            GuardMetric::CostPerSuccess => "cost_per_success",
            GuardMetric::Duration => "duration",
        }
    }

    /// True for rates, which lie between 0 and 1.
    pub const fn is_share(self) -> bool {
        match self {
            GuardMetric::SuccessRate | GuardMetric::ErrorRate => true,
            GuardMetric::CostPerSuccess | GuardMetric::Duration => false,
        }
    }
}

/// The bound that a metric has to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// The metric must not be below this value.
    AtLeast(Decimal),
    /// The metric must not be above this value.
    AtMost(Decimal),
}

impl Bound {
    /// The value of the bound.
    pub const fn value(self) -> Decimal {
        match self {
            Bound::AtLeast(value) | Bound::AtMost(value) => value,
        }
    }
}

/// A rule that stops an arm once it breaks the bound beyond statistical doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guardrail {
    /// The metric that is watched.
    pub metric: GuardMetric,
    /// The bound that the metric has to keep.
    pub bound: Bound,
    /// The number of people that an arm needs before the rule is evaluated.
    pub minimum_calls: u32,
}

impl Guardrail {
    /// Rejects a rule that no arm could break, or that would stop good arms.
    ///
    /// # Errors
    /// A message that says what is wrong and how to fix it.
    pub fn check(&self) -> Result<(), String> {
        let value = self.bound.value();
        if self.minimum_calls == 0 {
            return Err(
                "has minimum_calls = 0, and no rate is known without calls: make it 30".to_owned()
            );
        }
        if self.metric.is_share() && !(Decimal::ZERO..=Decimal::ONE).contains(&value) {
            return Err(format!("{value} is not a rate: write it between 0 and 1, as \"0.6\""));
        }
        match (self.metric, self.bound) {
            (GuardMetric::SuccessRate, Bound::AtMost(_)) => {
                Err("would stop an arm for succeeding: write at_least".to_owned())
            }
            (GuardMetric::ErrorRate | GuardMetric::CostPerSuccess, Bound::AtLeast(_)) => {
                Err("would stop an arm for doing well: write at_most".to_owned())
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
