//! Reading values that arrive in more shapes than one.
//!
//! The documents disagree, and 97 of 146 endpoints show no answer at all. A field of an unexpected
//! shape must not make an answer unreadable: after placing a call, that would lose its id. So a
//! value that cannot be read is `None`, and the record keeps the raw answer.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use rust_decimal::Decimal;
use serde_json::Value;

/// A value that can be read from JSON.
pub trait ReadJson: Sized {
    /// The value, if the JSON has a readable shape.
    fn read_json(value: &Value) -> Option<Self>;

    /// Adds the parts of `value` that this type does not read, each as a JSON pointer that starts
    /// with `at`.
    fn unread(value: &Value, at: &str, places: &mut Vec<String>);
}

/// For a type without parts: all of it is unread, or nothing. Null and blank text carry no
/// information, so nothing is lost with them.
macro_rules! whole {
    () => {
        fn unread(value: &Value, at: &str, places: &mut Vec<String>) {
            if !is_blank(value) && Self::read_json(value).is_none() {
                places.push(at.to_owned());
            }
        }
    };
}

/// Null or blank text.
pub(crate) fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => false,
    }
}

impl ReadJson for Value {
    fn read_json(value: &Value) -> Option<Self> {
        (!value.is_null()).then(|| value.clone())
    }

    whole!();
}

/// Non-blank text. A number is read as its digits: ids arrive as both.
impl ReadJson for String {
    fn read_json(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::String(_)
            | Value::Null
            | Value::Bool(_)
            | Value::Array(_)
            | Value::Object(_) => None,
        }
    }

    whole!();
}

/// Exact: a JSON number is read from its text, never through a float.
impl ReadJson for Decimal {
    fn read_json(value: &Value) -> Option<Self> {
        let text = String::read_json(value)?;
        let text = text.trim();
        text.parse().or_else(|_| Decimal::from_scientific(text)).ok()
    }

    whole!();
}

/// A point in time; without an offset it is UTC.
impl ReadJson for Timestamp {
    fn read_json(value: &Value) -> Option<Self> {
        let text = value.as_str()?.trim();
        match text.parse() {
            Ok(moment) => Some(moment),
            Err(_) => text
                .parse::<DateTime>()
                .ok()?
                .to_zoned(TimeZone::UTC)
                .ok()
                .map(|zoned| zoned.timestamp()),
        }
    }

    whole!();
}

impl ReadJson for bool {
    fn read_json(value: &Value) -> Option<Self> {
        value.as_bool()
    }

    whole!();
}

impl ReadJson for u64 {
    fn read_json(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => text.trim().parse().ok(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    whole!();
}

/// The readable entries of a list; the others are left out.
impl<T: ReadJson> ReadJson for Vec<T> {
    fn read_json(value: &Value) -> Option<Self> {
        Some(value.as_array()?.iter().filter_map(T::read_json).collect())
    }

    fn unread(value: &Value, at: &str, places: &mut Vec<String>) {
        match value.as_array() {
            Some(entries) => {
                for (index, entry) in entries.iter().enumerate() {
                    part::<T>(entry, &format!("{at}/{index}"), places);
                }
            }
            None if is_blank(value) => {}
            None => places.push(at.to_owned()),
        }
    }
}

impl<T: ReadJson> ReadJson for BTreeMap<String, T> {
    fn read_json(value: &Value) -> Option<Self> {
        Some(
            value
                .as_object()?
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), T::read_json(value)?)))
                .collect(),
        )
    }

    fn unread(value: &Value, at: &str, places: &mut Vec<String>) {
        match value.as_object() {
            Some(entries) => {
                for (key, entry) in entries {
                    part::<T>(entry, &below(at, key), places);
                }
            }
            None if is_blank(value) => {}
            None => places.push(at.to_owned()),
        }
    }
}

/// The JSON pointer of a key below `at`.
pub(crate) fn below(at: &str, key: &str) -> String {
    format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Adds what is unread of an entry: all of it if it cannot be read.
pub(crate) fn part<T: ReadJson>(entry: &Value, at: &str, places: &mut Vec<String>) {
    if T::read_json(entry).is_some() {
        T::unread(entry, at, places);
    } else if !is_blank(entry) {
        places.push(at.to_owned());
    }
}

/// The first of `keys` that can be read. A key with a leading slash is a JSON pointer, for example
/// `/metadata/created_at`.
pub(crate) fn first<T: ReadJson>(value: &Value, keys: &[&str]) -> Option<T> {
    keys.iter().find_map(|key| {
        let found = if key.starts_with('/') { value.pointer(key) } else { value.get(key) };
        T::read_json(found?)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn decimals_are_exact_as_text_and_as_number() {
        for (value, exact) in [
            (json!("0.5"), "0.5"),
            (json!(2), "2"),
            (json!(1.5), "1.5"),
            (json!("0.15"), "0.15"),
            (json!(0.1), "0.1"),
            (json!(1e-7), "0.0000001"),
        ] {
            assert_eq!(Decimal::read_json(&value), Some(exact.parse().unwrap()), "{value}");
        }
        for value in [json!(null), json!("soon"), json!([1]), json!(true)] {
            assert_eq!(Decimal::read_json(&value), None, "{value}");
        }
    }

    #[test]
    fn moments_with_and_without_an_offset() {
        let exact: Timestamp = "2026-02-13T15:30:00Z".parse().unwrap();
        for text in [
            "2026-02-13T15:30:00Z",
            "2026-02-13T16:30:00+01:00",
            "2026-02-13T15:30:00",
            "2026-02-13 15:30:00",
        ] {
            assert_eq!(Timestamp::read_json(&json!(text)), Some(exact), "{text}");
        }
        assert_eq!(Timestamp::read_json(&json!("yesterday")), None);
    }

    #[test]
    fn the_first_readable_key_wins() {
        let value = json!({"id": null, "call_id": "", "call": {"id": 7}});
        assert_eq!(first::<String>(&value, &["id", "call_id", "/call/id"]).as_deref(), Some("7"));
        assert_eq!(first::<String>(&value, &["id", "call_id"]), None);
    }
}
