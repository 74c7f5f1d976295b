//! Reading answers in which any field may be missing, renamed or of another type.
//!
//! Document 004 shows one example of each answer and no schema, and the SDK shows none. A strict
//! reader would lose a placed call because its `duration` arrived as text. So an answer is read
//! field by field: what is missing or does not fit is `None`, and the whole object is kept beside
//! the fields, so nothing is lost.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil, tz::TimeZone};
use rust_decimal::Decimal;
use secrecy::SecretString;
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, Unexpected},
};
use serde_json::{Map, Value};
use switchboard_core::Raw;

/// A value that can be read from one field.
pub(crate) trait Field: Sized {
    /// `None` if the value has another type.
    fn read(value: &Value) -> Option<Self>;

    /// The first of these fields that can be read.
    fn take(object: &mut Map<String, Value>, names: &[&str]) -> Option<Self> {
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

impl Field for SecretString {
    fn read(value: &Value) -> Option<Self> {
        value.as_str().map(Self::from)
    }

    /// A secret is removed from the object, so that the raw answer does not hold it.
    fn take(object: &mut Map<String, Value>, names: &[&str]) -> Option<Self> {
        let taken: Vec<Value> = names.iter().filter_map(|name| object.remove(*name)).collect();
        taken.iter().find_map(Self::read)
    }
}

/// A point in time as written. The text is kept because it serves as a cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment(String);

impl Moment {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The time, if the text can be read: RFC 3339, without an offset (then UTC), a date, or Unix
    /// seconds or milliseconds.
    pub fn timestamp(&self) -> Option<Timestamp> {
        let text = self.0.trim();
        if let Ok(at) = text.parse::<Timestamp>() {
            return Some(at);
        }
        if let Ok(number) = Decimal::from_str(text) {
            let millis = if number.abs() < Decimal::from(100_000_000_000_i64) {
                number * Decimal::from(1000)
            } else {
                number
            };
            return Timestamp::from_millisecond(i64::try_from(millis.trunc()).ok()?).ok();
        }
        let local = text
            .parse::<civil::DateTime>()
            .or_else(|_| text.parse::<civil::Date>().map(|date| date.at(0, 0, 0, 0)))
            .ok()?;
        Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp())
    }
}

impl Field for Moment {
    fn read(value: &Value) -> Option<Self> {
        String::read(value).map(Self)
    }
}

/// A type of answer: an object, and how it may be wrapped.
pub(crate) trait Object: Sized {
    /// Fields that may hold the object alone, for example `{"agent": {…}}`.
    const WRAPPERS: &'static [&'static str];

    fn from_object(object: Map<String, Value>) -> Self;

    /// `None` for anything but an object. A wrapper only counts if the outer object has no id of
    /// its own.
    fn unwrap(value: Value) -> Option<Self> {
        let Value::Object(mut object) = value else {
            return None;
        };
        if !object.contains_key("id") {
            for wrapper in Self::WRAPPERS {
                match object.remove(*wrapper) {
                    Some(Value::Object(inner)) => return Some(Self::from_object(inner)),
                    Some(other) => drop(object.insert((*wrapper).to_owned(), other)),
                    None => {}
                }
            }
        }
        Some(Self::from_object(object))
    }

    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::unwrap(Value::deserialize(deserializer)?).ok_or_else(|| {
            D::Error::invalid_type(Unexpected::Other("something else"), &"an object")
        })
    }
}

/// Shows which fields an answer has and none of their values, which are names, numbers and
/// conversations.
pub(crate) fn debug(name: &str, raw: &Raw, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let fields: Vec<&String> =
        raw.value().as_object().map(|object| object.keys().collect()).unwrap_or_default();
    f.debug_struct(name).field("fields", &fields).finish_non_exhaustive()
}

/// Defines an answer: each field with its type and the names that it may have, the documented one
/// first. The whole object is kept in `raw`.
macro_rules! answer {
    ($(#[$meta:meta])* $name:ident in [$($wrapper:literal),*] {
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

            /// The names of the fields that were found and could be read.
            pub fn found(&self) -> Vec<&'static str> {
                [$((stringify!($field), self.$field.is_some())),*]
                    .into_iter()
                    .filter_map(|(name, found)| found.then_some(name))
                    .collect()
            }
        }

        /// As received, without secrets.
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.raw.serialize(serializer)
            }
        }

        impl $crate::wire::read::Object for $name {
            const WRAPPERS: &'static [&'static str] = &[$($wrapper),*];

            fn from_object(mut object: serde_json::Map<String, serde_json::Value>) -> Self {
                $(let $field = <$type as $crate::wire::read::Field>::take(&mut object, &[$($key),+]);)*
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
                $crate::wire::read::Object::deserialize(deserializer)
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
