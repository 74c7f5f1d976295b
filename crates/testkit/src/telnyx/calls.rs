//! Places calls, and reads which are alive.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use bytes::Bytes;
use serde_json::{Value, json};

use super::body;
use super::caller::Caller;
use super::check::{call, callees, object};
use super::codes::{Answer, Refused};
use super::state::SimState;
use crate::calls::Step;
use crate::host::{Params, RequestContext};

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v2/calls", post(create))
        .route("/v2/calls/{id}", get(read))
        .route("/v2/connections/{id}/active_calls", get(active))
}

/// Several callees are several calls; the answer is about the first.
async fn create(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Extension(context): Extension<RequestContext>,
    sent: Bytes,
) -> Answer {
    let sent = object(&sent)?;
    let mut all = Vec::new();
    for to in callees(&sent)? {
        all.push(call(&sim, &sent, to)?);
    }
    let sent = Value::Object(sent);
    let mut first = None;
    for (nth, wanted) in all.into_iter().enumerate() {
        let context = context.with_key(wanted.command.clone());
        let answer = if nth == 0 {
            sim.place_once(wanted, sent.clone(), &context)?
        } else {
            sim.place(wanted, &context)?.1
        };
        first.get_or_insert(answer);
    }
    Ok(Json(json!({"data": first})).into_response())
}

async fn read(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    let calls = sim.calls.lock();
    let record = calls.find(&id).ok_or_else(|| Refused::unknown("the call"))?;
    Ok(Json(json!({"data": body::of(record, sim.host.timeline)})).into_response())
}

/// The calls of a connection that are alive, in pages by cursor.
async fn active(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Path(id): Path<String>,
    params: Params,
) -> Answer {
    if id != sim.connection {
        return Err(Refused::unknown("the connection"));
    }
    let line = sim.host.timeline;
    let limit = params.number("page[limit]", 20).ok().filter(|limit| (1..=250).contains(limit));
    let limit = limit.ok_or_else(|| Refused::value("page[limit]", "must be 1 to 250"))?;
    let calls = sim.calls.lock();
    let alive = calls
        .records
        .iter()
        .filter(|record| matches!(record.course.step(line), Step::Ringing | Step::Talking))
        .filter(|record| !sim.host.faults.hidden(&record.wanted.to, record.accepted));
    let after = params.get("page[after]");
    let mut rest = alive.skip_while(|record| after.is_some_and(|after| record.id != after));
    if after.is_some() {
        rest.next();
    }
    let data: Vec<Value> = rest
        .by_ref()
        .take(limit)
        .map(|record| {
            let call = body::of(record, line);
            json!({
                "record_type": "call", "call_control_id": record.id, "call_leg_id": record.leg,
                "call_session_id": record.session, "client_state": record.wanted.client_state,
                "call_duration": call["call_duration"],
            })
        })
        .collect();
    let last = data.last().filter(|_| rest.next().is_some());
    let cursors = json!({"after": last.map(|row| row["call_control_id"].clone())});
    let meta = json!({"cursors": cursors, "total_items": data.len()});
    Ok(Json(json!({"data": data, "meta": meta})).into_response())
}
