//! One filter of the list of calls.
//!
//! The documents name the filters and their operators, but not the whole shape of each. So three
//! shapes are understood: a bare value, a list of values, and an object with `op` and `value` (or
//! with the bounds `lower_threshold` and `upper_threshold`). Anything else is an error, so that no
//! client believes in a filter that has no effect.

use std::cmp::Ordering;

use serde_json::Value;

use super::codes::Refused;

/// True if the value passes the filter.
pub(crate) fn matches(filter: &Value, held: Option<&Value>) -> Result<bool, Refused> {
    let held = held.unwrap_or(&Value::Null);
    match filter {
        Value::Array(values) => Ok(values.contains(held)),
        Value::Object(fields) => {
            if let Some(op) = fields.get("op") {
                let op = op.as_str().ok_or_else(|| Refused::invalid("op must be a string"))?;
                return apply(op, fields.get("value").unwrap_or(&Value::Null), held);
            }
            let bounds =
                [("lower_threshold", Ordering::Less), ("upper_threshold", Ordering::Greater)];
            if !bounds.iter().any(|(name, _)| fields.contains_key(*name)) {
                return Err(Refused::invalid("a filter needs op and value"));
            }
            Ok(bounds.iter().all(|(name, outside)| {
                fields
                    .get(*name)
                    .is_none_or(|bound| order(held, bound).is_some_and(|order| order != *outside))
            }))
        }
        Value::Null => Ok(true),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(filter == held),
    }
}

/// True if every row `{key, type, op, value}` passes.
pub(crate) fn matches_by_key(filter: &Value, held: Option<&Value>) -> Result<bool, Refused> {
    let rows = filter.as_array().ok_or_else(|| Refused::invalid("must be a list of filters"))?;
    for row in rows {
        let key = row.get("key").and_then(Value::as_str);
        let key = key.ok_or_else(|| Refused::invalid("a filter by key needs a key"))?;
        if row.get("op").is_none() {
            return Err(Refused::invalid("a filter by key needs op and value"));
        }
        if !matches(row, held.and_then(|held| held.get(key)))? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn apply(op: &str, value: &Value, held: &Value) -> Result<bool, Refused> {
    let is = |wanted: &[Ordering]| order(held, value).is_some_and(|order| wanted.contains(&order));
    let list = || value.as_array().map(Vec::as_slice);
    let needs_list = || Refused::invalid("value must be a list");
    match op {
        "eq" => Ok(held == value),
        "ne" => Ok(held != value),
        "in" => Ok(list().ok_or_else(needs_list)?.contains(held)),
        "ni" | "not_in" => Ok(!list().ok_or_else(needs_list)?.contains(held)),
        "gt" => Ok(is(&[Ordering::Greater])),
        "ge" | "gte" => Ok(is(&[Ordering::Greater, Ordering::Equal])),
        "lt" => Ok(is(&[Ordering::Less])),
        "le" | "lte" => Ok(is(&[Ordering::Less, Ordering::Equal])),
        "bt" | "between" => {
            let [low, high] = list().ok_or_else(needs_list)? else {
                return Err(Refused::invalid("value must be two bounds"));
            };
            let above = order(held, low).is_some_and(|order| order != Ordering::Less);
            Ok(above && order(held, high).is_some_and(|order| order != Ordering::Greater))
        }
        "co" => match (held.as_str(), value.as_str()) {
            (Some(held), Some(value)) => Ok(held.contains(value)),
            (None, _) | (_, None) => Ok(false),
        },
        _ => Err(Refused::invalid(format!("unknown op {op}"))),
    }
}

fn order(held: &Value, bound: &Value) -> Option<Ordering> {
    held.as_f64()?.partial_cmp(&bound.as_f64()?)
}
