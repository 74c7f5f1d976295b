//! How far the journal was read to measure the providers.

use std::collections::BTreeSet;

use jiff::Timestamp;
use switchboard_core::CallId;

/// The read position in the journal.
#[derive(Debug)]
pub(crate) struct LearnCursor {
    /// Calls created up to this time were read: either they were settled, or they are in `open`.
    pub(crate) to: Timestamp,
    /// Calls that were not settled yet and have to be read again.
    pub(crate) open: BTreeSet<CallId>,
}

impl Default for LearnCursor {
    /// Nothing was read yet.
    fn default() -> Self {
        Self { to: Timestamp::MIN, open: BTreeSet::new() }
    }
}
