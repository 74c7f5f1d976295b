//! Changes to the responses of a simulator.

use bytes::Bytes;
use serde_json::Value;

use super::asked::Asked;
use super::words::escaped;
use crate::host::encode;

/// Makes placed calls unfinished, and replaces every record by that of another call, which failed.
pub(super) fn another(asked: &Asked, value: &mut Value) {
    let Value::Object(fields) = value else { return };
    match asked {
        Asked::Place => {
            let going = if fields.contains_key("call_id") { "in_progress" } else { "queued" };
            fields.insert("status".to_owned(), going.into());
            for name in ["duration_seconds", "credits_used", "highlights", "next_steps"] {
                fields.remove(name);
            }
        }
        Asked::Detail(_) => {
            for name in ["id", "call_id"] {
                if fields.contains_key(name) {
                    fields.insert(name.to_owned(), "00000000-0000-4000-8000-00000000beef".into());
                }
            }
            fields.insert("status".to_owned(), "failed".into());
        }
        Asked::List(_) | Asked::Other => {}
    }
}

/// Puts a text into all fields for people, and into the response to a placing request.
pub(super) fn adorn(asked: &Asked, value: &mut Value, text: &str, status: Option<&str>) {
    if let (Asked::Place, Value::Object(fields)) = (asked, &mut *value) {
        let kallyai = fields.contains_key("call_id");
        let words: &[&str] =
            if kallyai { &["highlights", "next_steps"] } else { &["summary", "agent_name"] };
        for name in words {
            fields.insert((*name).to_owned(), text.into());
        }
        if let Some(status) = status {
            fields.insert("status".to_owned(), status.into());
        }
    }
    everywhere(value, text);
}

fn everywhere(value: &mut Value, text: &str) {
    const WORDS: [&str; 6] =
        ["summary", "highlights", "next_steps", "name", "agent_name", "transcript"];
    match value {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                match value {
                    Value::String(word) if WORDS.contains(&name.as_str()) => {
                        *word = format!("{word} {text}")
                    }
                    Value::String(url) if name == "recording_url" => {
                        *url = format!("{url}?from={}", encode(text))
                    }
                    Value::Object(_) | Value::Array(_) => everywhere(value, text),
                    Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
                }
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(|entry| everywhere(entry, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Escapes the key in the JSON.
pub(super) fn escape(body: &Bytes, key: &str) -> Bytes {
    if key.is_empty() {
        return body.clone();
    }
    Bytes::from(String::from_utf8_lossy(body).replace(key, &escaped(key)))
}

/// Adds a field to the JSON that is not UTF-8.
pub(super) fn unreadable(body: &Bytes) -> Bytes {
    let mut bytes = b"{\"note\":\"caf\xe9 \xff\xfe\",".to_vec();
    bytes.extend_from_slice(body.strip_prefix(b"{").unwrap_or(body));
    Bytes::from(bytes)
}
