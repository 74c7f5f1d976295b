//! What goals cost (document 002).

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{ReadJson, below, record, request};

request! {
    /// What to estimate: `POST /v1/goals/estimate`.
    EstimateCost {
        /// As `call`.
        kind: String = "type",
        /// In words.
        description: String = "description",
    }
}

record! {
    /// What one action cost.
    CreditLine {
        /// As `search` and `call_1`.
        action: String = ["action"],
        /// What it cost.
        credits: Decimal = ["credits"],
        /// When.
        timestamp: Timestamp = ["timestamp"],
    }
}

/// Credits by action: a list of lines in a goal's budget, an object from action to credits in an
/// estimate. Both read as lines.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Breakdown {
    /// In the provider's order where it gave a list, by name where it gave an object.
    pub lines: Vec<CreditLine>,
}

impl ReadJson for Breakdown {
    fn read_json(value: &Value) -> Option<Self> {
        let lines = match value {
            Value::Array(_) => Vec::read_json(value)?,
            Value::Object(amounts) => {
                let line = |(action, credits): (&String, &Value)| {
                    CreditLine::read_json(&json!({"action": action, "credits": credits}))
                };
                amounts.iter().filter_map(line).collect()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
        };
        Some(Self { lines })
    }

    fn unread(value: &Value, at: &str, places: &mut Vec<String>) {
        match value {
            Value::Array(_) => Vec::<CreditLine>::unread(value, at, places),
            Value::Object(amounts) => {
                for (action, credits) in amounts {
                    Decimal::unread(credits, &below(at, action), places);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

record! {
    /// What something would cost.
    CostEstimate {
        /// In all.
        estimated_credits: Decimal = ["estimated_credits"],
        /// For what.
        breakdown: Breakdown = ["breakdown"],
        /// How sure the provider is, as `high`.
        confidence: String = ["confidence"],
    }
}

record! {
    /// What a goal has cost: `GET /v1/goals/{goal_id}/cost-breakdown`.
    CostBreakdown {
        /// The goal.
        goal_id: String = ["goal_id"],
        /// In all.
        total_credits: Decimal = ["total_credits"],
        /// For what, and when.
        items: Vec<CreditLine> = ["items"],
    }
}
