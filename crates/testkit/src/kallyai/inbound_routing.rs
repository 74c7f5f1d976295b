//! Routing rules, voicemails and contacts of the inbound section (document 002). No answer is
//! documented.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post, put};
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
        .route("/v1/inbound/rules", get(rules).post(add_rule))
        .route("/v1/inbound/rules/{id}", put(change_rule).delete(drop_rule))
        .route("/v1/inbound/voicemails", get(voicemails))
        .route("/v1/inbound/voicemails/{id}", get(voicemail))
        .route("/v1/inbound/voicemails/{id}/playback", get(playback))
        .route("/v1/inbound/contacts", get(contacts).post(add_contact))
        .route("/v1/inbound/contacts/import", post(import))
        .route("/v1/inbound/contacts/{id}", put(change_contact).delete(drop_contact))
}

/// Puts the first voicemail into the box.
pub(crate) fn furnish(world: &World) {
    world.keep(
        "voicemail",
        json!({"caller_name": "Simulated caller", "duration_seconds": 12.5, "transcript": "Please call me back.", "is_read": false}),
    );
}

/// Ordered by priority, as documented; the highest first, which is not.
async fn rules(State(world): Ours, _: Caller, params: Params) -> Answer {
    let mut rules = world.kept("rule", &params, |_| true)?;
    rules.sort_by_key(|rule| std::cmp::Reverse(rule["priority"].as_i64().unwrap_or(0)));
    ok(json!({"rules": rules}))
}

async fn add_rule(State(world): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("calls:write")?;
    let fields = world.object(&body, &["name", "action"])?;
    created(world.keep("rule", Value::Object(fields)))
}

async fn change_rule(
    State(world): Ours,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    caller.needs("calls:write")?;
    ok(world.merge("rule", &id, world.object(&body, &[])?)?)
}

async fn drop_rule(State(world): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("calls:write")?;
    world.discard("rule", &id)?;
    ok(json!({"success": true}))
}

async fn voicemails(State(world): Ours, _: Caller, params: Params) -> Answer {
    ok(json!({"voicemails": world.kept("voicemail", &params, |_| true)?}))
}

async fn voicemail(State(world): Ours, _: Caller, Path(id): Path<String>) -> Answer {
    ok(world.find("voicemail", &id, "not_found")?)
}

async fn playback(State(world): Ours, _: Caller, Path(id): Path<String>) -> Answer {
    world.find("voicemail", &id, "not_found")?;
    ok(json!({"url": format!("https://storage.simulated.invalid/voicemails/{id}.mp3")}))
}

async fn contacts(State(world): Ours, _: Caller, params: Params) -> Answer {
    ok(json!({"contacts": world.kept("contact", &params, |_| true)?}))
}

async fn add_contact(State(world): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("calls:write")?;
    let fields = world.object(&body, &["name", "phone_number"])?;
    created(world.keep("contact", Value::Object(fields)))
}

async fn change_contact(
    State(world): Ours,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    caller.needs("calls:write")?;
    ok(world.merge("contact", &id, world.object(&body, &[])?)?)
}

async fn drop_contact(State(world): Ours, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.needs("calls:write")?;
    world.discard("contact", &id)?;
    ok(json!({"success": true}))
}

async fn import(State(world): Ours, caller: Caller, body: Bytes) -> Answer {
    caller.needs("calls:write")?;
    let source = world.object(&body, &["source"])?["source"].clone();
    ok(json!({"success": true, "source": source, "imported": 0}))
}
