//! Lists of answers.

use std::fmt;
use switchboard_http::fields::Field;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Unexpected},
    ser::SerializeMap,
};
use serde_json::Value;
use switchboard_core::Raw;

/// A type of which lists are returned.
pub(crate) trait Listed: Field {
    /// The fields that may hold the list, the documented or likeliest first.
    const NAMES: &'static [&'static str];
    /// The fields that may hold a single object, or null for none, where it was requested by name.
    const ALONE: &'static [&'static str] = &[];

    /// Reads a row; `None` if it is not a row of this type.
    fn row(value: &Value) -> Option<Self> {
        Self::read(value)
    }
}

/// A list as received.
///
/// The list may be under its documented name, under `data`, or at the top level. An answer without
/// a list is an error and not an empty list, which would read as proof that there is nothing. So is
/// an unreadable row: a list without it would read as proof that it does not exist.
#[derive(Clone)]
#[non_exhaustive]
pub struct Listing<T> {
    /// The rows, all of them.
    pub items: Vec<T>,
    /// Whether there are more rows, if the provider says so.
    pub has_more: Option<bool>,
    /// The other fields of the answer, `has_more` included.
    pub rest: Raw,
}

impl<'de, T: Listed> Deserialize<'de> for Listing<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let no_list = || {
            let names = T::NAMES.join(", ");
            D::Error::invalid_type(
                Unexpected::Other("no list"),
                &format!("a list, at the top level or under {names} or data").as_str(),
            )
        };
        match Value::deserialize(deserializer)? {
            Value::Array(rows) => {
                Ok(Self { items: read(&rows)?, has_more: None, rest: Raw::default() })
            }
            Value::Object(mut object) => {
                let mut names = T::NAMES.iter().chain(&["data"]);
                let name = names.find(|name| object.get(**name).is_some_and(Value::is_array));
                let alone = || T::ALONE.iter().find(|name| object.contains_key(**name));
                let rows = match name.or_else(alone).and_then(|name| object.remove(*name)) {
                    Some(Value::Array(rows)) => rows,
                    Some(Value::Null) => Vec::new(),
                    Some(one) => vec![one],
                    None => return Err(no_list()),
                };
                let has_more = bool::take(&mut object, &["has_more"]);
                Ok(Self { items: read(&rows)?, has_more, rest: Value::Object(object).into() })
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Err(no_list()),
        }
    }
}

/// Every row, or the number of the one that cannot be read. The error does not show its content:
/// rows are about people.
fn read<T: Listed, E: Error>(rows: &[Value]) -> Result<Vec<T>, E> {
    let row = |(nth, row)| {
        T::row(row).ok_or_else(|| {
            let kind = match row {
                Value::Null => "null",
                Value::Bool(_) => "true or false",
                Value::Number(_) => "a number",
                Value::String(_) => "a text",
                Value::Array(_) => "a list",
                Value::Object(_) => "another object",
            };
            let names = T::NAMES.join(" or ");
            E::invalid_type(
                Unexpected::Other(kind),
                &format!("a readable entry in row {} of {names}, not {kind}", nth + 1).as_str(),
            )
        })
    };
    rows.iter().enumerate().map(row).collect()
}

/// As received, under the documented name of the list, without secrets.
impl<T: Listed + Serialize> Serialize for Listing<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(T::NAMES.first().unwrap_or(&"data"), &self.items)?;
        if let Value::Object(rest) = self.rest.value() {
            for (name, value) in rest {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

impl<T> fmt::Debug for Listing<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing")
            .field("items", &self.items.len())
            .field("has_more", &self.has_more)
            .finish_non_exhaustive()
    }
}
