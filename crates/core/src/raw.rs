//! A provider's unmodified response.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A provider's response, kept next to what was parsed from it. `Debug` prints nothing of it,
/// because responses contain names, numbers and conversations.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Raw(Value);

impl Raw {
    /// Wraps a response.
    pub const fn new(value: Value) -> Self {
        Self(value)
    }

    /// The response.
    pub const fn value(&self) -> &Value {
        &self.0
    }

    /// Returns the response by value.
    pub fn into_value(self) -> Value {
        self.0
    }
}

impl From<Value> for Raw {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Raw(..)")
    }
}
