//! Routing rules, voicemails and contacts of the inbound section (document 002). No responses are
//! documented.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post, put};
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
        .route("/v1/inbound/rules", get(rules).post(add_rule))
        .route("/v1/inbound/rules/{id}", put(change_rule).delete(drop_rule))
        .route("/v1/inbound/voicemails", get(voicemails))
        .route("/v1/inbound/voicemails/{id}", get(voicemail))
        .route("/v1/inbound/voicemails/{id}/playback", get(playback))
        .route("/v1/inbound/contacts", get(contacts).post(add_contact))
        .route("/v1/inbound/contacts/import", post(import))
        .route("/v1/inbound/contacts/{id}", put(change_contact).delete(drop_contact))
}

/// Adds the first voicemail.
pub(crate) fn add_samples(sim: &SimState) {
    sim.keep(
        "voicemail",
        json!({"caller_name": "Simulated caller", "duration_seconds": 12.5, "transcript": "Please call me back.", "is_read": false}),
    );
}

/// Ordered by priority, as documented. That the highest comes first is an assumption.
async fn rules(State(sim): Ours, _: Caller, params: Params) -> Answer {
    let mut rules = sim.kept("rule", &params, |_| true)?;
    rules.sort_by_key(|rule| std::cmp::Reverse(rule["priority"].as_i64().unwrap_or(0)));
    ok(json!({"rules": rules}))
}

async fn add_rule(State(sim): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("calls:write")?;
    let fields = sim.object(&body, &["name", "action"])?;
    created(sim.keep("rule", Value::Object(fields)))
}

async fn change_rule(
    State(sim): Ours,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    caller.needs("calls:write")?;
    ok(sim.merge("rule", &id, sim.object(&body, &[])?)?)
}

async fn drop_rule(State(sim): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("calls:write")?;
    sim.discard("rule", &id)?;
    ok(json!({"success": true}))
}

async fn voicemails(State(sim): Ours, _: Caller, params: Params) -> Answer {
    ok(json!({"voicemails": sim.kept("voicemail", &params, |_| true)?}))
}

async fn voicemail(State(sim): Ours, _: Caller, Path(id): Path<String>) -> Answer {
    ok(sim.find("voicemail", &id, "not_found")?)
}

async fn playback(State(sim): Ours, _: Caller, Path(id): Path<String>) -> Answer {
    sim.find("voicemail", &id, "not_found")?;
    ok(json!({"url": format!("https://storage.simulated.invalid/voicemails/{id}.mp3")}))
}

async fn contacts(State(sim): Ours, _: Caller, params: Params) -> Answer {
    ok(json!({"contacts": sim.kept("contact", &params, |_| true)?}))
}

async fn add_contact(State(sim): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("calls:write")?;
    let fields = sim.object(&body, &["name", "phone_number"])?;
    created(sim.keep("contact", Value::Object(fields)))
}

async fn change_contact(
    State(sim): Ours,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    caller.needs("calls:write")?;
    ok(sim.merge("contact", &id, sim.object(&body, &[])?)?)
}

async fn drop_contact(State(sim): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("calls:write")?;
    sim.discard("contact", &id)?;
    ok(json!({"success": true}))
}

async fn import(State(sim): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("calls:write")?;
    let source = sim.object(&body, &["source"])?["source"].clone();
    ok(json!({"success": true, "source": source, "imported": 0}))
}
