//! A readable summary of an answer that is a success only by its status.
//!
//! For `{"success": false}`, an error object or an HTML page, it stays unknown whether a phone
//! rang, and the text is all that an operator has to find out. It is masked and truncated like the
//! text of an error.

use serde_json::{Map, Value};

use switchboard_core::text::readable;

use crate::ErrorBody;

/// Fields in which services report the outcome. Other fields may only repeat the request.
const TELLING: [&str; 14] = [
    "success",
    "ok",
    "status",
    "state",
    "code",
    "error",
    "errors",
    "message",
    "detail",
    "details",
    "reason",
    "title",
    "description",
    "warning",
];

/// The content of a body in one line; `None` if there is none.
pub(crate) fn summarize(body: &[u8]) -> Option<String> {
    let words = match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(fields)) => of_object(body, fields)?,
        Ok(Value::Null) => "null".to_owned(),
        Ok(Value::String(text)) => text,
        Ok(Value::Array(items)) => format!("a list of {}", items.len()),
        Ok(value @ (Value::Bool(_) | Value::Number(_))) => value.to_string(),
        Err(_) => of_text(&String::from_utf8_lossy(body)),
    };
    let words = readable(&words);
    (!words.is_empty()).then_some(words)
}

/// The error message, or else the fields that report the outcome; `None` if it has neither.
fn of_object(body: &[u8], fields: Map<String, Value>) -> Option<String> {
    if let Some(line) = ErrorBody::parse(body).line() {
        return Some(line);
    }
    let telling = fields
        .into_iter()
        .filter(|(name, value)| TELLING.contains(&name.as_str()) && !value.is_null());
    let telling: Map<String, Value> = telling.collect();
    (!telling.is_empty()).then(|| Value::Object(telling).to_string())
}

/// Text with markup removed, in one line.
fn of_text(text: &str) -> String {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        words.extend(before.split_whitespace());
        let end = ["script", "style"].into_iter().find(|name| begins_with(tag, name));
        rest = match end {
            Some(name) => tag.split_once(&format!("</{name}")).map_or("", |(_, rest)| rest),
            None => tag,
        };
        rest = rest.split_once('>').map_or("", |(_, rest)| rest);
    }
    words.extend(rest.split_whitespace());
    words.join(" ")
}

fn begins_with(tag: &str, name: &str) -> bool {
    tag.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name))
}
