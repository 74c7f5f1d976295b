//! The history of a call as JSON. As text it is [`switchboard::history`].

use serde_json::{Value, json};
use switchboard::ledger::Entry;

pub(super) use switchboard::history::describe;

/// One event as JSON, complete.
pub(super) fn json(event: &Entry) -> Value {
    let content = event.fact.as_ref().and_then(|fact| serde_json::to_value(fact).ok());
    let content = content.and_then(|mut fact| fact.get_mut("content").map(Value::take));
    json!({"seq": event.seq, "at": event.at, "attempt": event.attempt, "kind": event.kind, "content": content})
}
