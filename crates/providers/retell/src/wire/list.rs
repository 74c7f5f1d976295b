//! Lists of answers.

use std::fmt;
use switchboard_http::fields::Field;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Unexpected},
};
use serde_json::{Map, Value};

/// A type of which lists are returned.
pub(crate) trait Listed: Field {}

/// One page of a list: `{"items": […], "has_more": …, "pagination_key": …}`, or a bare array.
///
/// An answer without a list is an error and not an empty list, which would read as proof that there
/// is nothing. So is an unreadable row.
#[derive(Clone)]
#[non_exhaustive]
pub struct Listing<T> {
    /// The rows, all of them.
    pub items: Vec<T>,
    /// Whether there are more rows, if the provider says so.
    pub has_more: Option<bool>,
    /// Where the next page begins.
    pub pagination_key: Option<String>,
}

impl<T> Listing<T> {
    /// The key of the next page, if there is one. An answer that says that there is more and gives
    /// no key is [not readable](crate::api#errors).
    pub(crate) fn next(&self) -> Option<String> {
        self.pagination_key.clone().filter(|_| self.has_more != Some(false))
    }
}

impl<'de, T: Listed> Deserialize<'de> for Listing<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = |what: &str| D::Error::invalid_type(Unexpected::Other("no list"), &what);
        match Value::deserialize(deserializer)? {
            Value::Array(rows) => {
                Ok(Self { items: read(&rows)?, has_more: None, pagination_key: None })
            }
            Value::Object(object) => {
                let Some(Value::Array(rows)) = object.get("items") else {
                    return Err(expected("a list under items"));
                };
                let items = read(rows)?;
                let has_more = object.get("has_more").and_then(bool::read);
                let pagination_key = key(&object);
                if has_more == Some(true) && pagination_key.is_none() {
                    return Err(expected("a pagination_key where has_more is true"));
                }
                Ok(Self { items, has_more, pagination_key })
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                Err(expected("a list, at the top level or under items"))
            }
        }
    }
}

fn key(object: &Map<String, Value>) -> Option<String> {
    object.get("pagination_key").and_then(String::read).filter(|key| !key.is_empty())
}

/// Every row, or the number of the one that cannot be read. The error does not show its content:
/// rows are about people.
fn read<T: Listed, E: Error>(rows: &[Value]) -> Result<Vec<T>, E> {
    let row = |(nth, row)| {
        T::read(row).ok_or_else(|| {
            let expected = format!("an object in row {} of items", nth + 1);
            E::invalid_type(Unexpected::Other("another value"), &expected.as_str())
        })
    };
    rows.iter().enumerate().map(row).collect()
}

impl<T: Serialize> Serialize for Listing<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("items", &self.items)?;
        map.serialize_entry("has_more", &self.has_more)?;
        map.serialize_entry("pagination_key", &self.pagination_key)?;
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
