//! The versions of an assistant, and requests that take an `Idempotency-Key`.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::assistants::change;
use super::caller::Caller;
use super::codes::{Answer, Refused};
use super::state::SimState;
use crate::host::{Known, RequestContext};

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/v2/ai/assistants/{id}/versions", get(list))
        .route("/v2/ai/assistants/{id}/versions/{version}", get(read))
        .route("/v2/ai/assistants/{id}/versions/{version}/promote", post(promote))
}

impl SimState {
    /// The version of an assistant that a call gets: the wanted one, a canary's, or the main one.
    pub(crate) fn version_of(&self, id: &str, wanted: Option<&str>) -> Option<String> {
        let assistants = self.assistants.lock();
        let assistant = assistants.iter().find(|assistant| assistant.id == id)?;
        if let Some(wanted) = wanted {
            let known = assistant.versions.iter().any(|version| version.id == wanted);
            return known.then(|| wanted.to_owned());
        }
        let calls = self.calls.lock().records.len();
        let mut draw = self.seed.below(&format!("telnyx/canary/{id}/{calls}"), 100);
        for (version, percent) in &assistant.canaries {
            if draw < *percent {
                return Some(version.clone());
            }
            draw -= percent;
        }
        Some(assistant.main.clone())
    }

    /// Answers a request with an `Idempotency-Key` like the first one: for 24 h, if that was a
    /// success. Another body is an error.
    pub(crate) fn once(
        &self,
        kind: &str,
        context: &RequestContext,
        sent: &Value,
        make: impl FnOnce() -> Result<Value, Refused>,
    ) -> Result<Value, Refused> {
        let Some(key) = &context.idempotency_key else {
            return make();
        };
        let is_key = |byte: u8| byte.is_ascii_alphanumeric() || b"_:-".contains(&byte);
        if !((1..=255).contains(&key.len()) && key.bytes().all(is_key)) {
            return Err(Refused::new("10015", "the Idempotency-Key is malformed"));
        }
        let key = format!("{kind}/{key}");
        let mut keys = self.keys.lock();
        match keys.look(&key, sent, Some(Duration::from_secs(86_400))) {
            Known::Same(first) => return Ok(first.answer),
            Known::Other(_) => {
                return Err(Refused::new("10015", "the Idempotency-Key has another body"));
            }
            Known::No => {}
        }
        let answer = make()?;
        keys.keep(key, sent.clone(), String::new(), answer.clone());
        Ok(answer)
    }
}

async fn list(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    let rows = change(&sim, &id, |assistant| {
        let versions = assistant.versions.iter();
        Ok(versions.map(|version| assistant.body(Some(&version.id))).collect::<Vec<Value>>())
    })?;
    Ok(Json(json!({"data": rows})).into_response())
}

async fn read(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Path((id, version)): Path<(String, String)>,
) -> Answer {
    let body = change(&sim, &id, |assistant| Ok(assistant.body(Some(&version))))?;
    if body.is_null() {
        return Err(Refused::unknown("the version"));
    }
    Ok(Json(body).into_response())
}

async fn promote(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Path((id, version)): Path<(String, String)>,
) -> Answer {
    let body = change(&sim, &id, |assistant| {
        if !assistant.versions.iter().any(|known| known.id == version) {
            return Err(Refused::unknown("the version"));
        }
        assistant.main = version;
        Ok(assistant.body(None))
    })?;
    Ok(Json(body).into_response())
}
