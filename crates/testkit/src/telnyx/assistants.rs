//! Assistants. A change makes a new version, which calls get; another one can be promoted.
//!
//! The documents do not show the answers: here a single assistant is bare, and a list is under
//! `data`.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::check::{object, required};
use super::codes::{Answer, Refused};
use super::state::{Assistant, SimState, Version};
use crate::host::RequestContext;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v2/ai/assistants", post(create).get(list))
        .route("/v2/ai/assistants/{id}", get(read).post(update).delete(delete))
        .route("/v2/ai/assistants/{id}/clone", post(clone))
}

impl SimState {
    /// Adds an assistant with one version and returns it as it is read.
    pub(crate) fn add_assistant(&self, fields: Map<String, Value>) -> Value {
        let id = self.id("assistant", self.next());
        self.add_assistant_as(&id, self.id("version", self.next()), fields)
    }

    /// Adds an assistant with this id and this version.
    pub(crate) fn add_assistant_as(
        &self,
        id: &str,
        version: String,
        fields: Map<String, Value>,
    ) -> Value {
        let version = Version { id: version, fields };
        let assistant = Assistant {
            id: format!("assistant-{id}"),
            created_at: self.host.timeline.rfc3339_millis(),
            main: version.id.clone(),
            versions: vec![version],
            canaries: Vec::new(),
        };
        let body = assistant.body(None);
        self.assistants.lock().push(assistant);
        body
    }
}

impl Assistant {
    /// The assistant in a version, or in its main one.
    pub(crate) fn body(&self, version: Option<&str>) -> Value {
        let wanted = version.unwrap_or(&self.main);
        let Some(version) = self.versions.iter().find(|version| version.id == wanted) else {
            return Value::Null;
        };
        let mut body = version.fields.clone();
        body.insert("id".to_owned(), self.id.clone().into());
        body.insert("version_id".to_owned(), version.id.clone().into());
        body.insert("is_main_version".to_owned(), (version.id == self.main).into());
        body.insert("created_at".to_owned(), self.created_at.clone().into());
        Value::Object(body)
    }
}

/// Creates an assistant, once for each `Idempotency-Key`.
async fn create(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Extension(context): Extension<RequestContext>,
    sent: Bytes,
) -> Answer {
    let sent = object(&sent)?;
    for name in ["name", "instructions", "model"] {
        required(&sent, name)?;
    }
    let copy = sent.clone();
    let answer =
        sim.once("assistants", &context, &Value::Object(sent), || Ok(sim.add_assistant(copy)))?;
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

async fn list(State(sim): State<Arc<SimState>>, _: Caller) -> Answer {
    let assistants = sim.assistants.lock();
    let rows: Vec<Value> = assistants.iter().map(|assistant| assistant.body(None)).collect();
    Ok(Json(json!({"data": rows})).into_response())
}

/// Applies a change to an assistant.
pub(crate) fn change<T>(
    sim: &SimState,
    id: &str,
    change: impl FnOnce(&mut Assistant) -> Result<T, Refused>,
) -> Result<T, Refused> {
    let mut assistants = sim.assistants.lock();
    let assistant = assistants.iter_mut().find(|assistant| assistant.id == id);
    change(assistant.ok_or_else(|| Refused::unknown("the assistant"))?)
}

async fn read(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    Ok(Json(change(&sim, &id, |assistant| Ok(assistant.body(None)))?).into_response())
}

async fn update(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Path(id): Path<String>,
    sent: Bytes,
) -> Answer {
    let sent = object(&sent)?;
    let version = sim.id("version", sim.next());
    let body = change(&sim, &id, |assistant| {
        let main = assistant.versions.iter().find(|version| version.id == assistant.main);
        let mut fields = main.map(|main| main.fields.clone()).unwrap_or_default();
        fields.extend(sent.into_iter().filter(|(name, _)| name != "id"));
        assistant.versions.push(Version { id: version.clone(), fields });
        assistant.main = version;
        Ok(assistant.body(None))
    })?;
    Ok(Json(body).into_response())
}

async fn delete(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    let mut assistants = sim.assistants.lock();
    let before = assistants.len();
    assistants.retain(|assistant| assistant.id != id);
    if assistants.len() == before {
        return Err(Refused::unknown("the assistant"));
    }
    Ok(Json(json!({"id": id, "object": "assistant", "deleted": true})).into_response())
}

async fn clone(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    let mut body = change(&sim, &id, |assistant| Ok(assistant.body(None)))?;
    let mut fields = body.as_object_mut().map(std::mem::take).unwrap_or_default();
    for name in ["id", "version_id", "is_main_version", "created_at"] {
        fields.remove(name);
    }
    Ok((StatusCode::CREATED, Json(sim.add_assistant(fields))).into_response())
}
