//! Credits endpoints (document 002): the only unit in which KallyAI bills.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::caller::Caller;
use super::codes::Refused;
use super::state::SimState;
use crate::host::Params;

type Answer = Result<Response, Refused>;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v1/credits/balance", get(balance))
        .route("/v1/credits/history", get(history))
        .route("/v1/credits/costs", get(costs))
        .route("/v1/credits/breakdown", get(breakdown))
        .route("/v1/credits/plans", get(plans))
}

async fn balance(State(sim): State<Arc<SimState>>, caller: Caller) -> Answer {
    caller.needs("credits:read")?;
    let account = sim.account.lock();
    Ok(Json(json!({
        "credits_remaining": sim.decimal(account.left()), "credits_used": sim.decimal(account.used),
        "credits_allocated": sim.decimal(account.allocated), "plan_type": "pro",
        "period_start": account.period_start, "period_end": account.period_end,
    }))
    .into_response())
}

async fn history(State(sim): State<Arc<SimState>>, caller: Caller, params: Params) -> Answer {
    caller.needs("credits:read")?;
    let limit = params
        .number("limit", 50)
        .map_err(|()| sim.refuse("bad_request", "limit must be a whole number"))?;
    let account = sim.account.lock();
    let entries: Vec<Value> = account
        .entries
        .iter()
        .rev()
        .take(limit)
        .map(|entry| {
            json!({
                "id": sim.seed.uuid(&format!("credit/{}", entry.call_id)), "type": "call",
                "description": format!("Phone call {}", entry.call_id), "credits": sim.decimal(entry.cost),
                "timestamp": entry.at, "goal_id": Value::Null,
            })
        })
        .collect();
    Ok(Json(json!({"entries": entries})).into_response())
}

/// Public, as documented.
async fn costs(State(sim): State<Arc<SimState>>) -> Json<Value> {
    let decimal = |thousandths| sim.decimal(thousandths);
    Json(json!({"costs": {
        "call": {"base": decimal(1000), "per_minute": decimal(100)},
        "search": {"per_query": decimal(500)}, "email_send": {"per_email": decimal(300)},
        "booking": {"per_booking": decimal(500)}, "bill_analysis": {"per_analysis": decimal(1000)},
        "ride": {"per_request": decimal(500)}, "food": {"per_order": decimal(500)},
        "errand": {"per_errand": decimal(1000)},
    }}))
}

async fn breakdown(State(sim): State<Arc<SimState>>, caller: Caller) -> Answer {
    caller.needs("credits:read")?;
    let account = sim.account.lock();
    Ok(Json(json!({
        "items": [{
            "action_type": "call", "credits_total": sim.decimal(account.used),
            "transaction_count": account.entries.len(),
        }],
        "total_spent": sim.decimal(account.used),
        "period_start": account.period_start, "period_end": account.period_end,
    }))
    .into_response())
}

/// Public, as documented. The overage rates are strings there.
async fn plans() -> Json<Value> {
    let plan = |name: &str, credits: u32, price: u32, overage: &str| json!({"name": name, "credits_allocated": credits, "price_monthly": price, "overage_rate": overage});
    Json(json!({"plans": {
        "starter": plan("Starter", 200, 19, "0.15"), "pro": plan("Pro", 600, 49, "0.10"),
        "power": plan("Power", 1500, 99, "0.08"), "business": plan("Business", 4500, 249, "0.05"),
    }}))
}
