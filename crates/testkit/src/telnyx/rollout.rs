//! Canary deploys: the provider's own way to give some calls another version. No router may leave
//! one on, so the conversations show which version talked.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use serde_json::{Value, json};

use super::assistants::change;
use super::caller::Caller;
use super::check::{field, object};
use super::codes::{Answer, Refused};
use super::state::{Assistant, SimState};

pub(crate) fn routes() -> Router<Arc<SimState>> {
    let target = "/v2/ai/assistants/{id}/canary-deploys";
    Router::new().route(target, get(read).post(write).put(write).delete(delete))
}

fn body(assistant: &Assistant) -> Value {
    let versions: Vec<Value> = assistant
        .canaries
        .iter()
        .map(|(id, percent)| json!({"version_id": id, "percentage": percent}))
        .collect();
    json!({"assistant_id": assistant.id, "versions": versions})
}

async fn read(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    Ok(Json(change(&sim, &id, |assistant| Ok(body(assistant)))?).into_response())
}

async fn write(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Path(id): Path<String>,
    sent: Bytes,
) -> Answer {
    let sent = object(&sent)?;
    let rows = field(&sent, "versions").and_then(Value::as_array);
    let rows = rows.ok_or_else(|| Refused::value("versions", "must be a list"))?;
    let answer = change(&sim, &id, |assistant| {
        let mut canaries = Vec::new();
        for row in rows {
            let known = assistant.versions.iter().find(|version| row["version_id"] == version.id);
            let known =
                known.ok_or_else(|| Refused::value("versions", "has an unknown version"))?;
            let percent = row["percentage"].as_u64().filter(|percent| *percent <= 100);
            let percent = percent.ok_or_else(|| Refused::value("versions", "needs percentages"))?;
            canaries.push((known.id.clone(), percent));
        }
        assistant.canaries = canaries;
        Ok(body(assistant))
    })?;
    Ok(Json(answer).into_response())
}

async fn delete(State(sim): State<Arc<SimState>>, _: Caller, Path(id): Path<String>) -> Answer {
    let answer = change(&sim, &id, |assistant| {
        assistant.canaries.clear();
        Ok(body(assistant))
    })?;
    Ok(Json(answer).into_response())
}
