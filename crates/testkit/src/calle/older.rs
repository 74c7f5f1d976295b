//! The older `/v1/calls`: several recipients, without a cancel and, here, without a key. No router
//! may use it, so the ledger shows what it does.

use std::sync::Arc;

use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use super::caller::Caller;
use super::calls;
use super::check::{check_phone, object, webhook_url};
use super::codes::{Answer, Refused};
use super::state::{SimState, Wanted};
use crate::countries;
use crate::host::RequestContext;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new().route("/v1/calls", post(create)).route("/v1/calls/{id}", get(calls::read))
}

async fn create(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Extension(context): Extension<RequestContext>,
    body: Bytes,
) -> Answer {
    let sent = object(&body)?;
    let task = sent.get("task").and_then(Value::as_str);
    let task = task.ok_or_else(|| Refused::invalid("task is required"))?;
    let recipients = sent.get("recipients").and_then(Value::as_array);
    let recipients = recipients.filter(|recipients| !recipients.is_empty());
    let recipients =
        recipients.ok_or_else(|| Refused::new("no_recipients", "recipients is required"))?;
    let mut all = Vec::new();
    for recipient in recipients {
        let phone = recipient.as_str().or_else(|| recipient.get("phone")?.as_str());
        let phone =
            phone.ok_or_else(|| Refused::new("invalid_recipient", "a recipient has no phone"))?;
        check_phone(phone)?;
        all.push(Wanted {
            task: task.to_owned(),
            phone: phone.to_owned(),
            schema: json!({"type": "object", "properties": {}}),
            region: countries::country(phone).map(str::to_owned),
            locale: Some("en-US".to_owned()),
            metadata: sent.get("metadata").and_then(Value::as_object).cloned(),
            webhook_url: webhook_url(&sent)?,
        });
    }
    let mut placed = Vec::new();
    for wanted in all {
        placed.push(sim.prepare(wanted, &context).await?);
    }
    Ok((StatusCode::CREATED, Json(json!({"object": "list", "data": placed}))).into_response())
}
