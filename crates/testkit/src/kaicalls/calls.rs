//! Calls (document 004, "Calls").

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use bytes::Bytes;
use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::account::PlacedCall;
use super::agents::object;
use super::caller::Caller;
use super::codes::Refused;
use super::state::{Record, SimState};
use super::wanted::Wanted;
use crate::calls::{Outcome, Phase};
use crate::countries;
use crate::host::{Params, RequestContext};

type Answer = Result<Response, Refused>;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new().route("/api/v1/calls", get(read).post(create))
}

async fn create(
    State(sim): State<Arc<SimState>>,
    caller: Caller,
    Extension(context): Extension<RequestContext>,
    body: Bytes,
) -> Answer {
    caller.needs("calls:write")?;
    let wanted = check(&sim, &object(&body)?)?;
    let failed = || Refused::new("internal_error", "the ring ledger could not be written");
    let answer = sim.place(wanted, &context).ok_or_else(failed)?;
    let id = answer["id"].as_str().unwrap_or_default().to_owned();
    Ok((StatusCode::CREATED, Extension(PlacedCall(id)), Json(answer)).into_response())
}

/// Checks the body of `POST /calls`. If both spellings that document 004 allows are present, the
/// first one counts.
pub(crate) fn check(sim: &SimState, body: &Map<String, Value>) -> Result<Wanted, Refused> {
    let text = |names: &[&str]| {
        let found = names.iter().find_map(|name| body.get(*name).and_then(Value::as_str));
        found.filter(|text| !text.trim().is_empty()).map(str::to_owned)
    };
    let agent_id = text(&["agent_id"]).ok_or_else(|| Refused::invalid("agent_id is required"))?;
    let to = text(&["to"]).ok_or_else(|| Refused::invalid("to is required"))?;
    let max_duration = match body.get("max_duration") {
        None | Some(Value::Null) => 600,
        Some(value) => value
            .as_u64()
            .filter(|seconds| *seconds > 0)
            .ok_or_else(|| Refused::invalid("max_duration must be a whole number of seconds"))?,
    };
    if countries::is_emergency(&to) || !countries::is_e164(&to) {
        return Err(Refused::invalid("to must be E.164 and no emergency number"));
    }
    if !countries::country(&to).is_some_and(|country| sim.config.countries.contains(country)) {
        return Err(Refused::invalid("the country of this number is not supported"));
    }
    let agent_name = {
        let agents = sim.agents.lock();
        let agent = agents.iter().find(|agent| agent.id == agent_id);
        agent.ok_or_else(|| Refused::not_found("agent"))?.name().to_owned()
    };
    let (context, first_message) = (text(&["context"]), text(&["firstMessage", "first_message"]));
    let said = [&context, &first_message];
    let blocked = |phrase: &String| {
        said.iter().any(|text| text.as_ref().is_some_and(|text| text.contains(phrase)))
    };
    if sim.config.unsafe_phrases.iter().any(blocked) {
        return Err(Refused::new("content_blocked", "context or first message"));
    }
    if let Some(code) = sim.config.refusals.get(&to) {
        return Err(Refused::new(code, "the number is on a list of this simulator"));
    }
    Ok(Wanted {
        name: text(&["name", "customer_name"]),
        lead_id: text(&["lead_id"]),
        webhook_url: text(&["webhook_url"]),
        to,
        agent_id,
        agent_name,
        context,
        first_message,
        max_duration,
    })
}

async fn read(State(sim): State<Arc<SimState>>, caller: Caller, params: Params) -> Answer {
    caller.needs("calls:read")?;
    let after = params.get("after").map(at).transpose()?;
    let calls = sim.calls.lock();
    if let Some(id) = params.get("id") {
        let record = calls
            .records
            .iter()
            .find(|record| record.id == id)
            .ok_or_else(|| Refused::not_found("call"))?;
        return Ok(Json(body_of(&sim, record)).into_response());
    }
    let limit = params
        .number("limit", 50)
        .map_err(|()| Refused::invalid("limit must be a whole number"))?;
    // A value above the documented maximum is not documented as an error.
    let limit = limit.clamp(1, 100);
    let mut shown = calls
        .records
        .iter()
        .rev()
        .filter(|record| !sim.host.faults.hidden(&record.to, record.accepted))
        .filter(|record| params.get("agent_id").is_none_or(|agent| record.agent_id == agent))
        .filter(|record| {
            params.get("status").is_none_or(|status| status_of(&sim, record) == status)
        })
        .filter(|record| after.is_none_or(|after| record.made < after));
    let page: Vec<Value> =
        shown.by_ref().take(limit).map(|record| entry_of(&sim, record)).collect();
    let has_more = shown.next().is_some();
    Ok(Json(json!({"calls": page, "has_more": has_more})).into_response())
}

