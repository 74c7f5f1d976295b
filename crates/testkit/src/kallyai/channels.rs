//! Channel endpoints (document 002).

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use bytes::Bytes;
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::caller::Caller;
use super::codes::Refused;
use super::collections::{created, ok};
use super::state::SimState;
use crate::host::Params;

type Answer = Result<Response, Refused>;
type Ours = State<Arc<SimState>>;

const MAILBOX: &str = "assistant-sim@kallyai.invalid";

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v1/channels/status", get(status))
        .route("/v1/channels/mailbox", get(mailbox))
        .route("/v1/channels/email/add", post(add))
        .route("/v1/channels/email/list", get(list))
        .route("/v1/channels/email/verify", get(verify))
        .route("/v1/channels/email/{id}", put(update).delete(remove))
        .route("/v1/channels/webhook/{channel}/connect", post(connect))
        .route("/v1/channels/webhook/{channel}/test", post(test))
        .route("/v1/channels/disconnect/{channel}", post(disconnect))
}

fn emails(sim: &SimState) -> Result<Vec<Value>, Refused> {
    sim.kept("contact email", &Params::default(), |_| true)
}

fn connected(sim: &SimState, channel: &str) -> Result<Option<Value>, Refused> {
    Ok(sim.kept("channel", &Params::default(), |one| one["channel"] == channel)?.pop())
}

async fn status(State(sim): Ours, _: Caller) -> Answer {
    let emails = emails(&sim)?;
    let mut channels = Vec::new();
    for channel in ["whatsapp", "telegram", "linkedin", "instagram", "twitter"] {
        let one = connected(&sim, channel)?.unwrap_or_default();
        channels.push(json!({
            "channel": channel, "connected": !one.is_null(), "account_name": one["account_name"],
            "connected_at": one["created_at"],
        }));
    }
    ok(json!({
        "channels": channels,
        "email": {
            "connected": !emails.is_empty(), "contact_count": emails.len(),
            "primary_email": emails.first().map(|email| email["email_address"].clone()), "kally_mailbox": MAILBOX,
        },
    }))
}

async fn mailbox(_: Caller) -> Answer {
    ok(json!({"mailbox": MAILBOX, "user_id": "sim"}))
}

async fn add(State(sim): Ours, _: Caller, body: Bytes) -> Answer {
    let fields = sim.object(&body, &["email_address"])?;
    if emails(&sim)?.iter().any(|email| email["email_address"] == fields["email_address"]) {
        return Err(sim.refuse("conflict", "the address is registered already"));
    }
    created(sim.keep(
        "contact email",
        json!({
            "email_address": fields["email_address"], "label": fields.get("label"),
            "is_primary": fields.get("is_primary").and_then(Value::as_bool).unwrap_or(false),
            "receives_copies": true, "receives_notifications": true, "verified": false, "verified_at": null,
        }),
    ))
}

async fn list(State(sim): Ours, _: Caller) -> Answer {
    let emails = emails(&sim)?;
    ok(json!({"total": emails.len(), "emails": emails, "kally_mailbox": MAILBOX}))
}

/// Public, as documented. The token of the simulator is the id of the address.
async fn verify(State(sim): Ours, params: Params) -> Answer {
    let now = sim.host.timeline.rfc3339();
    let verified =
        sim.alter("contact email", params.get("token").unwrap_or_default(), "not_found", |email| {
            email.insert("verified".to_owned(), true.into());
            email.insert("verified_at".to_owned(), now.into());
            Ok(())
        });
    let outcome = if verified.is_ok() { "success" } else { "error" };
    let location = format!("https://app.simulated.invalid/settings?email_verification={outcome}");
    Ok((StatusCode::FOUND, [(header::LOCATION, location)]).into_response())
}

async fn update(State(sim): Ours, _: Caller, Path(id): Path<String>, body: Bytes) -> Answer {
    ok(sim.merge("contact email", &id, sim.object(&body, &[])?)?)
}

async fn remove(State(sim): Ours, _: Caller, Path(id): Path<String>) -> Answer {
    sim.discard("contact email", &id)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The account for these credentials, which are checked and not stored.
fn account(sim: &SimState, channel: &str, body: &[u8]) -> Result<&'static str, Refused> {
    match channel {
        "telegram" => sim.object(body, &["bot_token"]).map(|_| "@SimulatedBot"),
        "whatsapp" => {
            sim.object(body, &["phone_number_id", "access_token"]).map(|_| "Simulated WhatsApp")
        }
        _ => Err(sim.refuse("bad_request", "the channel must be telegram or whatsapp")),
    }
}

async fn connect(State(sim): Ours, _: Caller, Path(channel): Path<String>, body: Bytes) -> Answer {
    let name = account(&sim, &channel, &body)?;
    sim.keep("channel", json!({"channel": channel, "account_name": name}));
    ok(json!({"success": true, "channel": channel, "account_name": name}))
}

async fn test(State(sim): Ours, _: Caller, Path(channel): Path<String>, body: Bytes) -> Answer {
    let name = account(&sim, &channel, &body)?;
    ok(json!({"success": true, "account_name": name}))
}

async fn disconnect(State(sim): Ours, _: Caller, Path(channel): Path<String>) -> Answer {
    let one = connected(&sim, &channel)?
        .ok_or_else(|| sim.refuse("not_found", "the channel is not connected"))?;
    sim.discard("channel", one["id"].as_str().unwrap_or_default())?;
    ok(json!({"success": true, "channel": channel}))
}
