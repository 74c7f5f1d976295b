//! Places, reads, renames and deletes calls.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::check::{call, field, object, text};
use super::codes::{Answer, Refused};
use super::state::SimState;
use super::{body, list};
use crate::calls::Step;
use crate::host::RequestContext;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/call", post(create).get(list::list))
        .route("/call/{id}", get(read).patch(rename).delete(delete))
}

async fn create(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Extension(context): Extension<RequestContext>,
    sent: Bytes,
) -> Answer {
    let sent = object(&sent)?;
    if let Some(customers) = field(&sent, "customers") {
        let customers = customers.as_array().filter(|customers| !customers.is_empty());
        let customers = customers.ok_or_else(|| Refused::invalid("customers must be an array"))?;
        return batch(&sim, &sent, customers, &context);
    }
    let customer = field(&sent, "customer").and_then(Value::as_object);
    let customer = customer.ok_or_else(|| Refused::invalid("customer is required"))?;
    let answer = sim.place(call(&sim, &sent, customer)?, &context)?;
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// Several customers: several phones ring, and the answer has another layout.
fn batch(
    sim: &Arc<SimState>,
    sent: &Map<String, Value>,
    customers: &[Value],
    context: &RequestContext,
) -> Answer {
    let empty = Map::new();
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for customer in customers {
        let placed = call(sim, sent, customer.as_object().unwrap_or(&empty))
            .and_then(|wanted| sim.place(wanted, context));
        match placed {
            Ok(call) => results.push(call),
            Err(_) => errors.push(json!({"customer": customer, "error": "Bad Request"})),
        }
    }
    let limits = results.last().map(|call| call["subscriptionLimits"].clone());
    let body = json!({"subscriptionLimits": limits, "results": results, "errors": errors});
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

async fn read(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    let calls = sim.calls.lock();
    let record = calls.find(&id).ok_or_else(|| Refused::unknown("call"))?;
    Ok(Json(body::of(&sim, record)).into_response())
}

async fn rename(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Path(id): Path<String>,
    sent: Bytes,
) -> Answer {
    let sent = object(&sent)?;
    let name = text(&sent, "name", 40)?;
    let mut calls = sim.calls.lock();
    let record = calls.any_mut(&id).filter(|record| !record.deleted);
    let record = record.ok_or_else(|| Refused::unknown("call"))?;
    record.wanted.sent.insert("name".to_owned(), name.into());
    Ok(Json(body::of(&sim, record)).into_response())
}

/// Ends a call that was not dialled yet. Of any other call it deletes the data, which does not stop
/// it: no document says that it would.
async fn delete(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    let line = sim.host.timeline;
    let mut calls = sim.calls.lock();
    let record = calls.any_mut(&id).filter(|record| !record.deleted);
    let record = record.ok_or_else(|| Refused::unknown("call"))?;
    if record.course.step(line) == Step::Queued {
        let word = if record.scheduled { "scheduled-call-deleted" } else { "manually-canceled" };
        record.course.cut(word, line);
        return Ok(Json(body::of(&sim, record)).into_response());
    }
    record.deleted = true;
    let answer = body::of(&sim, record);
    drop(calls);
    sim.tell(&id, "call.deleted", Map::new());
    Ok(Json(answer).into_response())
}
