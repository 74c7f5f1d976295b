//! Requests: required fields in the constructor, the rest as setters.
//!
//! A body uses the documents' field names, and what was not set is left out: the documents do not
//! say what null would mean. `Debug` shows the name only, because requests hold names, addresses
//! and requests of people.

use jiff::civil::Time;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::value::RawValue;

/// Declares a request body: each field with its type and its name on the wire, required ones first.
macro_rules! request {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$required_doc:meta])* $required:ident: $required_type:ty = $required_key:literal,)*
        $(; $($(#[$optional_doc:meta])* $optional:ident: $optional_type:ty = $optional_key:literal,)*)?
    }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq)]
        pub struct $name {
            $($required: $required_type,)*
            $($($optional: Option<$optional_type>,)*)?
        }

        impl $name {
            /// The field names on the wire.
            pub const FIELDS: &'static [&'static str] = &[$($required_key,)* $($($optional_key,)*)?];

            $crate::wire::constructor! {
                [$($(#[$required_doc])* $required: $required_type,)*] [$($($optional,)*)?]
            }

            $($($(#[$optional_doc])*
            #[must_use]
            pub fn $optional(mut self, $optional: impl Into<$optional_type>) -> Self {
                self.$optional = Some($optional.into());
                self
            })*)?
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;

                let mut body = serializer.serialize_map(None)?;
                $(body.serialize_entry($required_key, &self.$required)?;)*
                $($(if let Some(value) = &self.$optional {
                    body.serialize_entry($optional_key, value)?;
                })*)?
                body.end()
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

/// The constructor of a request: its required fields in order, or none at all.
macro_rules! constructor {
    ([] [$($optional:ident,)*]) => {
        /// A request with nothing set.
        pub const fn new() -> Self {
            Self { $($optional: None,)* }
        }
    };
    ([$($(#[$required_doc:meta])* $required:ident: $required_type:ty,)+] [$($optional:ident,)*]) => {
        /// The required fields:
        ///
        $(#[doc = concat!("- `", stringify!($required), "`:")] $(#[$required_doc])*)+
        pub fn new($($required: impl Into<$required_type>),+) -> Self {
            Self { $($required: $required.into(),)+ $($optional: None,)* }
        }
    };
}

/// Declares a closed set of words for a request or a filter.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$word_doc])* $word,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$word),+];

            /// The word used on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$word => $text,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

pub(crate) use {constructor, request, words};

/// An exact amount, written as a JSON number digit by digit and never through a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount(Decimal);

impl From<Decimal> for Amount {
    fn from(amount: Decimal) -> Self {
        Self(amount)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.to_string()).map_err(S::Error::custom)?.serialize(serializer)
    }
}

/// A local time to the minute, for example `20:00`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HourAndMinute(String);

impl From<Time> for HourAndMinute {
    fn from(time: Time) -> Self {
        Self(format!("{:02}:{:02}", time.hour(), time.minute()))
    }
}

impl Serialize for HourAndMinute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
