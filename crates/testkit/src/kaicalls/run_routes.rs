//! `/communication-runs`, its jobs and its attempts, as the provider's SDKs use them.
//!
//! Creating a run requires an `Idempotency-Key`. The same key with the same body returns the
//! existing run, with 200 and `Idempotent-Replayed: true`, and no phone rings; with another body
//! the response is 409 `idempotency_conflict`. This is not documented; 409 proves nothing to a
//! client, so it is the worse of the two common responses. A dry run rings no phone. Reading
//! requires `communication-runs:read`, everything else `communication-runs:write`. Creating a run
//! also requires `calls:write`, which is an assumption of this simulator, and counts as placing a
//! call for the rate limit. Jobs are filtered by `communication_run_id`, `channel` (`call` or
//! `sms`) and `status`, attempts by `sequence_id` and `status`; other query parameters are ignored.
//! Paused runs stay paused, because the SDKs have no way to resume them.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use super::agents::object;
use super::caller::Caller;
use super::codes::Refused;
use super::events::limit;
use super::run::{Run, Standing};
use super::runs::{Problem, plan};
use super::state::SimState;
use crate::host::{Params, RequestContext};

type Answer = Result<Response, Refused>;

const READ: &str = "communication-runs:read";
const WRITE: &str = "communication-runs:write";

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/api/v1/communication-runs", get(list).post(create).patch(steer))
        .route("/api/v1/communication-runs/validate", post(validate))
        .route("/api/v1/communication-runs/preview", post(preview))
        .route("/api/v1/communication-jobs", get(jobs))
        .route("/api/v1/communication-attempts", get(attempts))
}

async fn validate(State(sim): State<Arc<SimState>>, caller: Caller, body: Bytes) -> Answer {
    caller.needs(WRITE)?;
    let body = object(&body)?;
    let (recipients, errors) = match plan(&sim, &body) {
        Ok(jobs) => (jobs.len(), Vec::new()),
        Err(problems) => (0, problems.iter().map(Problem::entry).collect::<Vec<_>>()),
    };
    Ok(Json(json!({"valid": errors.is_empty(), "errors": errors, "recipients": recipients}))
        .into_response())
}

async fn preview(State(sim): State<Arc<SimState>>, caller: Caller, body: Bytes) -> Answer {
    caller.needs(WRITE)?;
    let jobs = plan(&sim, &object(&body)?).map_err(first)?;
    let shown: Vec<Value> = jobs.iter().map(|job| job.preview(&sim)).collect();
    let called = jobs.iter().filter(|job| job.word(&sim) == "pending").count();
    let answer =
        json!({"jobs": shown, "recipients": jobs.len(), "estimated_cost_cents": 15 * called});
    Ok(Json(answer).into_response())
}

fn first(problems: Vec<Problem>) -> Refused {
    problems.first().map_or_else(|| Refused::invalid("the body makes no sense"), Problem::refused)
}

async fn create(
    State(sim): State<Arc<SimState>>,
    caller: Caller,
    Extension(context): Extension<RequestContext>,
    body: Bytes,
) -> Answer {
    caller.needs(WRITE)?;
    caller.needs("calls:write")?;
    let key = context.idempotency_key.clone().filter(|key| !key.trim().is_empty());
    let key = key.ok_or_else(|| Refused::invalid("the header Idempotency-Key is required"))?;
    let body = object(&body)?;
    let place = {
        let mut runs = sim.runs.lock();
        if let Some(run) = runs.iter().find(|run| run.key == key) {
            if run.body == body {
                return Ok(
                    ([("idempotent-replayed", "true")], Json(run.entry(&sim))).into_response()
                );
            }
            return Err(Refused::new("idempotency_conflict", "send another body with another key"));
        }
        let mut jobs = plan(&sim, &body).map_err(first)?;
        let place = runs.len();
        let id = sim.id("run", place);
        for (nth, job) in jobs.iter_mut().enumerate() {
            job.id = sim.seed.uuid(&format!("kaicalls/job/{id}/{nth}"));
        }
        runs.push(Run { id, key, body, created_at: sim.now(), standing: Standing::Going, jobs });
        place
    };
    if sim.advance(place, &context) {
        sim.host.spawn(Arc::clone(&sim).work(place, context));
    }
    let runs = sim.runs.lock();
    let run = runs.get(place).ok_or_else(|| Refused::not_found("run"))?;
    Ok((StatusCode::CREATED, Json(run.entry(&sim))).into_response())
}

