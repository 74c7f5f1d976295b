//! From Vapi's webhooks to neutral events.

use rust_decimal::Decimal;
use serde_json::{Map, Value};
use switchboard_core::{Event, EventKind, ProviderCallId, ProviderId, TrustedReasons};
use switchboard_http::{
    fields::{Field, Object},
    usable_id,
};

use crate::{
    convert,
    state::{CallFacts, state},
    wire::{Call, without_control},
};

/// Fields of a message that say more than the call inside it, which may be of the moment before.
const OF_THE_MESSAGE: [&str; 7] =
    ["status", "endedReason", "startedAt", "endedAt", "cost", "artifact", "analysis"];

/// The event in a webhook's body, `{"message": {"type": …, "call": {…}, …}}`; `None` if it names
/// none.
///
/// Vapi gives events no id: it is made of the call, the type, the status and the time.
pub(crate) fn read(
    provider: &ProviderId,
    trusted: &TrustedReasons,
    body: Map<String, Value>,
) -> Option<Event> {
    let mut body = Value::Object(body);
    without_control(&mut body);
    let message = body.get("message")?.as_object()?;
    let text = |name: &str| message.get(name).and_then(String::read);
    let name = text("type").filter(|name| !name.trim().is_empty())?;
    let call = call(message, &name);
    let call_id = usable_id(call.id.clone());
    let time = message.get("timestamp").and_then(Decimal::read);
    let id = format!(
        "{}:{name}:{}:{}",
        call_id.as_deref().unwrap_or_default(),
        text("status").unwrap_or_default(),
        time.map(|time| time.to_string()).unwrap_or_default(),
    );
    let kind = match name.as_str() {
        "status-update" | "end-of-call-report" => {
            EventKind::Call(state(CallFacts::of(&call), trusted))
        }
        _ => EventKind::Other(name),
    };
    let millis = time.and_then(|time| i64::try_from(time.trunc()).ok());
    let at = millis.and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    Some(Event::new(provider.clone(), id, kind, body.into()).with(|event| {
        event.call = call_id.map(ProviderCallId::from);
        event.reference = convert::reference(&call);
        event.at = at;
        event.duration = convert::duration(&call);
        event.summary = call.analysis.and_then(|analysis| analysis.summary);
    }))
}

/// The call of a message, as the message says that it is now.
fn call(message: &Map<String, Value>, name: &str) -> Call {
    let mut call = match message.get("call") {
        Some(Value::Object(call)) => call.clone(),
        Some(_) | None => Map::new(),
    };
    for field in OF_THE_MESSAGE {
        if let Some(value) = message.get(field).filter(|value| !value.is_null()) {
            call.insert(field.to_owned(), value.clone());
        }
    }
    if name == "end-of-call-report" {
        call.insert("status".to_owned(), "ended".into());
    }
    Call::from_object(call)
}
