//! Steers, listens to and takes over a call that is going on.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{patch, post};
use axum::{Json, Router};
use bytes::Bytes;
use serde_json::json;

use super::body;
use super::caller::Caller;
use super::check::{object, object_at};
use super::codes::{Answer, Refused};
use super::state::SimState;
use crate::calls::Step;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v2/update-live-call/{id}", patch(update))
        .route("/v2/listen-live-call/{id}", post(listen))
        .route("/v2/take-over-live-call/{id}", post(take_over))
}

/// Returns an error if the call is not going on.
fn going_on(sim: &SimState, id: &str) -> Result<(), Refused> {
    let calls = sim.calls.lock();
    let record = calls.find(id).ok_or_else(|| Refused::new(404, "Call not found"))?;
    match record.course.step(sim.host.timeline) {
        Step::Talking => Ok(()),
        Step::Queued | Step::Ringing | Step::Over => Err(Refused::new(404, "Call is not ongoing")),
    }
}

async fn update(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Path(id): Path<String>,
    sent: Bytes,
) -> Answer {
    let sent = object(&sent)?;
    going_on(&sim, &id)?;
    let mut calls = sim.calls.lock();
    let record = calls.find_mut(&id).ok_or_else(|| Refused::new(404, "Call not found"))?;
    if let Some(variables) = object_at(&sent, "override_dynamic_variables")? {
        record.wanted.variables.get_or_insert_default().extend(variables.clone());
    }
    Ok(Json(body::of(record, sim.host.timeline)).into_response())
}

async fn listen(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    going_on(&sim, &id)?;
    Ok(Json(json!({"call_id": id, "access_token": sim.seed.secret(&format!("listen/{id}"))}))
        .into_response())
}

async fn take_over(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    going_on(&sim, &id)?;
    if let Some(record) = sim.calls.lock().find_mut(&id) {
        record.course.cut("call_take_over", sim.host.timeline);
    }
    Ok(Json(json!({"call_id": id, "access_token": sim.seed.secret(&format!("take/{id}"))}))
        .into_response())
}
