//! What is known about a callee from earlier calls.

use jiff::Timestamp;

use crate::Consent;

/// What is known about a callee from earlier calls of every tenant and provider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CalleeHistory {
    /// When their phone rang or may have rung, oldest first, as far back as was asked for.
    pub rings: Vec<Timestamp>,
    /// When they asked not to be called again, unless they took it back.
    pub opted_out: Option<Timestamp>,
    /// When they last declined, without asking not to be called again.
    pub refused: Option<Timestamp>,
    /// When somebody last spoke with them.
    pub conversation: Option<Timestamp>,
    /// When a call to them was last abandoned: they answered, and nobody spoke.
    pub abandoned: Option<Timestamp>,
    /// The consents on record that were not withdrawn.
    pub consents: Vec<Consent>,
}

impl CalleeHistory {
    /// The same history with other fields set.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}

/// A limit on how often a person's phone may ring: at this moment, it must have rung fewer than
/// `fewer_than` times since `since`, over all calls of every tenant and provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RingCap {
    /// The id of the rule, for example `P-CAP-DAY`.
    pub rule: String,
    /// Rings at this time or before do not count.
    pub since: Timestamp,
    /// The number of rings that is too many. At least 1.
    pub fewer_than: u32,
}

/// What a list of numbers says about a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListState {
    /// No list of this name was imported.
    Missing,
    /// The list does not cover the number's area: it says nothing about the number.
    NotCovered {
        /// The date of the list.
        as_of: Timestamp,
    },
    /// The list covers the number's area, and the number is not on it.
    Absent {
        /// The date of the list.
        as_of: Timestamp,
    },
    /// The number is on the list.
    Listed {
        /// The date of the list.
        as_of: Timestamp,
    },
}
