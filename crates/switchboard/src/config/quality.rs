//! `[routing.quality]`: what is learnt of the calls that were made.

use serde::Deserialize;

/// `[routing.quality]`: what is measured of the calls that were made, for expected durations and
/// costs, and for the strategies `best_value` and `adaptive`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QualityConfig {
    /// Older calls say nothing any more: 7, of 1 to 90.
    pub window_days: u32,
    /// So many calls before anything that was learnt is used, and for so many calls what was
    /// expected before counts among them: 20, of 1 to 10000.
    pub minimum_calls: u32,
}

impl Default for QualityConfig {
    fn default() -> Self {
        Self { window_days: 7, minimum_calls: 20 }
    }
}
