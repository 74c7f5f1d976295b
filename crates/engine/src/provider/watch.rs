//! A call that a provider has.

use jiff::Timestamp;
use switchboard_core::{AttemptId, CallId, Cost};

/// A call that is in progress at the provider.
#[derive(Debug, Clone)]
pub(crate) struct Watch {
    pub(crate) call: CallId,
    pub(crate) attempt: AttemptId,
    pub(crate) since: Timestamp,
    /// When the call is stopped, if the provider can stop calls.
    pub(crate) longest: Timestamp,
    pub(crate) stopped: bool,
    pub(crate) deadline: Timestamp,
    pub(crate) last_word: Option<String>,
    pub(crate) missed: u32,
}

/// A call that is over and whose bill is not known yet.
#[derive(Debug, Clone)]
pub(crate) struct Unbilled {
    pub(crate) call: CallId,
    pub(crate) attempt: AttemptId,
    pub(crate) since: Timestamp,
    pub(crate) looks: u32,
    /// What is known of the cost, which may still change.
    pub(crate) known: Option<Cost>,
    /// In how many turns it is looked at again.
    pub(crate) rests: u32,
}

impl Unbilled {
    pub(crate) fn new(call: CallId, attempt: AttemptId, since: Timestamp) -> Self {
        Self { call, attempt, since, looks: 0, known: None, rests: 0 }
    }

    /// The same, with what is known of the cost.
    pub(crate) fn knowing(self, known: Option<Cost>) -> Self {
        Self { known, ..self }
    }
}
