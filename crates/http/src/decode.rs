//! JSON decoding whose errors say where decoding failed, and never what the value was.
//!
//! A value in an answer may be somebody's phone number or words. The JSON library repeats values in
//! its errors, so only the path and the expected type are kept from them.

use serde::de::DeserializeOwned;
use switchboard_core::{Error, ErrorKind, text::readable};

/// Decodes `bytes`. The error is [`ErrorKind::Decode`] and its message has the JSON path.
///
/// # Errors
///
/// If `bytes` is not JSON or not of this shape.
pub fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value =
        serde_path_to_error::deserialize(&mut deserializer).map_err(|error| unreadable(&error))?;
    match deserializer.end() {
        Ok(()) => Ok(value),
        Err(_) => Err(Error::new(ErrorKind::Decode, "more text after the end of the JSON")),
    }
}

/// [`from_json`] for a value that is already parsed, such as a part of a webhook.
///
/// # Errors
///
/// If the value is not of this shape.
pub fn from_value<T: DeserializeOwned>(value: &serde_json::Value) -> Result<T, Error> {
    serde_path_to_error::deserialize(value).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    let inner = error.inner();
    let what = match inner.classify() {
        serde_json::error::Category::Data => data(&inner.to_string()),
        serde_json::error::Category::Eof => "the JSON is cut off".to_owned(),
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => {
            format!("not JSON, at line {} column {}", inner.line(), inner.column())
        }
    };
    Error::new(ErrorKind::Decode, readable(&format!("{}: {what}", error.path())))
}

/// The part of a type error that our own types wrote: the missing field, or what was expected.
fn data(text: &str) -> String {
    let text = text.rsplit_once(" at line ").map_or(text, |(head, _)| head);
    if let Some(field) =
        text.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'))
    {
        return format!("missing field `{field}`");
    }
    match text.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => "a value of the wrong type".to_owned(),
    }
}
