//! Implausible bills.

use serde_json::{Value, json};

/// How a bill is changed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Bill {
    Negative,
    Millionfold,
}

/// The fields with a bill: cents at KaiCalls, credits at KallyAI.
const FIELDS: [&str; 2] = ["cost_cents", "credits_used"];

/// Changes every bill in a response. KaiCalls shows no bill for ended calls, so one is added.
pub(super) fn change(value: &mut Value, bill: Bill) {
    match value {
        Value::Object(fields) => {
            let over = fields.get("duration").is_some_and(Value::is_number);
            if over && fields.contains_key("conversation_id") {
                fields.insert("cost_cents".to_owned(), 15.into());
            }
            for (name, value) in fields.iter_mut() {
                if FIELDS.contains(&name.as_str()) {
                    *value = changed(value, bill);
                } else {
                    change(value, bill);
                }
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(|entry| change(entry, bill)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A bill of zero stays zero.
fn changed(value: &Value, bill: Bill) -> Value {
    let amount = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    match (amount, bill) {
        (Some(amount), Bill::Negative) if amount != 0.0 => json!(-10_000),
        (Some(amount), Bill::Millionfold) => json!((amount * 1_000_000.0).round()),
        (Some(_) | None, _) => value.clone(),
    }
}
