//! Messages endpoints (document 002). The inbox initially contains one simulated message.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use serde_json::{Value, json};

use super::caller::Caller;
use super::codes::Refused;
use super::collections::ok;
use super::state::SimState;
use crate::host::Params;

type Answer = Result<Response, Refused>;
type Ours = State<Arc<SimState>>;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v1/messages/inbox", get(inbox))
        .route("/v1/messages/inbox/{id}", get(read))
        .route("/v1/messages/conversation/{id}", get(thread))
        .route("/v1/messages/mark-read", post(mark_read))
}

/// Adds the first message to the inbox.
pub(crate) fn add_samples(sim: &SimState) {
    sim.keep(
        "inbox message",
        json!({
            "from": "doctor@simulated.invalid", "subject": "Appointment confirmed", "channel": "email",
            "preview": "Your appointment is confirmed for...", "unread": true, "conversation_id": "c_sim_1",
            "received_at": sim.host.timeline.rfc3339(),
        }),
    );
}

async fn inbox(State(sim): Ours, caller: Caller, params: Params) -> Answer {
    caller.needs("messages:read")?;
    let passes = |message: &Value| {
        params.get("channel").is_none_or(|channel| message["channel"] == channel)
            && (params.get("unread") != Some("true") || message["unread"] == true)
    };
    ok(json!({"messages": sim.kept("inbox message", &params, passes)?}))
}

async fn read(State(sim): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("messages:read")?;
    let mut message = sim.find("inbox message", &id, "not_found")?;
    message["body"] = "Your appointment is confirmed for tomorrow.".into();
    ok(message)
}

async fn thread(State(sim): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("messages:read")?;
    let messages =
        sim.kept("inbox message", &Params::default(), |message| message["conversation_id"] == id)?;
    ok(json!({"conversation_id": id, "messages": messages}))
}

async fn mark_read(State(sim): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("messages:write")?;
    let fields = sim.object(&body, &["message_ids"])?;
    let mut updated = 0;
    for id in fields["message_ids"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        sim.alter("inbox message", id, "not_found", |message| {
            message.insert("unread".to_owned(), false.into());
            Ok(())
        })?;
        updated += 1;
    }
    ok(json!({"success": true, "updated": updated}))
}
