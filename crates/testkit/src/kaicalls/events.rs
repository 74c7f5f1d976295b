//! Durable events and their deliveries, as the provider's SDKs use them. They are not in document
//! 004.
//!
//! Of the responses, the SDKs only define the status of a delivery, `succeeded` or `failed`; the
//! rest is an invention of this simulator: an event for each step of a call (`call.queued`,
//! `call.ringing`, `call.started`, then `call.completed` or `call.failed`), newest first, with
//! `status` `recorded` until it was delivered once, then `delivered` or `failed`; a delivery for
//! each attempt of a webhook. A replay delivers the same event again, with the same id, to the
//! current receivers; a backfill does so for all events of a period. Reading requires
//! `events:read`, deliveries that or `webhooks:read`; replay and backfill require `events:replay`.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::account::normal;
use super::agents::object;
use super::caller::Caller;
use super::codes::Refused;
use super::state::{Event, SimState};
use crate::host::{Params, WebhookAttempt};

type Answer = Result<Response, Refused>;

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/api/v1/events", get(list))
        .route("/api/v1/event-deliveries", get(deliveries))
        .route("/api/v1/events/replay", post(replay))
        .route("/api/v1/events/backfill", post(backfill))
}

impl SimState {
    /// Adds an event to the log and returns its id.
    pub(crate) fn record_event(
        &self,
        event_type: &str,
        object_id: &str,
        data: Map<String, Value>,
    ) -> String {
        let mut events = self.events.lock();
        let id = format!("evt_{}", self.id("event", events.len()));
        events.push(Event {
            id: id.clone(),
            event_type: event_type.to_owned(),
            object_id: object_id.to_owned(),
            data,
            created_at: self.now(),
        });
        id
    }

    fn deliver_again(self: &Arc<Self>, events: &[Event]) {
        for event in events {
            self.tell(&event.event_type, &event.object_id, &event.data, &event.id);
        }
    }
}

impl Event {
    fn status(&self, attempts: &[WebhookAttempt]) -> &'static str {
        let mut own = attempts
            .iter()
            .filter(|attempt| attempt.event_id.as_deref() == Some(&self.id))
            .peekable();
        if own.peek().is_none() {
            "recorded"
        } else if own.any(taken) {
            "delivered"
        } else {
            "failed"
        }
    }

    fn entry(&self, sim: &SimState, attempts: &[WebhookAttempt]) -> Value {
        json!({
            "id": self.id, "event_type": self.event_type, "object_type": "call", "object_id": self.object_id,
            "business_id": sim.business_id, "status": self.status(attempts), "data": self.data, "created_at": self.created_at,
        })
    }
}

/// The filter of a list, a replay or a backfill.
#[derive(Default)]
struct Filter {
    business_id: Option<String>,
    event_id: Option<String>,
    event_type: Option<String>,
    object_type: Option<String>,
    object_id: Option<String>,
    status: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

impl Filter {
    fn read<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Result<Self, Refused> {
        let text = |name: &str| get(name).map(str::to_owned);
        let time = |name: &str| match get(name) {
            None => Ok(None),
            Some(text) => normal(text)
                .map(Some)
                .ok_or_else(|| Refused::invalid(format!("{name} must be ISO 8601"))),
        };
        Ok(Self {
            business_id: text("business_id"),
            event_id: text("event_id"),
            event_type: text("event_type"),
            object_type: text("object_type"),
            object_id: text("object_id"),
            status: text("status"),
            from: time("from")?,
            to: time("to")?,
        })
    }

    fn of_body(body: &Map<String, Value>) -> Result<Self, Refused> {
        Self::read(|name| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()))
    }

    fn lets(&self, event: &Event, sim: &SimState, attempts: &[WebhookAttempt]) -> bool {
        let is = |wanted: &Option<String>, held: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == held)
        };
        is(&self.business_id, &sim.business_id)
            && is(&self.event_id, &event.id)
            && is(&self.event_type, &event.event_type)
            && is(&self.object_type, "call")
            && is(&self.object_id, &event.object_id)
            && is(&self.status, event.status(attempts))
            && self.from.as_ref().is_none_or(|from| event.created_at >= *from)
            && self.to.as_ref().is_none_or(|to| event.created_at <= *to)
    }

    /// The matching events, oldest first.
    fn all(&self, sim: &SimState) -> Vec<Event> {
        let attempts = sim.host.attempts.lock();
        let events = sim.events.lock();
        events.iter().filter(|event| self.lets(event, sim, &attempts)).cloned().collect()
    }
}

