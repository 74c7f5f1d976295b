//! Reading answers in which any field may be missing or of another type.
//!
//! A strict reader would lose a placed call because its duration arrived as text. So an answer is
//! read field by field: what is missing or does not fit is `None`, and the whole object is kept
//! beside the fields.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Map, Value};
use switchboard_core::Raw;

/// A value that can be read from one field.
pub(crate) trait Field: Sized {
    /// `None` if the value has another type.
    fn read(value: &Value) -> Option<Self>;

    /// The first of these fields that can be read.
    fn take(object: &Map<String, Value>, names: &[&str]) -> Option<Self> {
        names.iter().find_map(|name| object.get(*name).and_then(Self::read))
    }
}

impl Field for String {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

impl Field for bool {
    fn read(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl Field for u64 {
    fn read(value: &Value) -> Option<Self> {
        value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
    }
}

impl Field for Decimal {
    /// Numbers are read from their text, which is exact up to 15 digits.
    fn read(value: &Value) -> Option<Self> {
        let text = String::read(value)?;
        let text = text.trim();
        Decimal::from_str(text).or_else(|_| Decimal::from_scientific(text)).ok()
    }
}

impl Field for Value {
    fn read(value: &Value) -> Option<Self> {
        (!value.is_null()).then(|| value.clone())
    }
}

/// All or nothing: a list without its unreadable entries would be a different list.
impl<T: Field> Field for Vec<T> {
    fn read(value: &Value) -> Option<Self> {
        value.as_array()?.iter().map(T::read).collect()
    }
}

/// A point in time, in Unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(Timestamp);

impl Moment {
    /// The time.
    pub const fn timestamp(self) -> Timestamp {
        self.0
    }
}

impl Field for Moment {
    fn read(value: &Value) -> Option<Self> {
        let millis = i64::try_from(Decimal::read(value)?.trunc()).ok()?;
        Timestamp::from_millisecond(millis).ok().map(Self)
    }
}

/// A type of answer: an object.
pub(crate) trait Object: Sized {
    fn from_object(object: Map<String, Value>) -> Self;
}

/// Shows which fields an answer has and none of their values, which are names, numbers and
/// conversations.
pub(crate) fn debug(name: &str, raw: &Raw, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let fields = raw.value().as_object().map_or(0, Map::len);
    f.debug_struct(name).field("fields", &fields).finish_non_exhaustive()
}

/// Defines an answer: each field with its type and its name. The whole object is kept in `raw`.
macro_rules! answer {
    ($(#[$meta:meta])* $name:ident {
        $($(#[$field_meta:meta])* $field:ident: $type:ty = [$($key:literal),+],)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Default)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_meta])* pub $field: Option<$type>,)*
            /// The whole object, unknown fields included.
            pub raw: switchboard_core::Raw,
        }

        impl $name {
            /// Each field and the names it is looked for under, the documented one first.
            pub const FIELDS: &'static [(&'static str, &'static [&'static str])] = &[$((stringify!($field), &[$($key),+])),*];
        }

        /// As received.
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.raw.serialize(serializer)
            }
        }

        impl $crate::wire::read::Object for $name {
            fn from_object(object: serde_json::Map<String, serde_json::Value>) -> Self {
                $(let $field = <$type as $crate::wire::read::Field>::take(&object, &[$($key),+]);)*
                Self { $($field,)* raw: serde_json::Value::Object(object).into() }
            }
        }

        impl $crate::wire::read::Field for $name {
            fn read(value: &serde_json::Value) -> Option<Self> {
                value.as_object().cloned().map($crate::wire::read::Object::from_object)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use serde::de::Error as _;
                match serde_json::Value::deserialize(deserializer)? {
                    serde_json::Value::Object(object) => {
                        Ok($crate::wire::read::Object::from_object(object))
                    }
                    _ => Err(D::Error::invalid_type(
                        serde::de::Unexpected::Other("something else"),
                        &"an object",
                    )),
                }
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::wire::read::debug(stringify!($name), &self.raw, f)
            }
        }
    };
}

pub(crate) use answer;
