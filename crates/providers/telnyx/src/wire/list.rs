//! Lists, and single answers under `data`.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Unexpected},
};
use serde_json::Value;
use switchboard_http::{answer, fields::Field};

answer! {
    /// Where a page is in its list.
    Meta {
        /// How many pages there are.
        total_pages: u64 = ["total_pages"],
        /// How many rows there are.
        total_results: u64 = ["total_results"],
        /// The number of this page, from 1 on.
        page_number: u64 = ["page_number"],
    }
}

/// One answer: `{"data": {…}}`.
#[derive(Debug, Clone)]
pub struct Wrapped<T> {
    /// What was asked for.
    pub data: T,
}

impl<'de, T: Field> Deserialize<'de> for Wrapped<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let data = value.get("data").and_then(T::read);
        data.map(|data| Self { data }).ok_or_else(|| {
            D::Error::invalid_type(Unexpected::Other("no object"), &"an object under data")
        })
    }
}

/// One page of a list: `{"data": […], "meta": {…}}`.
///
/// An answer without a list is an error and not an empty list, which would read as proof that there
/// is nothing. So is an unreadable row.
#[derive(Clone)]
#[non_exhaustive]
pub struct Listing<T> {
    /// The rows, all of them.
    pub items: Vec<T>,
    /// Where the page is, if the answer says so.
    pub meta: Meta,
}

impl<T> Listing<T> {
    /// The number of the next page, if there is one.
    pub(crate) fn next(&self) -> Option<u32> {
        let (page, pages) = (self.meta.page_number?, self.meta.total_pages?);
        (page < pages && !self.items.is_empty()).then(|| u32::try_from(page + 1).ok())?
    }
}

impl<'de, T: Field> Deserialize<'de> for Listing<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let Some(Value::Array(rows)) = value.get("data") else {
            return Err(D::Error::invalid_type(Unexpected::Other("no list"), &"a list under data"));
        };
        let meta = value.get("meta").and_then(Meta::read).unwrap_or_default();
        Ok(Self { items: read(rows)?, meta })
    }
}

/// Every row, or the number of the one that cannot be read. The error does not show its content:
/// rows are about people.
fn read<T: Field, E: Error>(rows: &[Value]) -> Result<Vec<T>, E> {
    let row = |(nth, row)| {
        T::read(row).ok_or_else(|| {
            let expected = format!("an object in row {} of data", nth + 1);
            E::invalid_type(Unexpected::Other("another value"), &expected.as_str())
        })
    };
    rows.iter().enumerate().map(row).collect()
}

impl<T: Serialize> Serialize for Listing<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("data", &self.items)?;
        map.serialize_entry("meta", &self.meta)?;
        map.end()
    }
}

impl<T> fmt::Debug for Listing<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing").field("items", &self.items.len()).finish_non_exhaustive()
    }
}
