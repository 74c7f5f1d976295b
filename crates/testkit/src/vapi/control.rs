//! The secret URL of a call, which needs no key and can end or transfer it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Json, Router};
use bytes::Bytes;
use serde_json::{Value, json};

use super::check::object;
use super::codes::{Answer, Refused};
use super::state::SimState;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new().route("/control/{secret}", post(control))
}

impl SimState {
    fn control_secret(&self, id: &str) -> String {
        self.seed.secret(&format!("control/{id}"))
    }

    pub(crate) fn control_url(&self, id: &str) -> String {
        format!("http://{}/control/{}", self.host.address, self.control_secret(id))
    }
}

async fn control(
    State(sim): State<Arc<SimState>>,
    Path(secret): Path<String>,
    sent: Bytes,
) -> Answer {
    let sent = object(&sent)?;
    let line = sim.host.timeline;
    let mut calls = sim.calls.lock();
    let record = calls.records.iter_mut().find(|record| {
        record.wanted.controlled
            && !record.course.is_over(line)
            && sim.control_secret(&record.id) == secret
    });
    let record = record.ok_or_else(|| Refused::unknown("live call"))?;
    match sent.get("type").and_then(Value::as_str) {
        Some("end-call") => record.course.cut("manually-canceled", line),
        Some("transfer") => record.course.cut("assistant-forwarded-call", line),
        Some("say" | "add-message" | "control") => {}
        Some(_) | None => return Err(Refused::invalid("type is unknown")),
    }
    Ok(Json(json!({"success": true})).into_response())
}
