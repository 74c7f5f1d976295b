//! The history: commands that arrived and events that were told, newest first. Only here does a
//! read tell how a call ended.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::caller::Caller;
use super::codes::{Answer, Refused};
use super::pages::{filtered, page};
use super::state::{Record, Row, SimState, iso};
use crate::calls::Step;
use crate::host::Params;

/// A comparison of a time with a bound.
type Holds = fn(&Timestamp, &Timestamp) -> bool;

/// The bounds of a time.
const BOUNDS: [(&str, Holds); 5] = [
    ("eq", Timestamp::eq),
    ("gt", Timestamp::gt),
    ("gte", Timestamp::ge),
    ("lt", Timestamp::lt),
    ("lte", Timestamp::le),
];

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new().route("/v2/call_events", get(list))
}

/// The bounds that were asked for.
pub(crate) fn bounds(params: &Params, name: &str) -> Result<Vec<(Holds, Timestamp)>, Refused> {
    let mut found = Vec::new();
    for (word, holds) in BOUNDS {
        let name = format!("filter[{name}][{word}]");
        if let Some(text) = params.get(&name) {
            let bound = text.parse().map_err(|_| Refused::value(&name, "must be ISO 8601"))?;
            found.push((holds, bound));
        }
    }
    Ok(found)
}

async fn list(State(sim): State<Arc<SimState>>, _: Caller, params: Params) -> Answer {
    for (name, words) in [
        ("filter[type]", &["command", "webhook"][..]),
        ("filter[status]", &["init", "in_progress", "completed"]),
        ("filter[product]", &["call_control", "texml", "fax"]),
    ] {
        if params.get(name).is_some_and(|word| !words.contains(&word)) {
            return Err(Refused::value(name, "is not a known word"));
        }
    }
    let bounds = bounds(&params, "occurred_at")?;
    let calls = sim.calls.lock();
    let lets = |row: &Row, record: &Record| {
        !sim.host.faults.hidden(&record.wanted.to, record.accepted)
            && bounds.iter().all(|(holds, bound)| holds(&row.at, bound))
            && filtered(
                &params,
                &[
                    ("leg_id", &record.leg),
                    ("application_session_id", &record.session),
                    ("connection_id", &record.wanted.connection),
                    ("to", &record.wanted.to),
                    ("from", &record.wanted.from),
                    ("name", &row.name),
                    ("type", kind(row)),
                    ("status", status(&sim, record)),
                    ("product", "call_control"),
                ],
            )
    };
    let rows: Vec<Value> = calls
        .rows
        .iter()
        .rev()
        .filter_map(|row| Some((row, calls.find(&row.call)?)))
        .filter(|(row, record)| lets(row, record))
        .map(|(row, record)| {
            json!({
                "record_type": "call_event", "call_leg_id": record.leg,
                "call_session_id": record.session, "event_timestamp": iso(row.at), "name": row.name,
                "type": kind(row), "metadata": row.metadata,
            })
        })
        .collect();
    page(rows, &params)
}

fn kind(row: &Row) -> &'static str {
    if row.command { "command" } else { "webhook" }
}

fn status(sim: &SimState, record: &Record) -> &'static str {
    match record.course.step(sim.host.timeline) {
        Step::Queued => "init",
        Step::Ringing | Step::Talking => "in_progress",
        Step::Over => "completed",
    }
}
