//! Lists of answers.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Unexpected},
    ser::SerializeMap,
};
use serde_json::Value;
use switchboard_core::Raw;

use super::read::Field;

/// A type that comes in lists.
pub(crate) trait Listed: Field {
    /// The fields under which its list may stand. The first is the documented or the likely one.
    const NAMES: &'static [&'static str];
    /// The fields under which one alone, or null for none, may stand where it was asked for by
    /// name.
    const ALONE: &'static [&'static str] = &[];

    /// Reads a row; `None` where it is of another kind than rows of this type are.
    fn row(value: &Value) -> Option<Self> {
        Self::read(value)
    }
}

/// A list as it came.
///
/// The list may stand under its documented name, under `data`, or alone. An answer without a list
/// is an error and not an empty list: an empty list would read as proof that there is nothing. So
/// is a row that cannot be read: a list without it would read as proof that it is not there.
#[derive(Clone)]
#[non_exhaustive]
pub struct Listing<T> {
    /// The rows, all of them.
    pub items: Vec<T>,
    /// Whether there is more, where the provider says so.
    pub has_more: Option<bool>,
    /// What stood beside the rows, `has_more` included.
    pub rest: Raw,
}

impl<'de, T: Listed> Deserialize<'de> for Listing<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let no_list = || {
            let names = T::NAMES.join(", ");
            D::Error::invalid_type(
                Unexpected::Other("no list"),
                &format!("a list, alone or under {names} or data").as_str(),
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

/// Every row, or which one cannot be read. What stands in it is left out of the message: rows are
/// about people.
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
                &format!(
                    "something that can be read in row {} of {names}, where {kind} stands",
                    nth + 1
                )
                .as_str(),
            )
        })
    };
    rows.iter().enumerate().map(row).collect()
}

/// As it came, under the documented name of the list, without the secrets.
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
