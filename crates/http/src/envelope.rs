//! Reads error bodies in every shape that the providers' documents show.

use serde_json::Value;
use switchboard_core::text::{mask, readable};

/// The content of an error body. Text is masked and truncated when it is read, so no field holds a
/// whole phone number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ErrorBody {
    /// The provider's error code, for example `suppression_violation`.
    pub code: Option<String>,
    /// The message for people.
    pub message: Option<String>,
    /// The text under `details.reason`.
    pub reason: Option<String>,
    /// The provider's id of the failed request.
    pub correlation_id: Option<String>,
    /// The places in the request that the error is about, as JSON pointers such as `/to`. Empty if any
    /// of several errors names none.
    pub pointers: Vec<String>,
    /// Whether the whole body was read. A truncated body may hide its code.
    pub complete: bool,
}

impl ErrorBody {
    /// Reads a whole body. Tried in this order: `error.message`, `error.details.message`, `error`
    /// as a string with `message` (or `error_description`) beside it, the first of several `errors`,
    /// `message` (a text or several) or `detail` alone, the flat 402 of KallyAI's document 003, a body
    /// that is not JSON.
    pub fn parse(body: &[u8]) -> Self {
        let parsed = match serde_json::from_slice::<Value>(body) {
            Ok(value) => Self::from_value(&value),
            // Truncated JSON may hide a code that binds everyone, even if the connection was closed
            // cleanly.
            Err(_) if body.trim_ascii_start().starts_with(b"{") => return Self::incomplete(),
            Err(_) => Self { message: plain_text(body), ..Self::default() },
        };
        Self { complete: true, ..parsed }
    }

    /// A body that was truncated or too large to read.
    pub fn incomplete() -> Self {
        Self::default()
    }

    fn from_value(value: &Value) -> Self {
        let word =
            |value: &Value, keys: &[&str]| keys.iter().find_map(|key| text(value.get(*key)?));
        let error = &value["error"];
        let details = &error["details"];
        let flat_quota =
            value.get("minutes_allocated").is_some() && value.get("upgrade_url").is_some();
        let first = &value["errors"][0];
        let number = word(first, &["code"]).filter(|code| is_number(code));
        let code = word(error, &["code", "type"])
            .or_else(|| word(first, &["code"]))
            .or_else(|| word(value, &["code", "error_code"]))
            .or_else(|| text(error))
            .or_else(|| flat_quota.then(|| "quota_exceeded".to_owned()));
        let message = word(error, &["message"])
            .or_else(|| word(details, &["message"]))
            .or_else(|| word(first, &["detail", "title"]))
            .or_else(|| word(value, &["message", "error_description", "detail"]))
            .or_else(|| text(&value["message"][0]))
            .or_else(|| text(error))
            .or_else(|| flat_quota.then(|| "out of minutes".to_owned()));
        let correlation = word(error, &["correlation_id", "request_id"])
            .or_else(|| word(value, &["correlation_id", "request_id"]));
        Self {
            code: number.or_else(|| code.as_deref().and_then(slug)),
            message: message.as_deref().map(readable),
            reason: word(details, &["reason"]).as_deref().map(readable),
            correlation_id: correlation.as_deref().and_then(slug),
            pointers: pointers(&value["errors"]).unwrap_or_default(),
            complete: false,
        }
    }

    /// One line for people: the message, and the reason if it adds something.
    pub fn line(&self) -> Option<String> {
        match (&self.message, &self.reason) {
            (Some(message), Some(reason)) if message != reason => {
                Some(format!("{message}: {reason}"))
            }
            (Some(text), _) | (None, Some(text)) => Some(text.clone()),
            (None, None) => None,
        }
    }
}

/// A code that is a short number.
fn is_number(text: &str) -> bool {
    (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The place that each error points to; `None` if one points nowhere.
fn pointers(errors: &Value) -> Option<Vec<String>> {
    let place = |error: &Value| text(error.get("source")?.get("pointer")?);
    errors.as_array()?.iter().map(|error| place(error).filter(|place| is_pointer(place))).collect()
}

/// A pointer to a named field; an index or a key that holds a number is none.
fn is_pointer(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'_' || byte == b'/';
    text.len() <= 64 && text.starts_with('/') && text.bytes().all(plain)
}

/// A short word such as a code or an id; `None` for anything that could be prose or a phone number.
/// A word that contains a number is kept without the number: it then matches no known code and is
/// still readable.
fn slug(text: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    let fits = !text.is_empty() && text.len() <= 64 && text.chars().all(plain);
    (fits && text.chars().any(|c| c.is_ascii_alphabetic())).then(|| mask(text))
}

/// A non-blank string, or a number as text.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    }
}

/// The first words of a body that is not JSON, unless it is an HTML page.
fn plain_text(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    (!text.is_empty() && !text.starts_with('<')).then(|| readable(text))
}
