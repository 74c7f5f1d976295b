//! Outreach endpoints (document 002).
//!
//! A task that executes automatically and whose recipient is a phone number is a phone call: it
//! rings and is in the ledger. Retrying it rings again.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::codes::Refused;
use super::collections::{created, ok};
use super::dial::Placed;
use super::state::SimState;
use super::validate::{self, Accepted};
use crate::countries;
use crate::host::{Params, RequestContext};

type Answer = Result<Response, Refused>;
type Ours = State<Arc<SimState>>;
type Context = Extension<RequestContext>;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v1/outreach/tasks", get(list).post(create))
        .route("/v1/outreach/tasks/{id}", get(read))
        .route("/v1/outreach/tasks/{id}/retry", post(retry))
        .route("/v1/outreach/tasks/{id}/cancel", post(cancel))
}

async fn list(State(sim): Ours, _: Caller, params: Params) -> Answer {
    let wanted: Option<Vec<&str>> = params.get("status").map(|words| words.split(',').collect());
    let passes = |task: &Value| {
        let status = task["status"].as_str().unwrap_or_default();
        wanted.as_ref().is_none_or(|wanted| wanted.contains(&status))
    };
    let tasks = sim.kept("outreach task", &params, passes)?;
    ok(json!({"total": tasks.len(), "tasks": tasks, "has_more": false}))
}

async fn read(State(sim): Ours, _: Caller, Path(id): Path<String>) -> Answer {
    ok(sim.find("outreach task", &id, "not_found")?)
}

/// Calls the recipient if it is a phone number, and returns the channel.
fn execute(
    sim: &Arc<SimState>,
    recipient: &str,
    goal: &str,
    context: &RequestContext,
) -> Result<&'static str, Refused> {
    if !countries::is_e164(recipient) {
        return Ok("email");
    }
    validate::callee(sim, recipient)?;
    let mut submission = Map::new();
    submission.insert("respondent_phone".to_owned(), recipient.into());
    submission.insert("task_description".to_owned(), goal.into());
    submission.insert("task_category".to_owned(), "general".into());
    match sim.place(Accepted { to: recipient.to_owned(), submission, session_id: None }, context) {
        Placed::Follow(_) => Ok("call"),
        Placed::Running => {
            Err(sim.refuse("conflict", "a request with this Idempotency-Key is running"))
        }
        Placed::NoLedger => {
            Err(sim.refuse("internal_error", "the ring ledger could not be written"))
        }
    }
}

async fn create(State(sim): Ours, _: Caller, Extension(context): Context, body: Bytes) -> Answer {
    let fields = sim.object(&body, &["goal", "recipient_identifier"])?;
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let runs = fields.get("auto_execute").and_then(Value::as_bool).unwrap_or(false);
    let channel = if runs {
        Some(execute(&sim, text("recipient_identifier"), text("goal"), &context)?)
    } else {
        None
    };
    let now = sim.host.timeline.rfc3339();
    let attempts: Vec<Value> = channel
        .iter()
        .map(|channel| json!({"channel": channel, "status": "in_progress", "started_at": now}))
        .collect();
    created(sim.keep(
        "outreach task",
        json!({
            "goal": text("goal"), "recipient_identifier": text("recipient_identifier"),
            "recipient_name": fields.get("recipient_name"), "urgency": fields.get("urgency"),
            "status": if runs { "in_progress" } else { "pending" }, "selected_channel": channel,
            "completed_via_channel": null, "completion_summary": null, "updated_at": now, "attempts": attempts,
        }),
    ))
}

async fn retry(
    State(sim): Ours,
    _: Caller,
    Extension(context): Context,
    Path(id): Path<String>,
) -> Answer {
    let task = sim.find("outreach task", &id, "not_found")?;
    let text = |name: &str| task[name].as_str().unwrap_or_default();
    if !matches!(text("status"), "failed" | "pending" | "cancelled") {
        return Err(sim.refuse("conflict", "only a failed or waiting task can be tried again"));
    }
    let channel = execute(&sim, text("recipient_identifier"), text("goal"), &context)?;
    ok(sim.alter("outreach task", &id, "not_found", |task| {
        task.insert("status".to_owned(), "in_progress".into());
        task.insert("selected_channel".to_owned(), channel.into());
        Ok(())
    })?)
}

async fn cancel(State(sim): Ours, _: Caller, Path(id): Path<String>) -> Answer {
    ok(sim.alter("outreach task", &id, "not_found", |task| {
        if !matches!(task["status"].as_str(), Some("pending" | "in_progress")) {
            return Err(sim.refuse("conflict", "the task has ended"));
        }
        task.insert("status".to_owned(), "cancelled".into());
        Ok(())
    })?)
}
