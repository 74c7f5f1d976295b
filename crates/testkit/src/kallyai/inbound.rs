//! Inbound endpoints (document 002): inbound calls and the operations on them.
//!
//! Document 002 shows no responses in this section. The fields here are the simplest interpretation
//! of its text.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::caller::Caller;
use super::codes::Refused;
use super::inbound_calls::{Inbound, Incoming};
use super::state::SimState;
use crate::host::Params;

type Answer = Result<Response, Refused>;

impl Inbound {
    pub(crate) fn receive(&self, sim: &SimState, from: &str, name: &str, vip: bool) -> String {
        let mut calls = self.calls.lock();
        let call = Incoming {
            id: sim.id("inbound", calls.len()),
            from: from.to_owned(),
            name: name.to_owned(),
            vip,
            status: "active",
            started_at: sim.host.timeline.rfc3339(),
            begun: Instant::now(),
            tenths: None,
            handled_by: "ai",
            transferred_to: None,
            reject_reason: None,
            action_items: vec![json!({"description": "Call back", "status": "pending"})],
        };
        let id = call.id.clone();
        self.announce(sim, "call.started", &call);
        calls.push(call);
        id
    }

    pub(crate) fn end(&self, sim: &SimState, id: &str) {
        let mut calls = self.calls.lock();
        if let Some(call) = calls.iter_mut().find(|call| call.id == id && call.status == "active") {
            close(sim, call, "completed");
            self.announce(sim, "call.completed", call);
        }
    }

    fn announce(&self, sim: &SimState, kind: &str, call: &Incoming) {
        let mut events = self.events.lock();
        let event = json!({
            "id": sim.id("event", events.len()), "type": kind, "call_id": call.id,
            "timestamp": sim.host.timeline.rfc3339(), "data": body_of(call),
        });
        events.push(event.clone());
        // Without a listener the event is only in the log.
        let _ = self.feed.send(event);
    }

    /// All events, oldest first.
    pub(crate) fn events(&self) -> Vec<Value> {
        self.events.lock().clone()
    }

    /// The ended calls as entries of the inbox.
    pub(crate) fn inbox(&self) -> Vec<Value> {
        let calls = self.calls.lock();
        let ended = calls.iter().filter(|call| call.status != "active");
        ended
            .map(|call| json!({"id": call.id, "channel": "call", "preview": format!("Call from {}", call.name)}))
            .collect()
    }
}

fn close(sim: &SimState, call: &mut Incoming, status: &'static str) {
    call.status = status;
    let talked = sim.host.timeline.call_time(call.begun.elapsed());
    call.tenths = Some(u64::try_from(talked.as_millis() / 100).unwrap_or(u64::MAX));
}

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v1/inbound/calls", get(list).delete(delete_all))
        .route("/v1/inbound/calls/summary", get(summary))
        .route("/v1/inbound/calls/analytics", get(analytics))
        .route("/v1/inbound/calls/{id}", get(read))
        .route("/v1/inbound/calls/{id}/transcript", get(transcript))
        .route("/v1/inbound/calls/{id}/recording", get(recording))
        .route("/v1/inbound/calls/{id}/action-items/{index}", patch(action_item))
        .route("/v1/inbound/calls/{id}/transfer", post(transfer))
        .route("/v1/inbound/calls/{id}/takeover", post(takeover))
        .route("/v1/inbound/calls/{id}/reject", post(reject))
}

async fn list(State(sim): State<Arc<SimState>>, caller: Caller, params: Params) -> Answer {
    caller.needs("calls:read")?;
    let bad = |()| sim.refuse("bad_request", "limit is 1 to 100, offset is a whole number");
    let limit = params.number("limit", 20).map_err(bad)?;
    let offset = params.number("offset", 0).map_err(bad)?;
    if !(1..=100).contains(&limit) {
        return Err(bad(()));
    }
    let calls = sim.inbound.calls.lock();
    let shown: Vec<&Incoming> = calls
        .iter()
        .rev()
        .filter(|call| params.get("status").is_none_or(|status| call.status == status))
        .filter(|call| params.get("vip_only") != Some("true") || call.vip)
        .filter(|call| in_dates(call, &params))
        .collect();
    let page: Vec<Value> =
        shown.iter().skip(offset).take(limit).map(|call| body_of(call)).collect();
    Ok(Json(json!({"calls": page, "total": shown.len()})).into_response())
}

/// Dates are compared as text: RFC 3339 in UTC sorts by time, and a date without a time sorts as
/// its first second.
fn in_dates(call: &Incoming, params: &Params) -> bool {
    params.get("date_from").is_none_or(|from| call.started_at.as_str() >= from)
        && params
            .get("date_to")
            .is_none_or(|to| call.started_at.as_str() <= to || call.started_at.starts_with(to))
}

async fn delete_all(State(sim): State<Arc<SimState>>, caller: Caller) -> Answer {
    caller.needs("calls:write")?;
    let mut calls = sim.inbound.calls.lock();
    let before = calls.len();
    calls.retain(|call| call.status == "active");
    Ok(Json(json!({"success": true, "deleted": before - calls.len()})).into_response())
}

