//! The user's subscription and statistics (documents 000, 002, 003) and pending notifications
//! (document 002).

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::caller::Caller;
use super::codes::Refused;
use super::state::SimState;
use super::subscriptions;

type Answer = Result<Response, Refused>;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v1/users/me/subscription", get(subscription))
        .route("/v1/users/me/statistics", get(statistics))
        .route("/v1/subscriptions/status", get(status))
        .route("/v1/notifications/pending", get(notifications))
}

async fn subscription(State(sim): State<Arc<SimState>>, caller: Caller) -> Answer {
    caller.needs("subscription:read")?;
    let account = sim.account.lock();
    Ok(Json(json!({
        "has_active_subscription": true, "provider": "stripe",
        "plan": {"type": "personal", "period": "monthly", "minutes_included": 210},
        "status": "active", "expires_at": account.period_end, "auto_renew": true,
        "management_url": "https://billing.simulated.invalid/",
    }))
    .into_response())
}

async fn statistics(State(sim): State<Arc<SimState>>, caller: Caller) -> Answer {
    caller.needs("subscription:read")?;
    let tenths: u64 = {
        let calls = sim.calls.lock();
        calls.records.iter().map(|record| record.life.talked_tenths(sim.host.timeline)).sum()
    };
    let minutes = tenths.div_ceil(600);
    let account = sim.account.lock();
    Ok(Json(json!({
        "plan_type": "personal", "minutes_allocated": 210, "minutes_used": minutes,
        "minutes_remaining": 210_u64.saturating_sub(minutes),
        "calls_allocated": 35, "calls_used": account.calls(),
        "calls_remaining": 35_usize.saturating_sub(account.calls()),
        "period_start": account.period_start, "period_end": account.period_end,
        "usage_percentage": sim.decimal(minutes * 100_000 / 210), "subscription_status": "active",
    }))
    .into_response())
}

async fn status(State(sim): State<Arc<SimState>>, caller: Caller) -> Answer {
    caller.needs("subscription:read")?;
    let pending = subscriptions::pending(&sim);
    let account = sim.account.lock();
    Ok(Json(json!({
        "plan_type": "pro", "status": "active", "current_period_start": account.period_start,
        "current_period_end": account.period_end, "pending_change": pending,
    }))
    .into_response())
}

async fn notifications(State(sim): State<Arc<SimState>>, _: Caller) -> Json<Value> {
    let inbox = sim.inbound.inbox();
    Json(json!({
        "actions": {"count": 0, "items": []},
        "goals": {"count": 0, "items": []},
        "inbox": {"count": inbox.len(), "items": inbox},
        "total_pending": inbox.len(),
        "active_goal": Value::Null,
        "generated_at": sim.host.timeline.rfc3339(),
    }))
}
