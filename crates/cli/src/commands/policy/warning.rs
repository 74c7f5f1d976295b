//! A setting that is probably a mistake.

use serde::Serialize;

/// A setting that works but is probably a mistake.
#[derive(Debug, Serialize, PartialEq, Eq)]
pub(in crate::commands) struct Warning {
    pub(in crate::commands) key: String,
    pub(in crate::commands) message: String,
}