/// A cursor: the `created_at` of a row.
pub(crate) fn at(text: &str) -> Result<Timestamp, Refused> {
    text.parse().map_err(|_| Refused::invalid("after must be a created_at, as ISO 8601"))
}

pub(crate) fn status_of(sim: &SimState, record: &Record) -> &'static str {
    word(record.life.phase(sim.host.timeline))
}

/// Each response reads the clock once: if a call ended between two readings, it would be completed
/// but have no content.
fn word(phase: Phase) -> &'static str {
    match phase {
        Phase::Queued => "queued",
        Phase::Ringing => "ringing",
        Phase::Talking => "in-progress",
        Phase::Over(Outcome::Completed) => "completed",
        Phase::Over(Outcome::NoAnswer) => "no_answer",
        Phase::Over(Outcome::Busy) => "busy",
        Phase::Over(Outcome::Voicemail) => "voicemail",
        Phase::Over(Outcome::Failed) => "failed",
        Phase::Cut => "canceled",
    }
}

/// The length of the conversation in whole seconds, once the call has ended.
fn duration(sim: &SimState, record: &Record, phase: Phase) -> Option<u64> {
    let over = matches!(phase, Phase::Over(_) | Phase::Cut);
    over.then(|| record.life.talked_tenths(sim.host.timeline) / 10)
}

/// An entry of the list, which does not contain the callee.
fn entry_of(sim: &SimState, record: &Record) -> Value {
    let phase = record.life.phase(sim.host.timeline);
    json!({
        "id": record.id, "conversation_id": record.conversation_id, "status": word(phase),
        "duration": duration(sim, record, phase), "agent_id": record.agent_id, "agent_name": record.agent_name,
        "created_at": record.created_at,
    })
}

/// True if the call has ended and was answered by a person or a machine.
pub(crate) fn talked(sim: &SimState, record: &Record) -> bool {
    has_talked(record.life.phase(sim.host.timeline))
}

fn has_talked(phase: Phase) -> bool {
    match phase {
        Phase::Over(Outcome::Completed | Outcome::Voicemail) => true,
        Phase::Over(Outcome::NoAnswer | Outcome::Busy | Outcome::Failed)
        | Phase::Queued
        | Phase::Ringing
        | Phase::Talking
        | Phase::Cut => false,
    }
}

pub(crate) fn recording_url(record: &Record) -> String {
    format!("https://storage.simulated.invalid/recordings/{}.mp3", record.id)
}

/// A single call, which does not contain the callee either.
pub(crate) fn body_of(sim: &SimState, record: &Record) -> Value {
    let phase = record.life.phase(sim.host.timeline);
    let talked = has_talked(phase);
    let summary = || {
        let whom = record.name.as_deref().unwrap_or("the callee");
        format!("A simulated talk with {whom}. {}", record.context.as_deref().unwrap_or_default())
            .trim()
            .to_owned()
    };
    json!({
        "id": record.id, "conversation_id": record.conversation_id, "status": word(phase),
        "direction": "outbound", "duration": duration(sim, record, phase), "agent_id": record.agent_id,
        "agent_name": record.agent_name, "business_id": sim.business_id, "lead_id": record.lead_id,
        "summary": talked.then(summary), "recording_url": talked.then(|| recording_url(record)),
        "quality_dimensions": talked.then(|| {
            json!({"professionalism": 92, "empathy": 88, "information_gathering": 95, "resolution": 90})
        }),
        "created_at": record.created_at,
    })
}
