//! Budget endpoints (document 002).

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use serde_json::json;

use super::codes::Refused;
use super::shelves::ok;
use super::tokens::Caller;
use super::world::World;

type Answer = Result<Response, Refused>;
type Ours = State<Arc<World>>;

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/v1/goals/estimate", post(estimate))
        .route("/v1/goals/{id}/approve-budget", post(approve))
        .route("/v1/goals/{id}/acknowledge-soft-cap", post(acknowledge))
        .route("/v1/goals/{id}/cost-breakdown", get(breakdown))
}

async fn estimate(State(world): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("budget:read")?;
    world.object(&body, &["type", "description"])?;
    ok(json!({
        "estimated_credits": world.decimal(1500),
        "breakdown": {"search": world.decimal(500), "call": world.decimal(1000)}, "confidence": "high",
    }))
}

async fn approve(State(world): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    note(&world, &caller, &id, "budget_approved")
}

async fn acknowledge(State(world): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    note(&world, &caller, &id, "soft_cap_acknowledged")
}

fn note(world: &World, caller: &Caller, id: &str, what: &str) -> Answer {
    caller.needs("budget:write")?;
    let goal = world.alter("goal", id, "goal_not_found", |goal| {
        goal.insert(what.to_owned(), true.into());
        Ok(())
    })?;
    ok(json!({"success": true, "goal_id": goal["id"], what: true}))
}

async fn breakdown(State(world): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("budget:read")?;
    let goal = world.find("goal", &id, "goal_not_found")?;
    ok(json!({"goal_id": id, "total_credits": goal["credits_used"], "items": []}))
}
