//! Where a call stands when something befalls it.

use switchboard::{Call, CallStatus, core::AttemptState};

/// A call's status and its last attempt's state, as one word. `Intent` and `Claimed` are left out:
/// the router writes both down in the transaction that also lets the request leave, so that no
/// journal ever shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Its first write has not reached the journal.
    New,
    /// Written down, nothing decided.
    Received,
    /// Its window has not opened.
    Scheduled,
    /// It holds its callee.
    Admitted,
    /// The request may have left, and its answer is open.
    Sent,
    /// It may have rung.
    Unknown,
    /// Evidence is being looked for.
    Reconciling,
    /// The last attempt provably reached no phone, and what comes next is not decided.
    NotPlaced,
    /// A provider has it.
    InProgress,
    /// It rang, and rings again because its caller asked for it.
    BetweenRings,
    /// It is over.
    Closed,
    /// Nobody placed it.
    Refused,
    /// A person has to approve first.
    NeedsApproval,
    /// Nothing proved in time whether it rang.
    Indeterminate,
    /// Nobody saw its end.
    Stalled,
}

impl Stage {
    /// All of them.
    pub const ALL: [Stage; 15] = [
        Stage::New,
        Stage::Received,
        Stage::Scheduled,
        Stage::Admitted,
        Stage::Sent,
        Stage::Unknown,
        Stage::Reconciling,
        Stage::NotPlaced,
        Stage::InProgress,
        Stage::BetweenRings,
        Stage::Closed,
        Stage::Refused,
        Stage::NeedsApproval,
        Stage::Indeterminate,
        Stage::Stalled,
    ];

    /// The word used in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Stage::New => "new",
            Stage::Received => "received",
            Stage::Scheduled => "scheduled",
            Stage::Admitted => "admitted",
            Stage::Sent => "sent",
            Stage::Unknown => "unknown",
            Stage::Reconciling => "reconciling",
            Stage::NotPlaced => "not_placed",
            Stage::InProgress => "in_progress",
            Stage::BetweenRings => "between_rings",
            Stage::Closed => "closed",
            Stage::Refused => "refused",
            Stage::NeedsApproval => "needs_approval",
            Stage::Indeterminate => "indeterminate",
            Stage::Stalled => "stalled",
        }
    }

    pub(super) fn of(call: &Call) -> Self {
        let last = call.attempts.last().map(|last| last.state);
        match (call.status, last) {
            (CallStatus::Received, None) => Stage::Received,
            (CallStatus::Scheduled, None) => Stage::Scheduled,
            (CallStatus::Admitted, None) => Stage::Admitted,
            (CallStatus::Received | CallStatus::Scheduled | CallStatus::Admitted, Some(_)) => {
                Stage::BetweenRings
            }
            (CallStatus::Attempting, Some(AttemptState::Unknown)) => Stage::Unknown,
            (CallStatus::Attempting, Some(AttemptState::Reconciling)) => Stage::Reconciling,
            (CallStatus::Attempting, Some(AttemptState::NotPlaced)) => Stage::NotPlaced,
            (CallStatus::Attempting, Some(AttemptState::Placed)) => Stage::InProgress,
            (
                CallStatus::Attempting,
                Some(AttemptState::Intent | AttemptState::Claimed | AttemptState::Sent) | None,
            ) => Stage::Sent,
            (CallStatus::InProgress, _) => Stage::InProgress,
            (CallStatus::Closed, _) => Stage::Closed,
            (CallStatus::Refused, _) => Stage::Refused,
            (CallStatus::NeedsApproval, _) => Stage::NeedsApproval,
            (CallStatus::Indeterminate, _) => Stage::Indeterminate,
            (CallStatus::Stalled, _) => Stage::Stalled,
        }
    }

    /// True where nothing more happens on its own.
    pub(super) const fn is_settled(self) -> bool {
        match self {
            Stage::Closed
            | Stage::Refused
            | Stage::NeedsApproval
            | Stage::Indeterminate
            | Stage::Stalled => true,
            Stage::New
            | Stage::Received
            | Stage::Scheduled
            | Stage::Admitted
            | Stage::Sent
            | Stage::Unknown
            | Stage::Reconciling
            | Stage::NotPlaced
            | Stage::InProgress
            | Stage::BetweenRings => false,
        }
    }
}
