//! Email management endpoints (document 002). One simulated account is connected; no email is sent
//! or received.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{delete, get, post};
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
        .route("/v1/email/accounts", get(accounts))
        .route("/v1/email/accounts/{id}", delete(disconnect))
        .route("/v1/email/oauth/gmail/url", get(gmail))
        .route("/v1/email/oauth/outlook/url", get(outlook))
        .route("/v1/email/messages", get(messages))
        .route("/v1/email/messages/{id}", get(read))
        .route("/v1/email/messages/{id}/respond", post(respond))
        .route("/v1/email/voice-profile", get(voice))
        .route("/v1/email/voice-profile/train", post(train))
}

/// Adds one account and one message to the mailbox.
pub(crate) fn add_samples(sim: &SimState) {
    let now = sim.host.timeline.rfc3339();
    let account = json!({
        "provider": "gmail", "email": "user@simulated.invalid", "connected_at": now, "status": "active",
    });
    sim.keep("email account", account);
    let message = json!({
        "from": "doctor@simulated.invalid", "subject": "Appointment", "classification": "important",
        "headers": {}, "body": "Can you come at two?", "attachments": [], "received_at": now,
    });
    sim.keep("email", message);
}

async fn accounts(State(sim): Ours, caller: Caller, params: Params) -> Answer {
    caller.needs("email:read")?;
    ok(json!({"accounts": sim.kept("email account", &params, |_| true)?}))
}

async fn disconnect(State(sim): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("email:write")?;
    sim.discard("email account", &id)?;
    ok(json!({"success": true}))
}

async fn gmail(caller: Caller) -> Answer {
    caller.needs("email:write")?;
    ok(json!({"url": "https://gmail.simulated.invalid/oauth"}))
}

async fn outlook(caller: Caller) -> Answer {
    caller.needs("email:write")?;
    ok(json!({"url": "https://outlook.simulated.invalid/oauth"}))
}

async fn messages(State(sim): Ours, caller: Caller, params: Params) -> Answer {
    caller.needs("email:read")?;
    let wanted = params.get("classification");
    ok(
        json!({"messages": sim.kept("email", &params, |one| wanted.is_none_or(|kind| one["classification"] == kind))?}),
    )
}

async fn read(State(sim): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("email:read")?;
    ok(sim.find("email", &id, "not_found")?)
}

async fn respond(State(sim): Ours, caller: Caller, Path(id): Path<String>, body: Bytes) -> Answer {
    caller.needs("email:write")?;
    sim.object(&body, &["instructions"])?;
    sim.find("email", &id, "not_found")?;
    if sim.kept("email account", &Params::default(), |_| true)?.is_empty() {
        return Err(sim.refuse("email_not_connected", "connect an account first"));
    }
    ok(json!({"message_id": id, "response": "A simulated answer.", "status": "pending_approval"}))
}

async fn voice(caller: Caller) -> Answer {
    caller.needs("email:read")?;
    ok(json!({"profile": {"tone": "friendly", "trained": false}}))
}

async fn train(caller: Caller) -> Answer {
    caller.needs("email:write")?;
    ok(json!({"success": true, "status": "training"}))
}
