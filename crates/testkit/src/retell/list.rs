//! The list of calls: filters joined by AND, pages by `pagination_key` or `skip`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::body;
use super::caller::Caller;
use super::check::{field, flag, object, object_at, text};
use super::codes::{Answer, Refused};
use super::filter::{matches, matches_by_key};
use super::state::{Record, SimState};
use crate::calls::Step;

/// The filters that look at one field of a call.
const FIELDS: [(&str, &str); 12] = [
    ("call_id", "/call_id"),
    ("call_status", "/call_status"),
    ("call_type", "/call_type"),
    ("direction", "/direction"),
    ("disconnection_reason", "/disconnection_reason"),
    ("to_number", "/to_number"),
    ("from_number", "/from_number"),
    ("start_timestamp", "/start_timestamp"),
    ("end_timestamp", "/end_timestamp"),
    ("duration_ms", "/duration_ms"),
    ("combined_cost", "/call_cost/combined_cost"),
    ("batch_call_id", "/batch_call_id"),
];

pub(super) async fn list(State(sim): State<Arc<SimState>>, _: Caller, body: Bytes) -> Answer {
    let sent = if body.is_empty() { Map::new() } else { object(&body)? };
    let whole = |name: &str, default: usize| match field(&sent, name) {
        None => Ok(default),
        Some(value) => value
            .as_u64()
            .and_then(|number| usize::try_from(number).ok())
            .ok_or_else(|| Refused::invalid(format!("{name} must be a whole number"))),
    };
    let (limit, skip) = (whole("limit", 50)?, whole("skip", 0)?);
    if !(1..=1000).contains(&limit) {
        return Err(Refused::invalid("limit must be 1 to 1000"));
    }
    let oldest_first = match text(&sent, "sort_order")? {
        None | Some("descending") => false,
        Some("ascending") => true,
        Some(_) => return Err(Refused::invalid("sort_order must be ascending or descending")),
    };
    let criteria = object_at(&sent, "filter_criteria")?.cloned().unwrap_or_default();
    let mut found = found(&sim, &criteria)?;
    if !oldest_first {
        found.reverse();
    }
    let total = found.len();
    let start = match text(&sent, "pagination_key")? {
        None => skip,
        Some(key) => {
            let place = found.iter().position(|call| call["call_id"] == key);
            place.ok_or_else(|| Refused::invalid("pagination_key is unknown"))? + 1 + skip
        }
    };
    let page: Vec<Value> = found.into_iter().skip(start).take(limit).collect();
    let has_more = start + page.len() < total;
    let next = page.last().filter(|_| has_more).map(|call| call["call_id"].clone());
    let mut answer = json!({"items": page, "has_more": has_more, "pagination_key": next});
    if flag(&sent, "include_total")? {
        answer["total"] = total.into();
    }
    Ok(Json(answer).into_response())
}

/// The matching calls, oldest first.
fn found(sim: &SimState, criteria: &Map<String, Value>) -> Result<Vec<Value>, Refused> {
    if criteria.get("call_status").is_some_and(|wanted| wanted.to_string().contains("registered")) {
        return Err(Refused::invalid("call_status cannot be registered"));
    }
    let mut found = Vec::new();
    for record in sim.calls.lock().records.iter().filter(|record| is_listed(sim, record)) {
        let call = body::of(record, sim.host.timeline);
        if lets(criteria, &call)? {
            found.push(call);
        }
    }
    Ok(found)
}

/// Whether the list shows a call that is not dialled yet is not documented.
fn is_listed(sim: &SimState, record: &Record) -> bool {
    let begun = record.course.step(sim.host.timeline) != Step::Queued;
    (begun || sim.config.platform.lists_undialled)
        && !sim.host.faults.hidden(&record.wanted.to, record.accepted)
}

fn lets(criteria: &Map<String, Value>, call: &Value) -> Result<bool, Refused> {
    for (name, filter) in criteria.iter().filter(|(_, filter)| !filter.is_null()) {
        let pass = match name.as_str() {
            "agent" => is_agent(filter, call)?,
            "metadata" => matches_by_key(filter, call.get("metadata"))?,
            "dynamic_variables" => {
                matches_by_key(filter, call.get("retell_llm_dynamic_variables"))?
            }
            _ => {
                let known = FIELDS.iter().find(|(known, _)| known == name);
                let (_, pointer) =
                    known.ok_or_else(|| Refused::invalid(format!("unknown filter {name}")))?;
                matches(filter, call.pointer(pointer))?
            }
        };
        if !pass {
            return Ok(false);
        }
    }
    Ok(true)
}

/// One of several agents, each in any or in some versions.
fn is_agent(filter: &Value, call: &Value) -> Result<bool, Refused> {
    let rows =
        filter.as_array().ok_or_else(|| Refused::invalid("agent must be a list of agents"))?;
    Ok(rows.iter().any(|row| {
        let versions = row.get("version").and_then(Value::as_array);
        row["agent_id"] == call["agent_id"]
            && versions.is_none_or(|versions| versions.contains(&call["agent_version"]))
    }))
}
