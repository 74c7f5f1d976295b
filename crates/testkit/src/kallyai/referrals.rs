//! Referral endpoints (document 002), with the two documented limits for callers without a token.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use serde_json::{Value, json};

use super::caller::Caller;
use super::codes::Refused;
use super::collections::{created, ok};
use super::state::SimState;
use crate::host::Params;

type Answer = Result<Response, Refused>;
type Ours = State<Arc<SimState>>;

const CODE: &str = "SIM123";

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v1/referrals/code", get(code))
        .route("/v1/referrals/stats", get(stats))
        .route("/v1/referrals/history", get(history))
        .route("/v1/referrals/validate/{code}", get(validate))
        .route("/v1/referrals/track", post(track))
}

async fn code(State(sim): Ours, _: Caller) -> Answer {
    ok(json!({
        "code": CODE, "is_active": true, "share_url": format!("https://simulated.invalid/?ref={CODE}"),
        "created_at": sim.host.timeline.rfc3339(),
    }))
}

async fn stats(State(sim): Ours, _: Caller) -> Answer {
    let total = sim.kept("referral", &Params::default(), |_| true)?.len();
    ok(json!({
        "total_referrals": total, "pending": total, "converted": 0, "total_reward_minutes": 0,
        "total_reward_credits": sim.decimal(0),
    }))
}

async fn history(State(sim): Ours, _: Caller, params: Params) -> Answer {
    ok(json!({"referrals": sim.kept("referral", &params, |_| true)?}))
}

/// Public: 20 requests per hour. All callers of a simulator have the same address.
async fn validate(State(sim): Ours, Path(code): Path<String>) -> Answer {
    sim.hourly("referral validate", 20)?;
    ok(json!({"valid": code == CODE, "code": code}))
}

/// Public: 10 requests per hour.
async fn track(State(sim): Ours, body: Bytes) -> Answer {
    sim.hourly("referral track", 10)?;
    let fields = sim.object(&body, &["code"])?;
    if fields["code"] != CODE {
        return Err(sim.refuse("bad_request", "the code is not known"));
    }
    sim.keep(
        "referral",
        json!({
            "referred_email": fields.get("email"), "status": "pending", "referrer_reward_minutes": 0,
            "referred_reward_minutes": 0, "referrer_reward_credits": sim.decimal(0),
            "referred_reward_credits": sim.decimal(0), "converted_at": Value::Null,
        }),
    );
    created(json!({"tracked": true, "message": "Referral tracked successfully"}))
}
