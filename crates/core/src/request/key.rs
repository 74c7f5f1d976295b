//! The key by which a repeated request is recognised as the same call.

use serde::Serialize;

use crate::{IdempotencyKey, RowKey};

/// The key that identifies a call: requests with the same key are the same call, however often they
/// are sent.
///
/// The two kinds are kept apart because only one expresses intent. A caller who writes a key says
/// that this call differs from those with other keys, and so that it is wanted even if the same
/// person was just called with the same task. A key that a program derived from a row says nothing
/// of the kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CallKey {
    /// Written by the caller.
    Given(IdempotencyKey),
    /// Derived from the content of a row of a batch.
    Derived(RowKey),
}

impl CallKey {
    /// The key that the caller wrote, if it is one.
    pub const fn given(&self) -> Option<&IdempotencyKey> {
        match self {
            CallKey::Given(key) => Some(key),
            CallKey::Derived(_) => None,
        }
    }

    /// The key derived from a row, if it is one.
    pub const fn derived(&self) -> Option<&RowKey> {
        match self {
            CallKey::Given(_) => None,
            CallKey::Derived(key) => Some(key),
        }
    }

    /// True if the key expresses that the call is wanted, even if the same person was just called.
    pub const fn is_given(&self) -> bool {
        self.given().is_some()
    }
}
