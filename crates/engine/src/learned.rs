//! How far the journal was read for what its calls say of the providers.

use std::collections::BTreeSet;

use jiff::Timestamp;
use switchboard_core::CallId;

/// What was read of the journal.
#[derive(Debug)]
pub(crate) struct LearnCursor {
    /// Calls that were taken in before are known as they ended, or are among the open ones.
    pub(crate) to: Timestamp,
    /// To be looked at again: they were not over.
    pub(crate) open: BTreeSet<CallId>,
}

impl Default for LearnCursor {
    /// Nothing.
    fn default() -> Self {
        Self { to: Timestamp::MIN, open: BTreeSet::new() }
    }
}
