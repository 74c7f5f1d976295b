//! From CALL-E's webhooks to neutral events.

use serde_json::{Map, Value};
use switchboard_core::{Event, EventKind, ProviderCallId, ProviderId, ProviderState};
use switchboard_http::{
    fields::{Field, Object},
    usable_id,
};

use crate::{convert, state::state, wire::Call};

/// The event in a webhook's body, `{"id", "type", "created_at", "data"}`; `None` if it names none.
pub(crate) fn read(provider: &ProviderId, body: Map<String, Value>) -> Option<Event> {
    let text =
        |name: &str| body.get(name).and_then(String::read).filter(|text| !text.trim().is_empty());
    let name = text("type")?;
    let call = match body.get("data") {
        Some(Value::Object(call)) => Call::from_object(call.clone()),
        Some(_) | None => Call::default(),
    };
    let call_id = usable_id(call.id.clone());
    let id = usable_id(text("id"))
        .unwrap_or_else(|| format!("{}:{name}", call_id.as_deref().unwrap_or_default()));
    let kind = match name.as_str() {
        "call.completed" | "call.failed" | "call.canceled" => EventKind::Call(shown(&call)),
        _ => EventKind::Other(name),
    };
    let at = body.get("created_at").and_then(jiff::Timestamp::read);
    let raw = Value::Object(body).into();
    Some(Event::new(provider.clone(), id, kind, raw).with(|event| {
        event.call = call_id.map(ProviderCallId::from);
        event.reference = convert::reference(&call);
        event.at = at;
    }))
}

fn shown(call: &Call) -> ProviderState {
    state(call.status.as_deref().unwrap_or_default(), call.call_outcome.as_deref())
}
