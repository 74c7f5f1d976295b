//! What a provider says in an answer that is a success by its status and nothing else.
//!
//! `{"success": false}`, an error object, a page of HTML: it stays unknown whether a phone rang,
//! and the words are all that an operator has to find it out. They are masked and bounded as the
//! words of an error are.

use serde_json::{Map, Value};

use switchboard_core::text::readable;

use crate::ErrorBody;

/// Fields in which services say how it went. Others may hold what was asked for, and are nobody's
/// evidence.
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

/// The words of a body, in one line; `None` where there are none.
pub(crate) fn words(body: &[u8]) -> Option<String> {
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

/// What it tells people, or else the fields that say how it went; `None` where it says nothing of
/// either.
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

/// Text without markup, in one line.
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
