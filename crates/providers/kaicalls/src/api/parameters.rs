//! The macro for request parameters: required ones in the constructor, the rest as setters.

use serde::Serialize;
use serde_json::Value;
use switchboard_core::{Error, Result};
use switchboard_http::Request;

/// Refuses an empty id, with which some reads would list everything.
pub(crate) fn named(id: &str, what: &str) -> Result<()> {
    if id.is_empty() {
        return Err(Error::invalid("id", format!("is empty: name the {what}")));
    }
    Ok(())
}

/// Adds every parameter that is set to the query.
pub(crate) fn with_query(request: Request, parameters: &impl Serialize) -> Request {
    match serde_json::to_value(parameters) {
        Ok(Value::Object(fields)) => {
            fields.into_iter().fold(request, |request, (name, value)| match value {
                Value::String(text) => request.query(name, text),
                Value::Null => request,
                value
                @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                    request.query(name, value)
                }
            })
        }
        Ok(_) | Err(_) => request,
    }
}

/// Defines parameters: field, type and name on the wire. They can also be read from JSON, where an
/// unknown name is an error. `Debug` shows no values.
macro_rules! parameters {
    ($(#[$meta:meta])* $name:ident {
        required { $($(#[$required_meta:meta])* $required:ident: $required_type:ty = $required_key:literal,)* }
        optional { $($(#[$optional_meta:meta])* $optional:ident: $optional_type:ty = $optional_key:literal,)* }
    }) => {
        $(#[$meta])*
        #[derive(Clone, Default, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$required_meta])* #[serde(rename = $required_key)] $required: $required_type,)*
            $(#[serde(rename = $optional_key, skip_serializing_if = "Option::is_none")] $optional: Option<$optional_type>,)*
        }

        impl $name {
            /// The parameters with the required values.
            #[allow(clippy::new_without_default, reason = "a type without required parameters has both")]
            pub fn new($($required: impl Into<$required_type>),*) -> Self {
                Self { $($required: $required.into(),)* ..Self::default() }
            }

            $(
                $(#[$optional_meta])*
                #[must_use]
                pub fn $optional(mut self, value: impl Into<$optional_type>) -> Self {
                    self.$optional = Some(value.into());
                    self
                }
            )*
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

pub(crate) use parameters;
