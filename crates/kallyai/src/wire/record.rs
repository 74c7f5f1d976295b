//! Records: typed fields over an answer that is kept whole.

use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;
use switchboard_core::{Error, ErrorKind, Raw, Result};
use switchboard_http::Answer;

use super::read::ReadJson;

/// Declares a record: each field with the keys that the documents use for it, first match first. Every field is optional; the answer
/// stays beside them with what no field names. `Debug` shows the name alone, because answers hold names, numbers and conversations.
macro_rules! record {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty = [$($key:literal),+],)* }) => {
        $(#[$doc])*
        #[derive(Clone, Default, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_doc])* pub $field: Option<$type>,)*
            raw: switchboard_core::Raw,
        }

        impl $name {
            /// The answer as it came, unknown fields and all.
            pub fn raw(&self) -> &switchboard_core::Raw {
                &self.raw
            }
        }

        impl $crate::wire::ReadJson for $name {
            fn read_json(value: &serde_json::Value) -> Option<Self> {
                value.is_object().then(|| Self {
                    $($field: $crate::wire::first(value, &[$($key),+]),)*
                    raw: value.clone().into(),
                })
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::wire::object(deserializer)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

pub(crate) use record;

/// Reads a record, or says that an object was expected.
pub(crate) fn object<'de, T: ReadJson, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    T::read_json(&value).ok_or_else(|| D::Error::custom("invalid type, expected an object"))
}

/// One page of a list, in whichever of its shapes it came.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Listing<T> {
    /// What could be read of the entries.
    pub items: Vec<T>,
    /// How many the answer held, those that could not be read included: this is how far the next offset is.
    pub received: usize,
    /// How many there are in all, where the answer says so.
    pub total: Option<u64>,
    /// Whether there are more, where the answer says so.
    pub has_more: Option<bool>,
    raw: Raw,
}

impl<T: ReadJson> Listing<T> {
    /// Reads a list that stands at the top, or under one of `keys`.
    ///
    /// # Errors
    /// `Decode` where there is none: an answer that holds no list must not read as an empty one.
    pub(crate) fn read(answer: &Answer, keys: &[&str]) -> Result<Self> {
        let value = answer.value()?;
        match Self::of(&value, keys) {
            Some(listing) => Ok(listing),
            None => Err(answer.failed(Error::new(
                ErrorKind::Decode,
                format!("expected a list, at the top or under {}", keys.join(", ")),
            ))),
        }
    }

    pub(crate) fn of(value: &Value, keys: &[&str]) -> Option<Self> {
        let entries = value
            .as_array()
            .or_else(|| keys.iter().find_map(|key| value.get(key)?.as_array()))?;
        Some(Self {
            items: entries.iter().filter_map(T::read_json).collect(),
            received: entries.len(),
            total: super::first(value, &["total", "total_count"]),
            has_more: super::first(value, &["has_more"]),
            raw: value.clone().into(),
        })
    }
}

impl<T> Listing<T> {
    /// The answer as it came.
    pub fn raw(&self) -> &Raw {
        &self.raw
    }
}

impl<T> std::fmt::Debug for Listing<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listing")
            .field("items", &self.items.len())
            .field("total", &self.total)
            .finish_non_exhaustive()
    }
}

/// An answer that no document describes: the JSON as it came, and ways into it. A body that is not JSON is a JSON string, no body is null.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Undocumented(Raw);

impl Undocumented {
    /// Keeps whatever came. It never fails on what it finds: what was asked for has been done.
    pub(crate) fn read(answer: &Answer) -> Result<Self> {
        if answer.is_empty() {
            return Ok(Self::default());
        }
        let value = match answer.value() {
            Ok(value) => value,
            Err(_) => Value::String(answer.text()?),
        };
        Ok(Self(value.into()))
    }

    /// The answer.
    pub fn value(&self) -> &Value {
        self.0.value()
    }

    /// The answer, owned.
    pub fn into_value(self) -> Value {
        self.0.into_value()
    }

    /// What can be read as `T` under the first of `keys` that holds one; a key with a leading slash is a JSON pointer.
    pub fn get<T: ReadJson>(&self, keys: &[&str]) -> Option<T> {
        super::first(self.value(), keys)
    }
}

impl From<Value> for Undocumented {
    fn from(value: Value) -> Self {
        Self(value.into())
    }
}
