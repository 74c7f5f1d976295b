//! Recordings and transcripts, as the provider's SDKs use them. They are not in document 004.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::caller::Caller;
use super::calls::{at, body_of, recording_url, talked};
use super::codes::Refused;
use super::state::{Record, SimState};
use crate::host::Params;

type Answer = Result<Response, Refused>;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/api/v1/recordings", get(recording))
        .route("/api/v1/transcripts", get(transcripts))
}

async fn recording(State(sim): State<Arc<SimState>>, caller: Caller, params: Params) -> Answer {
    caller.needs("calls:read")?;
    let id = params.get("call_id").ok_or_else(|| Refused::invalid("call_id is required"))?;
    let calls = sim.calls.lock();
    let record = calls
        .records
        .iter()
        .find(|record| record.id == id)
        .ok_or_else(|| Refused::not_found("call"))?;
    let over = record.life.is_over(sim.host.timeline);
    let status = match (over, talked(&sim, record)) {
        (false, _) => "processing",
        (true, true) => "available",
        (true, false) => "unavailable",
    };
    let url = (status == "available").then(|| recording_url(record));
    Ok(Json(json!({"call_id": id, "status": status, "recording_url": url, "format": "mp3"}))
        .into_response())
}

async fn transcripts(State(sim): State<Arc<SimState>>, caller: Caller, params: Params) -> Answer {
    caller.needs("calls:read")?;
    let limit = params
        .number("limit", 50)
        .map_err(|()| Refused::invalid("limit must be a whole number"))?;
    let limit = limit.clamp(1, 100);
    let days =
        params.number("days", 0).map_err(|()| Refused::invalid("days must be a whole number"))?;
    let hours = i64::try_from(days).unwrap_or(i64::MAX).saturating_mul(24).min(24 * 36_500);
    let since = (days > 0)
        .then(|| sim.host.timeline.timestamp().checked_sub(SignedDuration::from_hours(hours)).ok())
        .flatten();
    let after = params.get("after").map(at).transpose()?;
    let calls = sim.calls.lock();
    let mut shown = calls
        .records
        .iter()
        .rev()
        .filter(|record| talked(&sim, record))
        .filter(|record| params.get("agent_id").is_none_or(|agent| record.agent_id == agent))
        .filter(|record| after.is_none_or(|after| record.made < after))
        .filter(|record| since.is_none_or(|since| record.made >= since));
    let page: Vec<Value> =
        shown.by_ref().take(limit).map(|record| transcript_of(&sim, record)).collect();
    let has_more = shown.next().is_some();
    Ok(Json(json!({"transcripts": page, "has_more": has_more})).into_response())
}

/// A transcript as the types of the SDKs define it: the whole conversation is one text.
fn transcript_of(sim: &SimState, record: &Record) -> Value {
    let asked = record.first_message.as_deref().filter(|_| !sim.config.ignores_instructions);
    let opening = asked.unwrap_or("Hello, this is a simulated call.");
    let call = body_of(sim, record);
    json!({
        "call_id": record.id, "conversation_id": record.conversation_id, "agent_id": record.agent_id, "agent_name": record.agent_name,
        "status": call["status"], "duration": call["duration"], "summary": call["summary"],
        "transcript": format!("AI: {opening}\nUser: Hi, how can I help you?\n"), "created_at": record.created_at,
    })
}
