//! The list of calls: a bare array, newest first, without a cursor and without filters by name,
//! metadata or callee.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde_json::Value;

use super::body;
use super::caller::Caller;
use super::codes::{Answer, Refused};
use super::state::{Record, SimState};
use crate::host::Params;

/// A comparison of a time with a bound.
type Holds = fn(&Timestamp, &Timestamp) -> bool;

/// A comparison and its bound.
type Bound = (Holds, Timestamp);

/// The suffixes of the bounds of a time.
const BOUNDS: [(&str, Holds); 4] =
    [("Gt", Timestamp::gt), ("Lt", Timestamp::lt), ("Ge", Timestamp::ge), ("Le", Timestamp::le)];

fn bounds(params: &Params, name: &str) -> Result<Vec<Bound>, Refused> {
    let mut found = Vec::new();
    for (suffix, holds) in BOUNDS {
        let name = format!("{name}{suffix}");
        if let Some(text) = params.get(&name) {
            let bound = text.parse();
            let bound = bound.map_err(|_| Refused::invalid(format!("{name} must be ISO 8601")))?;
            found.push((holds, bound));
        }
    }
    Ok(found)
}

/// A time with the precision in which it is shown.
fn shown(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

pub(super) async fn list(State(sim): State<Arc<SimState>>, _: Caller, params: Params) -> Answer {
    let limit = params.number("limit", 100).ok().filter(|limit| *limit <= 1000);
    let limit = limit.ok_or_else(|| Refused::invalid("limit must be 0 to 1000"))?;
    let (created, updated) = (bounds(&params, "createdAt")?, bounds(&params, "updatedAt")?);
    let is = |name: &str, record: &Record| {
        let held = record.wanted.sent.get(name).and_then(Value::as_str);
        params.get(name).is_none_or(|wanted| held == Some(wanted))
    };
    let calls = sim.calls.lock();
    let page: Vec<Value> = calls
        .records
        .iter()
        .rev()
        .filter(|record| !record.deleted)
        .filter(|record| !sim.host.faults.hidden(&record.wanted.to, record.accepted))
        .filter(|record| params.get("id").is_none_or(|id| record.id == id))
        .filter(|record| is("assistantId", record) && is("phoneNumberId", record))
        .filter(|record| created.iter().all(|(holds, bound)| holds(&shown(record.made), bound)))
        .filter(|record| {
            let at = shown(body::updated(record, sim.host.timeline));
            updated.iter().all(|(holds, bound)| holds(&at, bound))
        })
        .take(limit)
        .map(|record| body::of(&sim, record))
        .collect();
    Ok(Json(page).into_response())
}
