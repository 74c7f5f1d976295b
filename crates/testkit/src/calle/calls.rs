//! Places, reads and cancels calls.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use super::caller::Caller;
use super::check::{call, object};
use super::codes::{Answer, Refused};
use super::state::SimState;
use super::{body, events};
use crate::host::RequestContext;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v2/calls", post(create))
        .route("/v2/calls/{id}", get(read))
        .route("/v2/calls/{id}/cancel", post(cancel))
        .route("/v2/calls/{id}/events", get(events::list))
}

async fn create(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Extension(context): Extension<RequestContext>,
    body: Bytes,
) -> Answer {
    let key = context.idempotency_key.clone().filter(|key| (1..=255).contains(&key.len()));
    let key =
        key.ok_or_else(|| Refused::invalid("Idempotency-Key must have 1 to 255 characters"))?;
    let sent = object(&body)?;
    let copy = sent.clone();
    let wanted = move || call(&copy);
    let answer = sim.place_with_key(wanted, Value::Object(sent), key, &context).await?;
    Ok((StatusCode::ACCEPTED, Json(answer)).into_response())
}

pub(super) async fn read(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Path(id): Path<String>,
) -> Answer {
    let calls = sim.calls.lock();
    let record = calls.find(&id).ok_or_else(|| Refused::not_found("the call"))?;
    Ok(Json(body::of(record, sim.host.timeline)).into_response())
}

async fn cancel(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    let line = sim.host.timeline;
    let mut calls = sim.calls.lock();
    let record = calls.find_mut(&id).ok_or_else(|| Refused::not_found("the call"))?;
    if record.course.is_over(line) {
        return Err(Refused::new("call_cannot_cancel", "the call has ended"));
    }
    record.course.cut("canceled", line);
    Ok(Json(body::of(record, line)).into_response())
}
