//! The costs of goals (document 002).

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{ReadJson, below, record, request};

request! {
    /// What to estimate: `POST /v1/goals/estimate`.
    EstimateCost {
        /// The kind of action, for example `call`.
        kind: String = "type",
        /// A description in plain text.
        description: String = "description",
    }
}

record! {
    /// The cost of one action.
    CreditLine {
        /// The action, for example `search` or `call_1`.
        action: String = ["action"],
        /// The cost in credits.
        credits: Decimal = ["credits"],
        /// When it was charged.
        timestamp: Timestamp = ["timestamp"],
    }
}

/// Credits by action: a list of lines in a goal's budget, an object from action to credits in an
/// estimate. Both read as lines.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Breakdown {
    /// In the provider's order for a list, by name for an object.
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
    /// An estimate.
    CostEstimate {
        /// The total in credits.
        estimated_credits: Decimal = ["estimated_credits"],
        /// The credits by action.
        breakdown: Breakdown = ["breakdown"],
        /// The provider's confidence, for example `high`.
        confidence: String = ["confidence"],
    }
}

record! {
    /// What a goal has cost: `GET /v1/goals/{goal_id}/cost-breakdown`.
    CostBreakdown {
        /// The goal.
        goal_id: String = ["goal_id"],
        /// The total in credits.
        total_credits: Decimal = ["total_credits"],
        /// The credits by action, with times.
        items: Vec<CreditLine> = ["items"],
    }
}
