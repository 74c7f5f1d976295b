//! Budget endpoints (document 002).

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use serde_json::json;

use super::caller::Caller;
use super::codes::Refused;
use super::collections::ok;
use super::state::SimState;

type Answer = Result<Response, Refused>;
type Ours = State<Arc<SimState>>;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v1/goals/estimate", post(estimate))
        .route("/v1/goals/{id}/approve-budget", post(approve))
        .route("/v1/goals/{id}/acknowledge-soft-cap", post(acknowledge))
        .route("/v1/goals/{id}/cost-breakdown", get(breakdown))
}

async fn estimate(State(sim): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("budget:read")?;
    sim.object(&body, &["type", "description"])?;
    ok(json!({
        "estimated_credits": sim.decimal(1500),
        "breakdown": {"search": sim.decimal(500), "call": sim.decimal(1000)}, "confidence": "high",
    }))
}

async fn approve(State(sim): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    note(&sim, &caller, &id, "budget_approved")
}

async fn acknowledge(State(sim): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    note(&sim, &caller, &id, "soft_cap_acknowledged")
}

fn note(sim: &SimState, caller: &Caller, id: &str, what: &str) -> Answer {
    caller.needs("budget:write")?;
    let goal = sim.alter("goal", id, "goal_not_found", |goal| {
        goal.insert(what.to_owned(), true.into());
        Ok(())
    })?;
    ok(json!({"success": true, "goal_id": goal["id"], what: true}))
}

async fn breakdown(State(sim): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("budget:read")?;
    let goal = sim.find("goal", &id, "goal_not_found")?;
    ok(json!({"goal_id": id, "total_credits": goal["credits_used"], "items": []}))
}
