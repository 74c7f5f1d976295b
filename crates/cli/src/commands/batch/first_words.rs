//! Counts the calls of a batch whose first words left something out that a rule asks for.

use std::collections::BTreeSet;

use switchboard::{
    CallId,
    core::CallFlagKind,
    engine::{CallEvent, CallEventKind},
};

/// So many such calls stop a batch: one may be a slip, two show that the agent does it.
pub(super) const TOO_MANY: usize = 2;

/// The calls of the batch, and which of them were flagged.
#[derive(Debug, Default)]
pub(super) struct FirstWords {
    calls: BTreeSet<CallId>,
    flagged: BTreeSet<CallId>,
}

impl FirstWords {
    /// A call of the batch.
    pub(super) fn started(&mut self, call: CallId) {
        self.calls.insert(call);
    }

    /// True if this event is about the call that is one too many.
    pub(super) fn stop_at(&mut self, event: &CallEvent) -> bool {
        let is_flagged = matches!(
            &event.kind,
            CallEventKind::Flagged(flag) if flag.kind == CallFlagKind::FirstWordsMissing
        );
        is_flagged
            && self.calls.contains(&event.call)
            && self.flagged.insert(event.call)
            && self.flagged.len() == TOO_MANY
    }
}
