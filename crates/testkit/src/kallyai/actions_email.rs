//! Email actions (document 002): queued, approved, cancelled. Nothing is ever sent.

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

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v1/actions/email/send", post(send))
        .route("/v1/actions/email/outbox", get(outbox))
        .route("/v1/actions/email/{id}/approve", post(approve))
        .route("/v1/actions/email/{id}/cancel", post(cancel))
        .route("/v1/actions/email/{id}/replies", get(replies))
}

async fn send(State(sim): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("email:write")?;
    let mut fields = sim.object(&body, &["to", "subject", "body"])?;
    fields.insert("status".to_owned(), "pending_approval".into());
    created(sim.keep("outgoing email", Value::Object(fields)))
}

async fn outbox(State(sim): Ours, caller: Caller, params: Params) -> Answer {
    caller.needs("email:read")?;
    ok(json!({"emails": sim.kept("outgoing email", &params, |_| true)?}))
}

async fn approve(State(sim): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    settle(&sim, &caller, &id, "sent")
}

async fn cancel(State(sim): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    settle(&sim, &caller, &id, "cancelled")
}

fn settle(sim: &SimState, caller: &Caller, id: &str, status: &str) -> Answer {
    caller.needs("email:write")?;
    ok(sim.alter("outgoing email", id, "not_found", |email| {
        if email["status"] != "pending_approval" {
            return Err(sim.refuse("conflict", "the email is not waiting for approval"));
        }
        email.insert("status".to_owned(), status.into());
        Ok(())
    })?)
}

async fn replies(State(sim): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("email:read")?;
    sim.find("outgoing email", &id, "not_found")?;
    ok(json!({"replies": []}))
}
