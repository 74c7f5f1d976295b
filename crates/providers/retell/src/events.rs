//! From Retell's webhooks to neutral events.

use serde_json::{Map, Value};
use switchboard_core::{
    Direction, Event, EventKind, ProviderCallId, ProviderId, ProviderState, TrustedReasons,
};
use switchboard_http::{
    fields::{Field, Object},
    millis, usable_id,
};

use crate::{
    convert,
    state::{CallFacts, state},
    wire::{Call, Moment},
};

/// The event in a webhook's body, `{"event": …, "call": {…}}`; `None` if it names none.
///
/// Retell gives events no id, and a call has each event once: the id is made of both.
pub(crate) fn read(
    provider: &ProviderId,
    trusted: &TrustedReasons,
    body: Map<String, Value>,
) -> Option<Event> {
    let name = body.get("event").and_then(String::read).filter(|name| !name.trim().is_empty())?;
    let call = match body.get("call") {
        Some(Value::Object(call)) => Call::from_object(call.clone()),
        Some(_) | None => Call::default(),
    };
    let call_id = usable_id(call.call_id.clone());
    let id = format!("{}:{name}", call_id.as_deref().unwrap_or_default());
    let kind = kind(&name, &call, trusted);
    let began = call.start_timestamp.map(Moment::timestamp);
    let ended = call.end_timestamp.map(Moment::timestamp);
    let is_start = name == "call_started";
    let raw = Value::Object(body).into();
    Some(Event::new(provider.clone(), id, kind, raw).with(|event| {
        event.call = call_id.map(ProviderCallId::from);
        event.reference = convert::reference(&call);
        event.at = if is_start { began } else { ended };
        event.duration = call.duration_ms.and_then(millis);
        event.summary = call.call_analysis.and_then(|analysis| analysis.call_summary);
    }))
}

/// `call_started` is sent for calls that connect, `call_ended` and `call_analyzed` for all.
fn kind(name: &str, call: &Call, trusted: &TrustedReasons) -> EventKind {
    let shown = state(CallFacts::of(call), trusted);
    let state = match name {
        // The record may be of the moment before.
        "call_started" if !shown.is_over() => ProviderState::InProgress,
        "call_started" | "call_ended" | "call_analyzed" => shown,
        other => return EventKind::Other(other.to_owned()),
    };
    match call.direction.as_deref().and_then(convert::direction) {
        Some(Direction::Inbound) => EventKind::InboundCall(state),
        Some(Direction::Outbound) | None => EventKind::Call(state),
    }
}
