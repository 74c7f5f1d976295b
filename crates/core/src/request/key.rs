//! Which call a request is, and who says so.

use serde::Serialize;

use crate::{IdempotencyKey, RowKey};

/// By what a request is known again: the same key is the same call, however often it comes.
///
/// The two are never mixed up, because only one of them says what somebody wants. Whoever writes a
/// key says that this call is another one than those with other keys, and so that it is meant even
/// where the same person was just asked the same. A key that a program made of a request says
/// nothing of the kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CallKey {
    /// The caller wrote it.
    Given(IdempotencyKey),
    /// It was made of what a batch's row says.
    Derived(RowKey),
}

impl CallKey {
    /// The caller's, where it is one.
    pub const fn given(&self) -> Option<&IdempotencyKey> {
        match self {
            CallKey::Given(key) => Some(key),
            CallKey::Derived(_) => None,
        }
    }

    /// The row's, where it is one.
    pub const fn derived(&self) -> Option<&RowKey> {
        match self {
            CallKey::Given(_) => None,
            CallKey::Derived(key) => Some(key),
        }
    }

    /// True where the key itself says that the call is meant, whoever was called before.
    pub const fn is_given(&self) -> bool {
        self.given().is_some()
    }
}
