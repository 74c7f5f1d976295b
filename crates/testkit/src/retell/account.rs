//! Concurrency, and health.

use std::sync::Arc;

use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::caller::Caller;
use super::codes::Answer;
use super::state::SimState;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/get-concurrency", get(concurrency))
        .route("/health", get(health))
        .route("/", get(health))
}

async fn concurrency(State(sim): State<Arc<SimState>>, _: Caller) -> Answer {
    let line = sim.host.timeline;
    let calls = sim.calls.lock();
    let active = calls.records.iter().filter(|record| !record.course.is_over(line)).count();
    let limit = sim.concurrency();
    Ok(Json(json!({
        "current_concurrency": active, "concurrency_limit": limit, "base_concurrency": limit.min(20),
        "purchased_concurrency": limit.saturating_sub(20), "concurrency_burst_enabled": false,
        "concurrency_burst_limit": (3 * limit).min(limit + 300),
    }))
    .into_response())
}

async fn health() -> Json<Value> {
    Json(json!({
        "status": "ok", "simulated": true, "provider": "retell",
        "notice": "This is a simulation of Retell's documented HTTP API. There is no telephone behind it.",
    }))
}