async fn summary(State(sim): State<Arc<SimState>>, caller: Caller) -> Answer {
    caller.needs("calls:read")?;
    Ok(Json(statistics(&sim, &Params::default())).into_response())
}

async fn analytics(State(sim): State<Arc<SimState>>, caller: Caller, params: Params) -> Answer {
    caller.needs("calls:read")?;
    Ok(Json(statistics(&sim, &params)).into_response())
}

fn statistics(sim: &SimState, params: &Params) -> Value {
    let calls = sim.inbound.calls.lock();
    let calls: Vec<&Incoming> = calls.iter().filter(|call| in_dates(call, params)).collect();
    let count = |status: &str| calls.iter().filter(|call| call.status == status).count();
    let ended: Vec<u64> = calls.iter().filter_map(|call| call.tenths).collect();
    let average = ended.iter().sum::<u64>().checked_div(ended.len() as u64).unwrap_or(0);
    json!({
        "total": calls.len(), "active": count("active"), "completed": count("completed"),
        "missed": count("missed"), "rejected": count("rejected"),
        "avg_duration_seconds": sim.decimal(average * 100),
    })
}

async fn read(State(sim): State<Arc<SimState>>, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("calls:read")?;
    with(&sim, &id, |call| Ok(Json(body_of(call)).into_response()))
}

async fn transcript(
    State(sim): State<Arc<SimState>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    caller.needs("transcripts:read")?;
    with(&sim, &id, |call| {
        Ok(Json(json!({"entries": [
            {"speaker": "AI", "content": "Hello, how can I help you?", "timestamp": "00:00:01"},
            {"speaker": "HUMAN", "content": format!("This is {}.", call.name), "timestamp": "00:00:04"},
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
    with(&sim, &id, |call| {
        let Some(tenths) = call.tenths else {
            return Err(sim.refuse("recording_not_found", "the call is not over"));
        };
        Ok(Json(json!({
            "url": format!("https://storage.simulated.invalid/recordings/{}.mp3", call.id),
            "duration_seconds": sim.decimal(tenths * 100), "format": "mp3",
        }))
        .into_response())
    })
}

/// The documents do not say whether the index starts at 0 or 1; the simulator counts from 0.
async fn action_item(
    State(sim): State<Arc<SimState>>,
    caller: Caller,
    Path((id, index)): Path<(String, usize)>,
    body: Bytes,
) -> Answer {
    caller.needs("calls:write")?;
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let status = body
        .get("status")
        .cloned()
        .ok_or_else(|| sim.refuse("bad_request", "status is required"))?;
    with(&sim, &id, |call| {
        let item = call
            .action_items
            .get_mut(index)
            .ok_or_else(|| sim.refuse("not_found", "no such action item"))?;
        item["status"] = status;
        Ok(Json(item.clone()).into_response())
    })
}

async fn transfer(
    State(sim): State<Arc<SimState>>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    caller.needs("calls:write")?;
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(target) = body.get("target_number").and_then(Value::as_str).map(str::to_owned) else {
        return Err(sim.refuse("bad_request", "target_number is required"));
    };
    live(&sim, &id, "call.transferred", |call| {
        call.transferred_to = Some(target);
        close(&sim, call, "completed");
    })
}

async fn takeover(
    State(sim): State<Arc<SimState>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    caller.needs("calls:write")?;
    live(&sim, &id, "call.taken_over", |call| call.handled_by = "human")
}

async fn reject(
    State(sim): State<Arc<SimState>>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    caller.needs("calls:write")?;
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let reason = body.get("reason").and_then(Value::as_str).map(str::to_owned);
    live(&sim, &id, "call.rejected", |call| {
        call.reject_reason = reason;
        close(&sim, call, "rejected");
    })
}

fn with(sim: &SimState, id: &str, answer: impl FnOnce(&mut Incoming) -> Answer) -> Answer {
    let mut calls = sim.inbound.calls.lock();
    let call = calls
        .iter_mut()
        .find(|call| call.id == id)
        .ok_or_else(|| sim.refuse("call_not_found", id))?;
    answer(call)
}

fn live(sim: &SimState, id: &str, event: &str, change: impl FnOnce(&mut Incoming)) -> Answer {
    with(sim, id, |call| {
        if call.status != "active" {
            return Err(sim.refuse("conflict", "the call is not active"));
        }
        change(call);
        sim.inbound.announce(sim, event, call);
        Ok((StatusCode::OK, Json(body_of(call))).into_response())
    })
}

fn body_of(call: &Incoming) -> Value {
    json!({
        "call_id": call.id, "status": call.status,
        "caller": {"phone_number": call.from, "name": call.name, "is_vip": call.vip},
        "summary": (call.status == "completed").then_some("A simulated caller asked to be called back."),
        "action_items": call.action_items, "handled_by": call.handled_by,
        "transferred_to": call.transferred_to, "reject_reason": call.reject_reason,
        "duration_seconds": call.tenths.map(|tenths| tenths / 10), "created_at": call.started_at,
    })
}
