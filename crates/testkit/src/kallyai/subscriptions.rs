//! Changes of plan (document 002) and billing pages (documents 000 and 003).

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{delete, get, post};
use bytes::Bytes;
use serde_json::{Value, json};

use super::caller::Caller;
use super::codes::Refused;
use super::collections::ok;
use super::state::SimState;
use crate::Shape;
use crate::host::Params;

type Answer = Result<Response, Refused>;
type Ours = State<Arc<SimState>>;

const PLANS: [&str; 4] = ["starter", "pro", "power", "business"];

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v1/subscriptions/change-plan", post(change))
        .route("/v1/subscriptions/pending-change", delete(keep))
        .route("/v1/stripe/plans", get(plans))
        .route("/v1/stripe/trial-checkout", post(checkout))
        .route("/v1/stripe/billing-portal", get(portal))
}

/// The downgrade that takes effect at the end of the period.
pub(crate) fn pending(sim: &SimState) -> Option<Value> {
    sim.kept("pending change", &Params::default(), |_| true).ok()?.pop()
}

/// The simulated user is on the plan `pro`, and stays there whatever is changed.
async fn change(State(sim): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("billing:manage")?;
    let fields = sim.object(&body, &["new_plan"])?;
    let wanted =
        fields["new_plan"].as_str().and_then(|plan| PLANS.iter().position(|known| *known == plan));
    let Some(wanted) = wanted else {
        return Err(sim.refuse("bad_request", "new_plan is not known"));
    };
    sim.hourly("change-plan", 3)?;
    if pending(&sim).is_some() {
        return Err(sim.refuse("pending_change_exists", "cancel it first"));
    }
    let change_type = match wanted {
        0 => "downgrade_scheduled",
        1 => "refresh",
        _ => "upgrade",
    };
    let (start, end) = {
        let account = sim.account.lock();
        (account.period_start.clone(), account.period_end.clone())
    };
    if change_type == "downgrade_scheduled" {
        sim.keep("pending change", json!({"new_plan": fields["new_plan"], "effective_date": end}));
    }
    ok(json!({
        "success": true, "change_type": change_type, "new_plan": fields["new_plan"], "bonus_minutes": 0,
        "new_period_start": start, "new_period_end": end,
    }))
}

async fn keep(State(sim): Ours, caller: Caller) -> Answer {
    caller.needs("billing:manage")?;
    let pending =
        pending(&sim).ok_or_else(|| sim.refuse("not_found", "there is no pending change"))?;
    sim.discard("pending change", pending["id"].as_str().unwrap_or_default())?;
    ok(
        json!({"success": true, "message": "Pending plan change canceled. Your current plan remains active."}),
    )
}

/// Public, as documents 000 and 001 say; no body is documented.
async fn plans() -> Answer {
    ok(json!({"plans": PLANS.map(|plan| json!({"id": plan, "name": plan}))}))
}

async fn checkout(State(sim): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("billing:manage")?;
    sim.object(&body, &["success_url", "cancel_url"])?;
    ok(
        json!({"checkout_url": "https://checkout.simulated.invalid/", "session_id": "cs_test_simulated"}),
    )
}

async fn portal(State(sim): Ours, caller: Caller) -> Answer {
    caller.needs("billing:manage")?;
    let name = match sim.config.shape {
        Shape::February2026 | Shape::Assistant => "portal_url",
        Shape::January2026 => "url",
    };
    ok(json!({name: "https://billing.simulated.invalid/"}))
}
