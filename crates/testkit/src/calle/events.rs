//! The events of a call. Only the terminal ones are documented, and only they are delivered.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::caller::Caller;
use super::codes::{Answer, Refused};
use super::state::{Record, SimState};
use crate::host::{Params, Timeline};

impl Record {
    /// Adds an event and returns it.
    pub(crate) fn note(&mut self, event: &str, data: &Value, line: Timeline) -> Value {
        let event = json!({
            "id": format!("evt_{}_{}", &self.id[5..], self.events.len()), "type": event,
            "created_at": line.rfc3339_millis(), "data": data,
        });
        self.events.push(event.clone());
        event
    }
}

pub(super) async fn list(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Path(id): Path<String>,
    params: Params,
) -> Answer {
    let limit = params.number("limit", 50).ok().filter(|limit| (1..=100).contains(limit));
    let limit = limit.ok_or_else(|| Refused::invalid("limit must be 1 to 100"))?;
    let calls = sim.calls.lock();
    let record = calls.find(&id).ok_or_else(|| Refused::not_found("the call"))?;
    let start = match params.get("cursor") {
        None => 0,
        Some(cursor) => {
            let place = record.events.iter().position(|event| event["id"] == cursor);
            place.ok_or_else(|| Refused::invalid("cursor is unknown"))? + 1
        }
    };
    let data: Vec<&Value> = record.events.iter().skip(start).take(limit).collect();
    let more = start + data.len() < record.events.len();
    let next = data.last().filter(|_| more).map(|event| event["id"].clone());
    Ok(Json(json!({"object": "list", "data": data, "next_cursor": next})).into_response())
}
