//! Search endpoints (document 002). Every search finds the same simulated plumber.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use serde_json::json;

use super::codes::Refused;
use super::shelves::ok;
use super::tokens::Caller;
use super::world::World;
use crate::host::Params;

type Answer = Result<Response, Refused>;
type Ours = State<Arc<World>>;

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/v1/search", post(search))
        .route("/v1/search/quick", post(search))
        .route("/v1/search/history", get(history))
        .route("/v1/search/sources", get(sources))
}

async fn search(State(world): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("search:read")?;
    let fields = world.object(&body, &["query"])?;
    world.keep("search", json!({"query": fields["query"]}));
    ok(json!({
        "results": [{
            "title": "A Simulated Plumber", "description": "Does not exist", "phone": "+14155550141",
            "address": "2 Nowhere St", "rating": 4.9, "price_range": "$$", "url": "https://plumber.simulated.invalid",
        }],
        "credits_used": world.decimal(500),
    }))
}

async fn history(State(world): Ours, caller: Caller, params: Params) -> Answer {
    caller.needs("search:read")?;
    ok(json!({"searches": world.kept("search", &params, |_| true)?}))
}

async fn sources(caller: Caller) -> Answer {
    caller.needs("search:read")?;
    ok(json!({"sources": [{"name": "simulated", "capabilities": ["web", "places"]}]}))
}