/// The limit of a list: 50 by default, at most 100.
pub(crate) fn limit(params: &Params) -> Result<usize, Refused> {
    let limit = params
        .number("limit", 50)
        .map_err(|()| Refused::invalid("limit must be a whole number"))?;
    Ok(limit.clamp(1, 100))
}

async fn list(State(sim): State<Arc<SimState>>, caller: Caller, params: Params) -> Answer {
    caller.needs("events:read")?;
    let filter = Filter::read(|name| params.get(name))?;
    let limit = limit(&params)?;
    let shown = filter.all(&sim);
    let attempts = sim.host.attempts.lock();
    let page: Vec<Value> =
        shown.iter().rev().take(limit).map(|event| event.entry(&sim, &attempts)).collect();
    Ok(Json(json!({"events": page, "has_more": shown.len() > limit})).into_response())
}

fn taken(attempt: &WebhookAttempt) -> bool {
    attempt.status.is_some_and(|status| (200..300).contains(&status))
}

async fn deliveries(State(sim): State<Arc<SimState>>, caller: Caller, params: Params) -> Answer {
    caller.needs_one_of(&["events:read", "webhooks:read"])?;
    let limit = limit(&params)?;
    if params.get("status").is_some_and(|word| !["succeeded", "failed"].contains(&word)) {
        return Err(Refused::invalid("status must be succeeded or failed"));
    }
    let is =
        |name: &str, held: Option<&str>| params.get(name).is_none_or(|wanted| held == Some(wanted));
    let attempts = sim.host.attempts.lock();
    let word = |attempt: &WebhookAttempt| {
        if taken(attempt) { "succeeded" } else { "failed" }
    };
    let mut shown = attempts.iter().enumerate().rev().filter(|(_, attempt)| {
        is("event_id", attempt.event_id.as_deref())
            && is("event_type", Some(&attempt.event))
            && is("webhook_id", attempt.webhook_id.as_deref())
            && is("status", Some(word(attempt)))
            && is("business_id", Some(&sim.business_id))
    });
    let page: Vec<Value> = shown
        .by_ref()
        .take(limit)
        .map(|(nth, attempt)| {
            json!({
                "id": sim.id("delivery", nth), "event_id": attempt.event_id, "event_type": attempt.event,
                "webhook_id": attempt.webhook_id, "webhook_url": attempt.url, "attempt": attempt.attempt,
                "status": word(attempt), "response_status": attempt.status, "created_at": attempt.at,
            })
        })
        .collect();
    let has_more = shown.next().is_some();
    Ok(Json(json!({"deliveries": page, "has_more": has_more})).into_response())
}

/// Replays one event, several, or those that match a filter. An unknown event fails the whole
/// request.
async fn replay(State(sim): State<Arc<SimState>>, caller: Caller, body: Bytes) -> Answer {
    caller.needs("events:replay")?;
    let body = object(&body)?;
    let one = body.get("event_id").and_then(Value::as_str).map(|id| vec![id.to_owned()]);
    let several = body
        .get("event_ids")
        .and_then(Value::as_array)
        .map(|ids| ids.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>());
    let business = body.get("business_id").and_then(Value::as_str);
    if business.is_some_and(|business| business != sim.business_id) {
        return Err(Refused::not_found("business"));
    }
    let events = match (one.or(several), body.get("filter")) {
        (Some(ids), None) => {
            let known = Filter::default().all(&sim);
            let find = |id: &String| known.iter().find(|event| event.id == *id).cloned();
            let found: Option<Vec<Event>> = ids.iter().map(find).collect();
            found.ok_or_else(|| Refused::not_found("event"))?
        }
        (None, Some(Value::Object(filter))) => Filter::of_body(filter)?.all(&sim),
        (Some(_), Some(_)) | (None, _) => {
            return Err(Refused::invalid("one of event_id, event_ids and filter is required"));
        }
    };
    sim.deliver_again(&events);
    let ids: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
    let answer = json!({"success": true, "replayed": ids.len(), "event_ids": ids});
    Ok((StatusCode::ACCEPTED, Json(answer)).into_response())
}

async fn backfill(State(sim): State<Arc<SimState>>, caller: Caller, body: Bytes) -> Answer {
    caller.needs("events:replay")?;
    let filter = Filter::of_body(&object(&body)?)?;
    match (&filter.from, &filter.to) {
        (Some(from), Some(to)) if from <= to => {}
        (Some(_), Some(_)) => return Err(Refused::invalid("from must not be after to")),
        (None, _) | (_, None) => return Err(Refused::invalid("from and to are required")),
    }
    let events = filter.all(&sim);
    sim.deliver_again(&events);
    Ok((StatusCode::ACCEPTED, Json(json!({"success": true, "backfilled": events.len()})))
        .into_response())
}
