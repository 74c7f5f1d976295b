//! Published goals: a task that is described beforehand and run with a number.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use super::body;
use super::caller::Caller;
use super::check::{call, object};
use super::codes::{Answer, Refused};
use super::state::SimState;
use crate::host::RequestContext;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v1/goals", get(list))
        .route("/v1/goals/{id}", get(read))
        .route("/v1/goals/{id}/runs", post(run))
        .route("/v1/goals/{id}/runs/{run}", get(read_run))
}

/// The only goal of the account.
fn goal(sim: &SimState) -> Value {
    json!({
        "id": sim.first("goal"), "object": "goal", "name": "Ask for the opening hours",
        "task": "Ask for the opening hours.", "status": "published",
        "result_schema": {
            "type": "object", "properties": {"hours": {"type": "string"}}, "required": ["hours"],
            "additionalProperties": false,
        },
    })
}

async fn list(State(sim): State<Arc<SimState>>, _: Caller) -> Answer {
    let goals = json!({"object": "list", "data": [goal(&sim)], "next_cursor": null});
    Ok(Json(goals).into_response())
}

async fn read(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    let goal = goal(&sim);
    if goal["id"] != id.as_str() {
        return Err(Refused::not_found("the goal"));
    }
    Ok(Json(goal).into_response())
}

async fn run(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Extension(context): Extension<RequestContext>,
    Path(id): Path<String>,
    sent: Bytes,
) -> Answer {
    let goal = goal(&sim);
    if goal["id"] != id.as_str() {
        return Err(Refused::not_found("the goal"));
    }
    let mut sent = object(&sent)?;
    for name in ["task", "result_schema"] {
        sent.insert(name.to_owned(), goal[name].clone());
    }
    let answer = sim.prepare(call(&sent)?, &context).await?;
    let mut runs = sim.runs.lock();
    let run = sim.id("run", runs.len());
    runs.push((run.clone(), id.clone(), answer["id"].as_str().unwrap_or_default().to_owned()));
    let body = json!({"id": run, "goal_id": id, "call": answer});
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

async fn read_run(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Path((id, run)): Path<(String, String)>,
) -> Answer {
    let found = {
        let runs = sim.runs.lock();
        runs.iter()
            .find(|(own, goal, _)| *own == run && *goal == id)
            .map(|(_, _, call)| call.clone())
    };
    let calls = sim.calls.lock();
    let record = found.and_then(|call| calls.find(&call));
    let record = record.ok_or_else(|| Refused::not_found("the run"))?;
    let body = json!({"id": run, "goal_id": id, "call": body::of(record, sim.host.timeline)});
    Ok(Json(body).into_response())
}
