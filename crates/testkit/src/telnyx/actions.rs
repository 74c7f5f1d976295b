//! Commands to a call that is going on: hang up, transfer.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Extension, Json, Router};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::check::{check_number, object, required, text};
use super::codes::{Answer, Refused};
use super::state::SimState;
use crate::host::{Known, RequestContext};

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v2/calls/{id}/actions/hangup", post(hangup))
        .route("/v2/calls/{id}/actions/transfer", post(transfer))
}

fn command(sent: &Bytes) -> Result<Map<String, Value>, Refused> {
    let sent = if sent.is_empty() { Map::new() } else { object(sent)? };
    text(&sent, "command_id")?;
    Ok(sent)
}

/// Returns an error if the call has ended.
fn check_alive(sim: &SimState, id: &str) -> Result<(), Refused> {
    let calls = sim.calls.lock();
    let record = calls.find(id).ok_or_else(|| Refused::unknown("the call"))?;
    if record.course.is_over(sim.host.timeline) {
        return Err(Refused::new("90018", "the call has ended"));
    }
    Ok(())
}

/// What a repeat of this command is recognised by.
fn key(id: &str, sent: &Map<String, Value>) -> Option<String> {
    let command = sent.get("command_id").and_then(Value::as_str)?;
    Some(format!("hangup/{id}/{command}"))
}

/// True if the key was used within the last minute. The command is ignored then.
fn is_known(sim: &SimState, key: &str) -> bool {
    let life = sim.config.platform.key_life.unwrap_or(Duration::from_secs(60));
    match sim.keys.lock().look(key, &Value::Null, Some(life)) {
        Known::Same(_) | Known::Other(_) => true,
        Known::No => false,
    }
}

/// Ends a call. One that was not dialled yet never rings.
async fn hangup(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Path(id): Path<String>,
    sent: Bytes,
) -> Answer {
    let sent = command(&sent)?;
    let done = || Ok(Json(json!({"data": {"result": "ok"}})).into_response());
    let key = key(&id, &sent);
    if key.as_deref().is_some_and(|key| is_known(&sim, key)) {
        return done();
    }
    check_alive(&sim, &id)?;
    sim.note_command(&id, "hangup", json!({}));
    let line = sim.host.timeline;
    let mut calls = sim.calls.lock();
    let record = calls.find_mut(&id).ok_or_else(|| Refused::unknown("the call"))?;
    if let Some(state) = text(&sent, "client_state")? {
        record.wanted.client_state = Some(state.to_owned());
    }
    let answered = record.course.is_answered(line);
    record.course.cut(if answered { "hangup" } else { "originator_cancel" }, line);
    if let Some(key) = key {
        sim.keys.lock().keep(key, Value::Null, id, Value::Null);
    }
    done()
}

/// Connects the callee with another phone, which rings.
async fn transfer(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Extension(context): Extension<RequestContext>,
    Path(id): Path<String>,
    sent: Bytes,
) -> Answer {
    let sent = command(&sent)?;
    let to = required(&sent, "to")?;
    check_number(to, "to")?;
    check_alive(&sim, &id)?;
    sim.note_command(&id, "transfer", json!({}));
    let context = context.with_key(text(&sent, "command_id")?.map(str::to_owned));
    if !sim.host.ring(to, &id, &context) {
        return Err(Refused::new("10007", "the ring ledger could not be written"));
    }
    Ok(Json(json!({"data": {"result": "ok"}})).into_response())
}
