//! A waiting call, and one that may go.

use std::fmt;

use jiff::Timestamp;
use switchboard_core::TenantId;

/// The age of a waiting call: since when it waits and, for calls of the same moment, which came
/// first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Age {
    pub(super) since: Timestamp,
    pub(super) nth: u64,
}

/// Identifies a waiting call. Once the call has left the queue, it finds nothing, and never another
/// call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ticket {
    pub(super) tenant: usize,
    pub(super) class: usize,
    pub(super) age: Age,
}

/// A call that left the queue: because it may go, or because it was removed.
///
/// If the call cannot go after all, return it with
/// [`FairQueue::give_back`](super::FairQueue::give_back), and it keeps its place. Before that,
/// `class` may be changed, if the call now waits for something else.
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a call that is dropped here waits no longer"]
pub struct Turn<C, T> {
    /// The tenant of the call.
    pub tenant: TenantId,
    /// What the call waited for.
    pub class: C,
    /// The call.
    pub item: T,
    pub(super) age: Age,
    /// The place that its tenant had in line, and the one that it got after this turn.
    pub(super) place: u64,
    pub(super) place_after: u64,
}

impl<C, T> Turn<C, T> {
    /// Since when the call has been waiting.
    pub fn since(&self) -> Timestamp {
        self.age.since
    }
}

/// Leaves out the call itself, which may contain what must not be logged.
impl<C: fmt::Debug, T> fmt::Debug for Turn<C, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn")
            .field("tenant", &self.tenant)
            .field("class", &self.class)
            .field("since", &self.age.since)
            .finish_non_exhaustive()
    }
}
