//! Email management endpoints (document 002). One simulated account is connected; there is no mail
//! behind it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{delete, get, post};
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

/// Puts one account and one message into the mailbox.
pub(crate) fn furnish(world: &World) {
    let now = world.host.timeline.rfc3339();
    let account = json!({
        "provider": "gmail", "email": "user@simulated.invalid", "connected_at": now, "status": "active",
    });
    world.keep("email account", account);
    let message = json!({
        "from": "doctor@simulated.invalid", "subject": "Appointment", "classification": "important",
        "headers": {}, "body": "Can you come at two?", "attachments": [], "received_at": now,
    });
    world.keep("email", message);
}

async fn accounts(State(world): Ours, caller: Caller, params: Params) -> Answer {
    caller.needs("email:read")?;
    ok(json!({"accounts": world.kept("email account", &params, |_| true)?}))
}

async fn disconnect(State(world): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("email:write")?;
    world.discard("email account", &id)?;
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

async fn messages(State(world): Ours, caller: Caller, params: Params) -> Answer {
    caller.needs("email:read")?;
    let wanted = params.get("classification");
    ok(
        json!({"messages": world.kept("email", &params, |one| wanted.is_none_or(|kind| one["classification"] == kind))?}),
    )
}

async fn read(State(world): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("email:read")?;
    ok(world.find("email", &id, "not_found")?)
}

async fn respond(
    State(world): Ours,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    caller.needs("email:write")?;
    world.object(&body, &["instructions"])?;
    world.find("email", &id, "not_found")?;
    if world.kept("email account", &Params::default(), |_| true)?.is_empty() {
        return Err(world.refuse("email_not_connected", "connect an account first"));
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
