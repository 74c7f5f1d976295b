//! Search endpoints (document 002). Every search finds the same simulated plumber.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use serde_json::json;

use super::caller::Caller;
use super::codes::Refused;
use super::collections::ok;
use super::state::SimState;
use crate::host::Params;

type Answer = Result<Response, Refused>;
type Ours = State<Arc<SimState>>;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v1/search", post(search))
        .route("/v1/search/quick", post(search))
        .route("/v1/search/history", get(history))
        .route("/v1/search/sources", get(sources))
}

async fn search(State(sim): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("search:read")?;
    let fields = sim.object(&body, &["query"])?;
    sim.keep("search", json!({"query": fields["query"]}));
    ok(json!({
        "results": [{
            "title": "A Simulated Plumber", "description": "Does not exist", "phone": "+14155550141",
            "address": "2 Nowhere St", "rating": 4.9, "price_range": "$$", "url": "https://plumber.simulated.invalid",
        }],
        "credits_used": sim.decimal(500),
    }))
}

async fn history(State(sim): Ours, caller: Caller, params: Params) -> Answer {
    caller.needs("search:read")?;
    ok(json!({"searches": sim.kept("search", &params, |_| true)?}))
}

async fn sources(caller: Caller) -> Answer {
    caller.needs("search:read")?;
    ok(json!({"sources": [{"name": "simulated", "capabilities": ["web", "places"]}]}))
}