async fn list(State(sim): State<Arc<SimState>>, caller: Caller, params: Params) -> Answer {
    caller.needs(READ)?;
    let limit = limit(&params)?;
    let runs = sim.runs.lock();
    let is =
        |name: &str, held: Option<&str>| params.get(name).is_none_or(|wanted| held == Some(wanted));
    let mut shown = runs.iter().rev().filter(|run| {
        is("id", Some(&run.id))
            && is("business_id", Some(&sim.business_id))
            && is("external_ref", run.body.get("external_ref").and_then(Value::as_str))
    });
    let page: Vec<Value> = shown.by_ref().take(limit).map(|run| run.entry(&sim)).collect();
    let has_more = shown.next().is_some();
    Ok(Json(json!({"communication_runs": page, "has_more": has_more})).into_response())
}

async fn steer(State(sim): State<Arc<SimState>>, caller: Caller, body: Bytes) -> Answer {
    caller.needs(WRITE)?;
    let body = object(&body)?;
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let id = text("id").ok_or_else(|| Refused::invalid("id is required"))?;
    let mut runs = sim.runs.lock();
    let run = runs.iter_mut().find(|run| run.id == id).ok_or_else(|| Refused::not_found("run"))?;
    match (text("action"), run.standing) {
        (Some("pause" | "cancel"), Standing::Cancelled) => {
            return Err(Refused::invalid("the run is cancelled"));
        }
        (Some("pause"), Standing::Going | Standing::Paused) => run.standing = Standing::Paused,
        (Some("cancel"), Standing::Going | Standing::Paused) => run.cancel(),
        (Some(_) | None, _) => return Err(Refused::invalid("action must be pause or cancel")),
    }
    Ok(Json(run.entry(&sim)).into_response())
}

async fn jobs(State(sim): State<Arc<SimState>>, caller: Caller, params: Params) -> Answer {
    caller.needs(READ)?;
    let all = |run: &Run| run.jobs.iter().map(|job| job.entry(&sim, run)).collect::<Vec<_>>();
    if params.get("channel").is_some_and(|word| !["call", "sms"].contains(&word)) {
        return Err(Refused::invalid("channel must be call or sms"));
    }
    rows(&sim, &params, "jobs", &["communication_run_id", "channel", "status"], all)
}

async fn attempts(State(sim): State<Arc<SimState>>, caller: Caller, params: Params) -> Answer {
    caller.needs(READ)?;
    let all =
        |run: &Run| run.jobs.iter().filter_map(|job| job.attempt(&sim, run)).collect::<Vec<_>>();
    rows(&sim, &params, "attempts", &["sequence_id", "status"], all)
}

/// The rows of all runs that match every filter, in the order of runs and recipients.
fn rows(
    sim: &SimState,
    params: &Params,
    name: &str,
    filters: &[&str],
    of: impl Fn(&Run) -> Vec<Value>,
) -> Answer {
    let limit = limit(params)?;
    let agrees = |row: &Value| {
        filters.iter().all(|field| params.get(field).is_none_or(|wanted| row[*field] == wanted))
    };
    let ours = params.get("business_id").is_none_or(|business| business == sim.business_id);
    let runs = sim.runs.lock();
    let mut all: Vec<Value> = runs.iter().filter(|_| ours).flat_map(of).filter(agrees).collect();
    let has_more = all.len() > limit;
    all.truncate(limit);
    Ok(Json(json!({name: all, "has_more": has_more})).into_response())
}
