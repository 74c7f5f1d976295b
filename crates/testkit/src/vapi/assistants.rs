//! Assistants. Each change makes a version: `v1`, `v2` and so on, of which there is no list.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value};

use super::caller::Caller;
use super::check::{check_overrides, object, text};
use super::codes::{Answer, Refused};
use super::state::{Assistant, SimState};
use crate::host::Params;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/assistant", post(create).get(list))
        .route("/assistant/{id}", get(read).patch(update).delete(delete))
}

impl Assistant {
    /// The fields of a version, or of the newest one.
    pub(crate) fn find(&self, version: Option<&str>) -> Option<&Map<String, Value>> {
        match version {
            None => self.versions.last(),
            Some(version) => {
                let nth: usize = version.strip_prefix('v')?.parse().ok()?;
                self.versions.get(nth.checked_sub(1)?)
            }
        }
    }

    fn body(&self, sim: &SimState) -> Value {
        let mut body = self.versions.last().cloned().unwrap_or_default();
        body.insert("id".to_owned(), self.id.clone().into());
        body.insert("orgId".to_owned(), sim.first("org").into());
        body.insert("createdAt".to_owned(), self.made.clone().into());
        body.insert("version".to_owned(), format!("v{}", self.versions.len()).into());
        Value::Object(body)
    }
}

fn check(sent: &Map<String, Value>) -> Result<(), Refused> {
    text(sent, "name", 40)?;
    check_overrides(sent)
}

async fn create(State(sim): State<Arc<SimState>>, _: Caller, sent: Bytes) -> Answer {
    let sent = object(&sent)?;
    check(&sent)?;
    let mut made = sim.assistants_made.lock();
    let assistant = Assistant {
        id: sim.id("assistant", *made),
        versions: vec![sent],
        made: sim.host.timeline.rfc3339_millis(),
    };
    *made += 1;
    let answer = assistant.body(&sim);
    sim.assistants.lock().push(assistant);
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

async fn list(State(sim): State<Arc<SimState>>, _: Caller, params: Params) -> Answer {
    let limit = params.number("limit", 100).ok().filter(|limit| *limit <= 1000);
    let limit = limit.ok_or_else(|| Refused::invalid("limit must be 0 to 1000"))?;
    let assistants = sim.assistants.lock();
    let page: Vec<Value> =
        assistants.iter().rev().take(limit).map(|assistant| assistant.body(&sim)).collect();
    Ok(Json(page).into_response())
}

async fn read(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    let assistants = sim.assistants.lock();
    let assistant = assistants.iter().find(|assistant| assistant.id == id);
    let assistant = assistant.ok_or_else(|| Refused::unknown("assistant"))?;
    Ok(Json(assistant.body(&sim)).into_response())
}

async fn update(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Path(id): Path<String>,
    sent: Bytes,
) -> Answer {
    let sent = object(&sent)?;
    check(&sent)?;
    let mut assistants = sim.assistants.lock();
    let assistant = assistants.iter_mut().find(|assistant| assistant.id == id);
    let assistant = assistant.ok_or_else(|| Refused::unknown("assistant"))?;
    let mut next = assistant.versions.last().cloned().unwrap_or_default();
    next.extend(sent);
    assistant.versions.push(next);
    Ok(Json(assistant.body(&sim)).into_response())
}

/// Deletes an assistant, unless a number uses it.
async fn delete(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    let used = sim
        .numbers
        .lock()
        .iter()
        .any(|number| number.get("assistantId").and_then(Value::as_str) == Some(&id));
    let mut assistants = sim.assistants.lock();
    let place = assistants.iter().position(|assistant| assistant.id == id);
    let place = place.ok_or_else(|| Refused::unknown("assistant"))?;
    if used {
        return Err(Refused::new(409, "A phone number uses this assistant."));
    }
    let gone = assistants.remove(place);
    Ok(Json(gone.body(&sim)).into_response())
}
