//! Places, reads, changes and stops calls.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{delete as delete_at, get, patch, post, put};
use axum::{Extension, Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use super::caller::Caller;
use super::check::{call, object, object_at};
use super::codes::{Answer, Refused};
use super::state::SimState;
use super::{body, list};
use crate::host::RequestContext;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v2/create-phone-call", post(create))
        .route("/v2/get-call/{id}", get(read))
        .route("/v3/list-calls", post(list::list))
        .route("/v2/update-call/{id}", patch(update))
        .route("/v2/stop-call/{id}", post(stop))
        .route("/v2/delete-call/{id}", delete_at(delete))
        .route("/rerun-call-analysis/{id}", put(analyze))
}

async fn create(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Extension(context): Extension<RequestContext>,
    body: Bytes,
) -> Answer {
    let sent = object(&body)?;
    let wanted = call(&sim, &sent)?;
    let answer = sim.place(wanted, Value::Object(sent), &context)?;
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

async fn read(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    shown(&sim, &id)
}

fn shown(sim: &SimState, id: &str) -> Answer {
    let calls = sim.calls.lock();
    let record = calls.find(id).ok_or_else(|| Refused::unknown(id))?;
    Ok(Json(body::of(record, sim.host.timeline)).into_response())
}

async fn update(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    let sent = object(&body)?;
    if let Some(metadata) = object_at(&sent, "metadata")? {
        let mut calls = sim.calls.lock();
        let record = calls.find_mut(&id).ok_or_else(|| Refused::unknown(&id))?;
        record.wanted.metadata = Some(metadata.clone());
    }
    shown(&sim, &id)
}

/// Stops a call. No document says what the answer is for a call that has ended: here it is 400.
async fn stop(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    let mut calls = sim.calls.lock();
    let record = calls.find_mut(&id).ok_or_else(|| Refused::new(404, "Call not found"))?;
    if record.course.is_over(sim.host.timeline) {
        return Err(Refused::invalid("The call has ended"));
    }
    record.course.cut("manual_stopped", sim.host.timeline);
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Deletes the data of a call, which does not stop it: only an ended call can be deleted.
async fn delete(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    let mut calls = sim.calls.lock();
    let over = calls.find(&id).map(|record| record.course.is_over(sim.host.timeline));
    if over != Some(true) {
        return Err(Refused::unknown(&id));
    }
    calls.records.retain(|record| record.id != id);
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn analyze(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    if let Some(record) = sim.calls.lock().find_mut(&id)
        && record.course.is_over(sim.host.timeline)
    {
        record.analyzed = true;
    }
    shown(&sim, &id)
}
