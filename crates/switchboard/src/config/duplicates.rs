//! `[duplicates]`: within which time the same person with the same task is taken for a mistake.

use std::num::NonZeroU32;

use serde::Deserialize;

/// `[duplicates]`. A call to the same person with the same task within this time is held back,
/// unless the request says that it is meant (`allow_duplicate`, `--again`) or has the caller's own
/// key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DuplicatesConfig {
    /// For a call that is asked for alone, 1 to 10080: 10.
    pub call_minutes: Option<NonZeroU32>,
    /// For the rows of a batch, 1 to 168: 12.
    pub batch_hours: Option<NonZeroU32>,
}
