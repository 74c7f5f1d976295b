//! What is left of a limit.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is left in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headroom {
    /// Slots that are free now.
    pub free: u32,
    /// Slots in all.
    pub of: u32,
    /// When the next slot frees, where none is free.
    pub frees_at: Option<Timestamp>,
}
