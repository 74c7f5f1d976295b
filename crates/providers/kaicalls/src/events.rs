//! From KaiCalls' events to neutral ones, whether delivered to a URL or read from the account's
//! log.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use switchboard_core::{
    Direction, Event, EventKind, Outcome, ProviderCallId, ProviderId, ProviderState,
};
use switchboard_http::fields::{Field, Object};

use crate::{
    convert,
    wire::{EventRecord, WebhookEvent},
};

/// The event in a delivery's body; `None` if it names none.
pub(crate) fn read(provider: &ProviderId, body: Map<String, Value>) -> Option<Event> {
    let (event_id, fields) = flatten(&body);
    let fields = WebhookEvent::from_object(fields);
    let name = fields.event.clone().filter(|name| !name.is_empty())?;
    let call =
        fields.call_id.clone().or_else(|| fields.id.clone().filter(|_| name.starts_with("call.")));
    let id = event_id.unwrap_or_else(|| fingerprint(&fields));
    let kind = kind(&name, &fields);
    let raw = Value::Object(body).into();
    Some(Event::new(provider.clone(), id, kind, raw).with(|event| fill(event, call, fields)))
}

fn fill(event: &mut Event, call: Option<String>, fields: WebhookEvent) {
    event.call = call.filter(|id| !id.is_empty()).map(ProviderCallId::from);
    event.at = fields.timestamp.as_ref().and_then(|at| at.timestamp());
    event.duration = fields.duration.and_then(convert::seconds);
    event.summary = fields.summary;
}

/// An event of the account's log. Fields beside `data` describe the event itself: its `status` is
/// not the call's.
pub(crate) fn logged(provider: &ProviderId, record: EventRecord) -> Event {
    let name = record.event_type.unwrap_or_default();
    let about_a_call = name.starts_with("call.")
        || record.object_type.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("call"));
    let at = record.created_at.as_ref().map(|at| at.as_str());
    let data = record.data.filter(Value::is_object).unwrap_or_else(|| json!({}));
    let mut body = Map::new();
    body.insert("event".to_owned(), Value::String(name.clone()));
    body.insert("data".to_owned(), data);
    body.extend(at.map(|at| ("timestamp".to_owned(), Value::String(at.to_owned()))));
    let (_, fields) = flatten(&body);
    let fields = WebhookEvent::from_object(fields);
    let call = fields
        .call_id
        .clone()
        .or(record.object_id.filter(|_| about_a_call))
        .or_else(|| fields.id.clone().filter(|_| about_a_call));
    let id = record.id.unwrap_or_else(|| fingerprint(&fields));
    let kind = kind(&name, &fields);
    Event::new(provider.clone(), id, kind, record.raw).with(|event| fill(event, call, fields))
}

/// The provider's id of the event, and its fields in one object. Fields under `data` override those
/// of the envelope, whose `id` is the event's and not the call's.
fn flatten(body: &Map<String, Value>) -> (Option<String>, Map<String, Value>) {
    let mut fields = body.clone();
    let mut event_id = String::take(&mut fields, &["event_id"]);
    let own_id = fields.remove("id").as_ref().and_then(String::read);
    match fields.remove("data") {
        Some(Value::Object(data)) => {
            event_id = event_id.or(own_id);
            // The object under `data` may have a `type` too; the envelope's names the event.
            let named =
                ["event", "type", "event_type"].iter().any(|name| fields.contains_key(*name));
            let inner = data.into_iter().filter(|(name, _)| {
                !(named && matches!(name.as_str(), "event" | "type" | "event_type"))
            });
            fields.extend(inner);
        }
        Some(_) | None => match (fields.contains_key("call_id"), own_id) {
            (true, own_id) => event_id = event_id.or(own_id),
            (false, Some(own_id)) => drop(fields.insert("id".to_owned(), Value::String(own_id))),
            (false, None) => {}
        },
    }
    if let Some(Value::Object(call)) = fields.get("call").cloned() {
        for (name, value) in call {
            fields.entry(name).or_insert(value);
        }
    }
    (event_id, fields)
}

/// An id from the content: the same event has the same id, however often it is delivered.
fn fingerprint(fields: &WebhookEvent) -> String {
    let mut hash = Sha256::new();
    let at = fields.timestamp.as_ref().map(|at| at.as_str().to_owned());
    for part in [&fields.event, &fields.call_id, &fields.id, &fields.status, &fields.error, &at] {
        // The length prefix separates adjacent parts.
        let part = part.as_deref().unwrap_or_default();
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn kind(name: &str, fields: &WebhookEvent) -> EventKind {
    let word = fields.status.as_deref().unwrap_or_default();
    let state_of_word = convert::state(word);
    let state = match name {
        "call.completed" | "call.ended" => state_of_word
            .outcome()
            .map_or(ProviderState::Ended(Outcome::Completed), ProviderState::Ended),
        "call.failed" => ProviderState::Ended(failed(state_of_word, fields.error.as_deref())),
        other => match other.strip_prefix("call.") {
            Some(_) if state_of_word != ProviderState::Unrecognised => state_of_word,
            Some(step) if convert::state(step) != ProviderState::Unrecognised => {
                convert::state(step)
            }
            Some(_) | None => return EventKind::Other(name.to_owned()),
        },
    };
    match fields.direction.as_deref().and_then(convert::direction) {
        Some(Direction::Inbound) => EventKind::InboundCall(state),
        Some(Direction::Outbound) | None => EventKind::Call(state),
    }
}

/// How a call failed: the error says it if the status only says "failed".
fn failed(state_of_word: ProviderState, error: Option<&str>) -> Outcome {
    let named = |state: ProviderState| {
        state.outcome().filter(|outcome| !matches!(outcome, Outcome::Completed | Outcome::Failed))
    };
    named(state_of_word).or_else(|| named(convert::state(error?))).unwrap_or(Outcome::Failed)
}
