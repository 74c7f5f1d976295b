//! Email actions (document 002): queued, approved, cancelled. Nothing is ever sent.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use serde_json::{Value, json};

use super::codes::Refused;
use super::shelves::{created, ok};
use super::tokens::Caller;
use super::world::World;
use crate::host::Params;

type Answer = Result<Response, Refused>;
type Ours = State<Arc<World>>;

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/v1/actions/email/send", post(send))
        .route("/v1/actions/email/outbox", get(outbox))
        .route("/v1/actions/email/{id}/approve", post(approve))
        .route("/v1/actions/email/{id}/cancel", post(cancel))
        .route("/v1/actions/email/{id}/replies", get(replies))
}

async fn send(State(world): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("email:write")?;
    let mut fields = world.object(&body, &["to", "subject", "body"])?;
    fields.insert("status".to_owned(), "pending_approval".into());
    created(world.keep("outgoing email", Value::Object(fields)))
}

async fn outbox(State(world): Ours, caller: Caller, params: Params) -> Answer {
    caller.needs("email:read")?;
    ok(json!({"emails": world.kept("outgoing email", &params, |_| true)?}))
}

async fn approve(State(world): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    settle(&world, &caller, &id, "sent")
}

async fn cancel(State(world): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    settle(&world, &caller, &id, "cancelled")
}

fn settle(world: &World, caller: &Caller, id: &str, status: &str) -> Answer {
    caller.needs("email:write")?;
    ok(world.alter("outgoing email", id, "not_found", |email| {
        if email["status"] != "pending_approval" {
            return Err(world.refuse("conflict", "the email is not waiting for approval"));
        }
        email.insert("status".to_owned(), status.into());
        Ok(())
    })?)
}

async fn replies(State(world): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("email:read")?;
    world.find("outgoing email", &id, "not_found")?;
    ok(json!({"replies": []}))
}
