//! Lists of answers.

use serde::{
    Deserialize, Deserializer,
    de::{Error, Unexpected},
};
use serde_json::Value;
use switchboard_http::fields::Field;

/// A list: a bare array.
///
/// An answer that is none is an error and not an empty list, which would read as proof that there is
/// nothing. So is an unreadable row. The error does not show its content: rows are about people.
#[derive(Debug, Clone)]
pub struct Listing<T>(
    /// The rows, all of them.
    pub Vec<T>,
);

impl<'de, T: Field> Deserialize<'de> for Listing<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Value::Array(rows) = Value::deserialize(deserializer)? else {
            return Err(D::Error::invalid_type(Unexpected::Other("no list"), &"a list"));
        };
        let row = |(nth, row)| {
            T::read(row).ok_or_else(|| {
                let expected = format!("an object in row {}", nth + 1);
                D::Error::invalid_type(Unexpected::Other("another value"), &expected.as_str())
            })
        };
        rows.iter().enumerate().map(row).collect::<Result<_, _>>().map(Self)
    }
}
