//! Recordings and transcripts, as the provider's SDK asks for them. Document 004 does not know them.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::caller::Caller;
use super::calls::{recording_url, talked};
use super::codes::Refused;
use super::world::{Record, World};
use crate::host::Params;

type Answer = Result<Response, Refused>;

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/api/v1/recordings", get(recording))
        .route("/api/v1/transcripts", get(transcripts))
}

async fn recording(State(world): State<Arc<World>>, caller: Caller, params: Params) -> Answer {
    caller.needs("calls:read")?;
    let id = params.get("call_id").ok_or_else(|| Refused::invalid("call_id is required"))?;
    let calls = world.calls.lock();
    let record = calls
        .records
        .iter()
        .find(|record| record.id == id)
        .ok_or_else(|| Refused::not_found("call"))?;
    let over = record.life.is_over(world.host.timeline);
    let status = match (over, talked(&world, record)) {
        (false, _) => "processing",
        (true, true) => "available",
        (true, false) => "unavailable",
    };
    let url = (status == "available").then(|| recording_url(record));
    Ok(Json(json!({"call_id": id, "status": status, "recording_url": url, "format": "mp3"})).into_response())
}

async fn transcripts(State(world): State<Arc<World>>, caller: Caller, params: Params) -> Answer {
    caller.needs("calls:read")?;
    let limit = params
        .number("limit", 50)
        .map_err(|()| Refused::invalid("limit must be a whole number"))?;
    let limit = limit.clamp(1, 100);
    let calls = world.calls.lock();
    let mut shown = calls
        .records
        .iter()
        .rev()
        .filter(|record| talked(&world, record))
        .filter(|record| params.get("agent_id").is_none_or(|agent| record.agent_id == agent))
        .filter(|record| params.get("after").is_none_or(|after| record.created_at.as_str() < after));
    let page: Vec<Value> = shown.by_ref().take(limit).map(transcript_of).collect();
    let has_more = shown.next().is_some();
    Ok(Json(json!({"transcripts": page, "has_more": has_more})).into_response())
}

fn transcript_of(record: &Record) -> Value {
    let opening = record.first_message.as_deref().unwrap_or("Hello, this is a simulated call.");
    json!({
        "call_id": record.id, "agent_id": record.agent_id, "created_at": record.created_at,
        "transcript": format!("AI: {opening}\nUser: Hi, how can I help you?\n"),
        "messages": [
            {"role": "assistant", "content": opening, "seconds_from_start": 1},
            {"role": "user", "content": "Hi, how can I help you?", "seconds_from_start": 4},
        ],
    })
}
