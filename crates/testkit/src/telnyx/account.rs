//! Balance, bills, the outbound voice profile, and health.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::caller::Caller;
use super::codes::{Answer, Refused};
use super::pages::page;
use super::state::{SimState, iso};
use super::steps::cost;
use crate::host::Params;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v2/balance", get(balance))
        .route("/v2/detail_records", get(bills))
        .route("/v2/outbound_voice_profiles", get(profiles))
        .route("/v2/outbound_voice_profiles/{id}", get(read_profile))
        .route("/health", get(health))
        .route("/", get(health))
}

async fn balance(State(sim): State<Arc<SimState>>, _: Caller) -> Answer {
    let credits = format!("{}.00", sim.config.credits);
    Ok(Json(json!({"data": {
        "record_type": "balance", "balance": credits, "available_credit": credits,
        "credit_limit": "0.00", "currency": "USD",
    }}))
    .into_response())
}

/// The bills of calls, which come late.
async fn bills(State(sim): State<Arc<SimState>>, _: Caller, params: Params) -> Answer {
    let calls = sim.calls.lock();
    let rows = calls
        .records
        .iter()
        .filter(|record| record.settled && record.course.dialled.is_some())
        .map(|record| {
            let cost = cost(record, &sim);
            json!({
                "record_type": "call-control", "call_leg_id": record.leg,
                "call_session_id": record.session, "cli": record.wanted.from,
                "cld": record.wanted.to, "cost": cost["total_cost"], "currency": "USD",
                "call_sec": record.course.talked(sim.host.timeline).as_secs(),
                "created_at": iso(record.made),
            })
        })
        .collect();
    page(rows, &params)
}

fn profile(sim: &SimState) -> Value {
    json!({
        "record_type": "outbound_voice_profile", "id": sim.first("profile"), "enabled": true,
        "name": "Simulated", "whitelisted_destinations": sim.config.countries,
        "concurrent_call_limit": sim.concurrency(), "daily_spend_limit": null,
        "max_destination_rate": null, "calling_window": null,
    })
}

async fn profiles(State(sim): State<Arc<SimState>>, _: Caller, params: Params) -> Answer {
    page(vec![profile(&sim)], &params)
}

async fn read_profile(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Path(id): Path<String>,
) -> Answer {
    let profile = profile(&sim);
    if profile["id"] != id.as_str() {
        return Err(Refused::unknown("the profile"));
    }
    Ok(Json(json!({"data": profile})).into_response())
}

async fn health() -> Json<Value> {
    Json(json!({
        "status": "ok", "simulated": true, "provider": "telnyx",
        "notice": "This is a simulation of Telnyx' documented HTTP API. There is no telephone behind it.",
    }))
}
