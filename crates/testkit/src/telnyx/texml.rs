//! The other way to place an agent's call: TeXML, with a pinned version and without any guard
//! against a repeat. Its callbacks are not simulated.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Extension, Json, Router};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::check::{call, callees, object, required, text};
use super::codes::{Answer, Refused};
use super::state::SimState;
use crate::host::RequestContext;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new().route("/v2/texml/ai_calls/{connection}", post(create))
}

async fn create(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Extension(context): Extension<RequestContext>,
    Path(connection): Path<String>,
    sent: Bytes,
) -> Answer {
    let sent = object(&sent)?;
    let assistant = required(&sent, "AIAssistantId")?;
    let mut order = Map::new();
    order.insert("connection_id".to_owned(), connection.into());
    order.insert("to".to_owned(), required(&sent, "To")?.into());
    order.insert("from".to_owned(), required(&sent, "From")?.into());
    order.insert("assistant".to_owned(), json!({"id": assistant}));
    order.insert("retry_on_timeout".to_owned(), false.into());
    let to = callees(&order)?.remove(0);
    let mut wanted = call(&sim, &order, to)?;
    if let Some(version) = text(&sent, "AIAssistantVersion")? {
        let known = sim.version_of(assistant, Some(version));
        let known = known.ok_or_else(|| Refused::value("AIAssistantVersion", "is unknown"))?;
        wanted.assistant = Some((assistant.to_owned(), known, None));
    }
    let (id, _) = sim.place(wanted, &context.with_key(None))?;
    let answer: Value = json!({
        "call_sid": id, "from": sent.get("From"), "to": sent.get("To"), "status": "queued",
    });
    Ok(Json(answer).into_response())
}
