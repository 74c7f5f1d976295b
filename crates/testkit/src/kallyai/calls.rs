//! Call endpoints (documents 002 and 003).

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use bytes::Bytes;
use http::{StatusCode, header};
use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::codes::Refused;
use super::dial::Placed;
use super::state::{Record, SimState};
use super::validate;
use crate::Shape;
use crate::calls::{Outcome, Phase};
use crate::host::{Params, RequestContext};
use crate::instructed::first_words;

type Answer = Result<Response, Refused>;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v1/calls", get(list).post(create))
        .route("/v1/calls/{id}", get(read))
        .route("/v1/calls/{id}/transcript", get(transcript))
        .route("/v1/calls/{id}/recording", get(recording))
        .route("/v1/calls/{id}/calendar.ics", get(calendar))
        .route("/v1/calls/{id}/cancel", post(cancel))
        .route("/v1/calls/{id}/reschedule", post(reschedule))
        .route("/v1/calls/{id}/stop", post(stop))
}

async fn create(
    State(sim): State<Arc<SimState>>,
    caller: Caller,
    Extension(context): Extension<RequestContext>,
    body: Bytes,
) -> Answer {
    caller.needs("calls:write")?;
    let accepted = validate::submission(&sim, &body)?;
    match sim.place(accepted, &context) {
        Placed::Follow(id) => {
            sim.settled(&id).await;
            let calls = sim.calls.lock();
            let record =
                calls.find(&id).ok_or_else(|| sim.refuse("internal_error", "the call is gone"))?;
            Ok((StatusCode::CREATED, Json(body_of(&sim, record))).into_response())
        }
        Placed::Running => {
            Err(sim.refuse("conflict", "a request with this Idempotency-Key is running"))
        }
        Placed::NoLedger => {
            Err(sim.refuse("internal_error", "the ring ledger could not be written"))
        }
    }
}

async fn list(State(sim): State<Arc<SimState>>, caller: Caller, params: Params) -> Answer {
    caller.needs("calls:read")?;
    let bad = |()| sim.refuse("bad_request", "limit is 1 to 200, offset is a whole number");
    let limit = params.number("limit", 50).map_err(bad)?;
    let offset = params.number("offset", 0).map_err(bad)?;
    if !(1..=200).contains(&limit) {
        return Err(bad(()));
    }
    let calls = sim.calls.lock();
    let shown: Vec<&Record> = calls
        .records
        .iter()
        .rev()
        .filter(|record| !sim.host.faults.hidden(&record.to, record.accepted))
        .collect();
    let page: Vec<Value> =
        shown.iter().skip(offset).take(limit).map(|record| entry_of(&sim, record)).collect();
    let name = match sim.config.shape {
        Shape::February2026 | Shape::January2026 => "calls",
        Shape::Assistant => "items",
    };
    Ok(Json(json!({name: page, "total": shown.len()})).into_response())
}

async fn read(State(sim): State<Arc<SimState>>, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("calls:read")?;
    with(&sim, &id, |record| Ok(Json(body_of(&sim, record)).into_response()))
}

async fn transcript(
    State(sim): State<Arc<SimState>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    caller.needs("transcripts:read")?;
    with(&sim, &id, |record| {
        if !answered(&sim, record) {
            return Err(sim.refuse("transcript_not_found", "nobody has talked yet"));
        }
        Ok(Json(json!({"entries": [
            {"speaker": "AI", "content": opening(&sim, record), "timestamp": "00:00:01"},
            {"speaker": "HUMAN", "content": "Hi, how can I help you?", "timestamp": "00:00:05"},
            {"speaker": "AI", "content": text(record, "task_description"), "timestamp": "00:00:07"},
        ]}))
        .into_response())
    })
}

async fn recording(
    State(sim): State<Arc<SimState>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    caller.needs("recordings:read")?;
    with(&sim, &id, |record| {
        if !answered(&sim, record) || !record.life.is_over(sim.host.timeline) {
            return Err(sim.refuse("recording_not_found", "nothing was recorded"));
        }
        Ok(Json(json!({
            "url": format!("https://storage.simulated.invalid/recordings/{}.mp3", record.id),
            "duration_seconds": seconds(&sim, record), "format": "mp3",
        }))
        .into_response())
    })
}

async fn calendar(
    State(sim): State<Arc<SimState>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    caller.needs("calls:read")?;
    with(&sim, &id, |record| {
        let (date, time) = (text(record, "appointment_date"), text(record, "appointment_time"));
        if date.is_empty() {
            return Err(sim.refuse("not_found", "the call made no appointment"));
        }
        let start = format!(
            "{}T{}00",
            date.replace('-', ""),
            if time.is_empty() { "0900" } else { time }.replace(':', "")
        );
        let body = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//simulated KallyAI//EN",
            "BEGIN:VEVENT",
            &format!("UID:{}", record.id),
            &format!("DTSTAMP:{}", record.created_at.replace(['-', ':'], "")),
            &format!("DTSTART:{start}"),
            &format!("SUMMARY:{}", text(record, "task_description")),
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
        .join("\r\n");
        Ok(([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], body).into_response())
    })
}

/// The responses of the three commands are not documented: here it is the current call.
async fn cancel(
    State(sim): State<Arc<SimState>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    caller.needs("calls:write")?;
    change(&sim, &id, |record| match record.life.phase(sim.host.timeline) {
        Phase::Queued => {
            sim.cut(record);
            Ok(())
        }
        Phase::Ringing | Phase::Talking | Phase::Over(_) | Phase::Cut => {
            Err(sim.refuse("conflict", "the call has connected or ended"))
        }
    })
}

