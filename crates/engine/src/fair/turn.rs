//! A waiting call, and one that may go.

use std::fmt;

use jiff::Timestamp;
use switchboard_core::TenantId;

/// How old a waiting call is: since when it waits, and for calls of one moment, which came first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Age {
    pub(super) since: Timestamp,
    pub(super) nth: u64,
}

/// Where a call waits. It finds nothing any more when the call has left the queue, and never
/// another call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ticket {
    pub(super) tenant: usize,
    pub(super) class: usize,
    pub(super) age: Age,
}

/// A call that left the queue: because it may go, or because it was removed.
///
/// Whoever finds that it cannot go after all gives it back with
/// [`FairQueue::give_back`](super::FairQueue::give_back), and the call has not lost its place. In
/// between, `class` may be changed, where the call waits for something else from now on.
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a call that is dropped here waits no longer"]
pub struct Turn<C, T> {
    /// Whose it is.
    pub tenant: TenantId,
    /// What it waited for.
    pub class: C,
    /// The call.
    pub item: T,
    pub(super) age: Age,
    /// The place that its tenant had in line, and the one that it got for this turn.
    pub(super) place: u64,
    pub(super) place_after: u64,
}

impl<C, T> Turn<C, T> {
    /// Since when it waits.
    pub fn since(&self) -> Timestamp {
        self.age.since
    }
}

/// Without the call: it may hold what no log should.
impl<C: fmt::Debug, T> fmt::Debug for Turn<C, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn")
            .field("tenant", &self.tenant)
            .field("class", &self.class)
            .field("since", &self.age.since)
            .finish_non_exhaustive()
    }
}
