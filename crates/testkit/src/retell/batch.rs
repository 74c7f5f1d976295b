//! Batches: several phones ring because of one request, at once or later. No router may use this,
//! so the ledger shows what it does.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Extension, Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use super::caller::Caller;
use super::check::{call, field, object, text};
use super::codes::{Answer, Refused};
use super::state::{SimState, Wanted};
use crate::host::RequestContext;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new().route("/create-batch-call", post(create))
}

async fn create(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Extension(context): Extension<RequestContext>,
    body: Bytes,
) -> Answer {
    let sent = object(&body)?;
    let from =
        text(&sent, "from_number")?.ok_or_else(|| Refused::invalid("from_number is required"))?;
    let tasks = field(&sent, "tasks").and_then(Value::as_array);
    let tasks = tasks.ok_or_else(|| Refused::invalid("tasks is required"))?;
    let id = sim.id("batch_call", sim.calls.lock().made);
    let mut rows: Vec<Wanted> = Vec::new();
    for task in tasks {
        let mut row = task.as_object().cloned().unwrap_or_default();
        row.insert("from_number".to_owned(), from.into());
        rows.push(Wanted { batch: Some(id.clone()), key: None, ..call(&sim, &row)? });
    }
    let answer = json!({
        "batch_call_id": id, "name": sent.get("name"), "from_number": from,
        "scheduled_timestamp": field(&sent, "trigger_timestamp").cloned().unwrap_or(sim.millis().into()),
        "total_task_count": rows.len(),
    });
    let trigger = field(&sent, "trigger_timestamp").and_then(Value::as_i64);
    let wait = trigger.map_or(0, |at| at.saturating_sub(sim.millis()).max(0));
    let wait = Duration::from_millis(wait.unsigned_abs());
    if wait.is_zero() {
        place(&sim, rows, &context);
    } else {
        let late = Arc::clone(&sim);
        sim.host.spawn(async move {
            tokio::time::sleep(late.host.timeline.real(wait)).await;
            place(&late, rows, &context);
        });
    }
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

fn place(sim: &Arc<SimState>, rows: Vec<Wanted>, context: &RequestContext) {
    for row in rows {
        if sim.place(row, Value::Null, context).is_err() {
            tracing::error!("a call of a batch could not be placed");
        }
    }
}
