//! A setting that is probably a mistake.

use serde::Serialize;

/// A setting that works but is probably a mistake.
#[derive(Debug, Serialize, PartialEq, Eq)]
pub(super) struct Warning {
    pub(super) key: String,
    pub(super) message: String,
}
