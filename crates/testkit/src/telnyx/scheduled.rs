//! Scheduled events of an assistant: the provider calls later and redials by itself. No router may
//! use this, so the ledger shows what it does.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Extension, Json, Router};
use bytes::Bytes;
use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::check::{call, check_number, field, object, required};
use super::codes::{Answer, Refused};
use super::state::{SimState, Wanted};
use crate::host::RequestContext;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new().route("/v2/ai/assistants/{id}/scheduled_events", post(create))
}

async fn create(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Extension(context): Extension<RequestContext>,
    Path(id): Path<String>,
    sent: Bytes,
) -> Answer {
    let sent = object(&sent)?;
    let to = required(&sent, "telnyx_end_user_target")?;
    check_number(to, "telnyx_end_user_target")?;
    let time = required(&sent, "scheduled_at_fixed_datetime")?;
    let error = || Refused::value("scheduled_at_fixed_datetime", "must be ISO 8601");
    let time: Timestamp = time.parse().map_err(|_| error())?;
    let redials = field(&sent, "max_retries_client_errors").and_then(Value::as_u64).unwrap_or(0);
    let mut order = Map::new();
    order.insert("connection_id".to_owned(), sim.connection.clone().into());
    order.insert("from".to_owned(), required(&sent, "telnyx_agent_target")?.into());
    order.insert("assistant".to_owned(), json!({"id": id}));
    order.insert("retry_on_timeout".to_owned(), false.into());
    let wanted = call(&sim, &order, to.to_owned())?;
    let answer = sim.once("scheduled", &context, &Value::Object(sent.clone()), || {
        let wait = time.duration_since(sim.host.timeline.timestamp());
        let wait = sim.host.timeline.real(Duration::try_from(wait).unwrap_or_default());
        sim.host.spawn(Arc::clone(&sim).call_later(wanted, context.clone(), wait, redials));
        Ok(json!({
            "id": sim.id("scheduled", sim.next()), "assistant_id": id, "status": "pending",
            "telnyx_end_user_target": to, "scheduled_at_fixed_datetime": time.to_string(),
        }))
    })?;
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

impl SimState {
    /// Calls after a wait, and again until somebody answers or the redials are used up.
    async fn call_later(
        self: Arc<Self>,
        wanted: Wanted,
        context: RequestContext,
        wait: Duration,
        redials: u64,
    ) {
        tokio::time::sleep(wait).await;
        let line = self.host.timeline;
        for _ in 0..=redials {
            let Ok((id, _)) = self.place(wanted.clone(), &context) else {
                return;
            };
            let moments = self.calls.lock().find(&id).map(|record| record.course.moments(line));
            let Some(mut moments) = moments else {
                return;
            };
            moments.reach(moments.ends_at).await;
            let calls = self.calls.lock();
            if calls.find(&id).is_none_or(|record| record.course.is_answered(line)) {
                return;
            }
        }
    }
}
