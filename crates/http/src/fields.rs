//! Reading answers in which any field may be missing, renamed or of another type.
//!
//! A strict reader would lose a placed call because its duration arrived as text. So an answer is
//! read field by field: what is missing or does not fit is `None`, and the whole object is kept
//! beside the fields, so nothing is lost. The macro [`answer!`](crate::answer) defines such a type.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use rust_decimal::Decimal;
use secrecy::SecretString;
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, Unexpected},
};
use serde_json::{Map, Value};

use crate::Shape;

#[doc(hidden)]
pub use {serde, serde_json, switchboard_core::Raw};

/// A value that can be read from one field.
pub trait Field: Sized {
    /// What it reads, to compare an answer with: one value, unless it says otherwise.
    const SHAPE: Shape = Shape::Value;

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

impl Field for Timestamp {
    /// RFC 3339; without an offset it is UTC.
    fn read(value: &Value) -> Option<Self> {
        let text = value.as_str()?.trim();
        text.parse().ok().or_else(|| {
            let local = text.parse::<DateTime>().ok()?;
            Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp())
        })
    }
}

impl Field for Value {
    fn read(value: &Value) -> Option<Self> {
        (!value.is_null()).then(|| value.clone())
    }
}

/// All or nothing: a list without its unreadable entries would be a different list.
impl<T: Field> Field for Vec<T> {
    const SHAPE: Shape = Shape::List(&T::SHAPE);

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

/// A type of answer: an object, and how it may be wrapped.
pub trait Object: Sized {
    /// Fields that may hold the object alone, for example `{"agent": {…}}`.
    const WRAPPERS: &'static [&'static str];

    /// Reads the fields of an object.
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

    /// Reads an object with serde.
    ///
    /// # Errors
    /// If the value is not an object.
    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::unwrap(Value::deserialize(deserializer)?).ok_or_else(|| {
            D::Error::invalid_type(Unexpected::Other("something else"), &"an object")
        })
    }
}

/// Shows which of the known fields an answer has and none of their values, which are names, numbers
/// and conversations.
#[doc(hidden)]
pub fn debug(name: &str, found: &[&'static str], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.debug_struct(name).field("fields", &found).finish_non_exhaustive()
}

/// Defines an answer: each field with its type and the names that it may have, the documented one
/// first. The whole object is kept in `raw`. The names after `in` are wrappers, see
/// [`Object::WRAPPERS`](crate::fields::Object::WRAPPERS).
///
/// ```
/// switchboard_http::answer! {
///     /// A call.
///     Call in ["call"] {
///         /// Its id.
///         id: String = ["id", "call_id"],
///         /// How long it took, in seconds.
///         seconds: u64 = ["duration"],
///     }
/// }
///
/// let call: Call = serde_json::from_str(r#"{"call": {"call_id": "c1", "duration": "61"}}"#)?;
/// assert_eq!((call.id.as_deref(), call.seconds), (Some("c1"), Some(61)));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! answer {
    ($(#[$meta:meta])* $name:ident { $($fields:tt)* }) => {
        $crate::answer! { $(#[$meta])* $name in [] { $($fields)* } }
    };
    ($(#[$meta:meta])* $name:ident in [$($wrapper:literal),*] {
        $($(#[$field_meta:meta])* $field:ident: $type:ty = [$($key:literal),+],)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Default)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_meta])* pub $field: Option<$type>,)*
            /// The whole object, unknown fields included.
            pub raw: $crate::fields::Raw,
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
        impl $crate::fields::serde::Serialize for $name {
            fn serialize<S: $crate::fields::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::fields::serde::Serialize::serialize(&self.raw, serializer)
            }
        }

        impl $crate::fields::Object for $name {
            const WRAPPERS: &'static [&'static str] = &[$($wrapper),*];

            fn from_object(mut object: $crate::fields::serde_json::Map<String, $crate::fields::serde_json::Value>) -> Self {
                $(let $field = <$type as $crate::fields::Field>::take(&mut object, &[$($key),+]);)*
                Self { $($field,)* raw: $crate::fields::serde_json::Value::Object(object).into() }
            }
        }

        impl $crate::fields::Field for $name {
            const SHAPE: $crate::Shape = $crate::Shape::Object(&[$($crate::KnownField {
                keys: &[$($key),+],
                shape: &<$type as $crate::fields::Field>::SHAPE,
                reads: |value| <$type as $crate::fields::Field>::read(value).is_some(),
            }),*]);

            fn read(value: &$crate::fields::serde_json::Value) -> Option<Self> {
                value.as_object().cloned().map($crate::fields::Object::from_object)
            }
        }

        impl<'de> $crate::fields::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::fields::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::fields::Object::deserialize(deserializer)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::fields::debug(stringify!($name), &self.found(), f)
            }
        }
    };
}
