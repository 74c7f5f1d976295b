//! From Telnyx' webhooks to neutral events.

use serde_json::{Map, Value};
use switchboard_core::{Direction, Event, EventKind, ProviderCallId, ProviderId, ProviderState};
use switchboard_http::{fields::Object, seconds, usable_id};

use crate::{causes, course::Course, wire::WebhookEvent};

/// The event in a webhook's body, `{"data": {…}, "meta": {…}}`; `None` if it names none.
pub(crate) fn read(provider: &ProviderId, body: Map<String, Value>) -> Option<Event> {
    let event = match body.get("data") {
        Some(Value::Object(event)) => WebhookEvent::from_object(event.clone()),
        Some(_) | None => return None,
    };
    let name = event.event_type.clone().filter(|name| !name.trim().is_empty())?;
    let mut course = Course::default();
    course.add(&event);
    let call = course.call_control_id.clone();
    let id = usable_id(event.id.clone())
        .unwrap_or_else(|| format!("{}:{name}", call.as_deref().unwrap_or_default()));
    let kind = kind(&name, &event, &course);
    let raw = Value::Object(body).into();
    let talked = event.payload.as_ref().and_then(|payload| payload.duration_sec);
    Some(Event::new(provider.clone(), id, kind, raw).with(|neutral| {
        neutral.call = call.map(ProviderCallId::from);
        neutral.reference = course.reference.clone();
        neutral.at = event.occurred_at;
        neutral.duration = talked.and_then(seconds);
    }))
}

/// One event alone does not say whether somebody had answered before the end; the record does.
fn kind(name: &str, event: &WebhookEvent, course: &Course) -> EventKind {
    let payload = event.payload.as_ref();
    let state = match name {
        "call.hangup" => {
            let cause = payload.and_then(|payload| payload.hangup_cause.as_deref());
            let sip = payload.and_then(|payload| payload.sip_hangup_cause.as_deref());
            let answered = cause == Some("normal_clearing") || cause == Some("time_limit");
            ProviderState::Ended(causes::outcome(cause.unwrap_or_default(), sip, answered))
        }
        "call.initiated" | "call.answered" => course.state(),
        "call.conversation.ended" => ProviderState::InProgress,
        other => return EventKind::Other(other.to_owned()),
    };
    match course.direction {
        Some(Direction::Inbound) => EventKind::InboundCall(state),
        Some(Direction::Outbound) | None => EventKind::Call(state),
    }
}
