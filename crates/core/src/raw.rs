//! What a provider really answered.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A provider's answer, kept beside what was made of it. Its `Debug` shows nothing: answers hold
/// names, numbers and conversations.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Raw(Value);

impl Raw {
    /// Keeps an answer.
    pub const fn new(value: Value) -> Self {
        Self(value)
    }

    /// The answer.
    pub const fn value(&self) -> &Value {
        &self.0
    }

    /// The answer, owned.
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