async fn reschedule(
    State(sim): State<Arc<SimState>>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    caller.needs("calls:write")?;
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let field = |name: &str| body.get(name).and_then(Value::as_str);
    let (Some(date), Some(time)) = (field("date"), field("time")) else {
        return Err(sim.refuse("scheduling_violation", "date and time are required"));
    };
    if date.parse::<jiff::civil::Date>().is_err() || time.parse::<jiff::civil::Time>().is_err() {
        return Err(sim.refuse("scheduling_violation", "date is YYYY-MM-DD, time is HH:MM"));
    }
    change(&sim, &id, |record| match record.life.phase(sim.host.timeline) {
        Phase::Queued => {
            record.submission.insert("appointment_date".to_owned(), date.into());
            record.submission.insert("appointment_time".to_owned(), time.into());
            Ok(())
        }
        Phase::Ringing | Phase::Talking | Phase::Over(_) | Phase::Cut => {
            Err(sim.refuse("conflict", "the call has connected or ended"))
        }
    })
}

async fn stop(State(sim): State<Arc<SimState>>, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("calls:write")?;
    change(&sim, &id, |record| match record.life.phase(sim.host.timeline) {
        Phase::Ringing | Phase::Talking => {
            sim.cut(record);
            Ok(())
        }
        Phase::Queued | Phase::Over(_) | Phase::Cut => {
            Err(sim.refuse("conflict", "the call is not active"))
        }
    })
}

fn with(sim: &SimState, id: &str, answer: impl FnOnce(&Record) -> Answer) -> Answer {
    let calls = sim.calls.lock();
    answer(calls.find(id).ok_or_else(|| sim.refuse("call_not_found", id))?)
}

fn change(
    sim: &SimState,
    id: &str,
    change: impl FnOnce(&mut Record) -> Result<(), Refused>,
) -> Answer {
    let mut calls = sim.calls.lock();
    let record = calls.find_mut(id).ok_or_else(|| sim.refuse("call_not_found", id))?;
    change(record)?;
    Ok(Json(body_of(sim, record)).into_response())
}

/// What the agent says first: the words that an instruction asks for, if one does and the agent does
/// as it is told.
fn opening<'a>(sim: &SimState, record: &'a Record) -> &'a str {
    let instructions = record.submission.get("additional_instructions").and_then(Value::as_array);
    first_words(&sim.config, instructions.into_iter().flatten().filter_map(Value::as_str))
}

fn text<'a>(record: &'a Record, name: &str) -> &'a str {
    record.submission.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn answered(sim: &SimState, record: &Record) -> bool {
    match record.life.phase(sim.host.timeline) {
        Phase::Queued | Phase::Ringing => false,
        Phase::Talking => true,
        Phase::Over(outcome) => matches!(outcome, Outcome::Completed | Outcome::Voicemail),
        Phase::Cut => record.life.talked_tenths(sim.host.timeline) > 0,
    }
}

/// `queued`, `in_progress` and `cancelled` are implied by documents 002 and 003; the others are in
/// document 003.
fn status(sim: &SimState, record: &Record) -> &'static str {
    match record.life.phase(sim.host.timeline) {
        Phase::Queued => "queued",
        Phase::Ringing | Phase::Talking => "in_progress",
        Phase::Cut => "cancelled",
        Phase::Over(Outcome::Completed) => "success",
        Phase::Over(Outcome::NoAnswer) => "no_answer",
        Phase::Over(Outcome::Busy) => "busy",
        Phase::Over(Outcome::Voicemail) => "voicemail",
        Phase::Over(Outcome::Failed) => "failed",
    }
}

fn seconds(sim: &SimState, record: &Record) -> Value {
    sim.decimal(record.life.talked_tenths(sim.host.timeline) * 100)
}

fn body_of(sim: &SimState, record: &Record) -> Value {
    let status = status(sim, record);
    // Derived from the status instead of reading the clock again, because the call may end in
    // between.
    let over = !matches!(status, "queued" | "in_progress");
    let done = status == "success";
    let mut body = Map::new();
    body.insert("call_id".to_owned(), record.id.clone().into());
    body.insert("status".to_owned(), status.into());
    body.insert("highlights".to_owned(), over.then(|| highlights(status)).into());
    body.insert("next_steps".to_owned(), done.then_some("Confirmation number: SIM-12345").into());
    body.insert(
        "duration_seconds".to_owned(),
        if over { seconds(sim, record) } else { Value::Null },
    );
    match sim.config.shape {
        Shape::February2026 | Shape::Assistant => {
            let cost = record.cost.map_or(Value::Null, |cost| sim.decimal(cost));
            body.insert("credits_used".to_owned(), cost);
        }
        Shape::January2026 => {
            body.insert("session_id".to_owned(), record.session_id.clone().into());
        }
    }
    body.insert("metadata".to_owned(), json!({"created_at": record.created_at}));
    body.insert("submission".to_owned(), Value::Object(record.submission.clone()));
    Value::Object(body)
}

/// An entry of the list. Document 003 only shows the number and the business; document 002 shows no
/// entry.
fn entry_of(sim: &SimState, record: &Record) -> Value {
    match sim.config.shape {
        Shape::February2026 | Shape::Assistant => body_of(sim, record),
        Shape::January2026 => json!({
            "call_id": record.id, "status": status(sim, record),
            "metadata": {"created_at": record.created_at},
            "submission": {
                "respondent_phone": record.to, "business_name": record.submission.get("business_name"),
            },
        }),
    }
}

fn highlights(status: &str) -> &'static str {
    match status {
        "success" => "The simulated task was done",
        "voicemail" => "A message was left on a simulated answering machine",
        "no_answer" => "Nobody answered",
        "busy" => "The line was busy",
        "cancelled" => "The call was stopped",
        _ => "The call failed",
    }
}
