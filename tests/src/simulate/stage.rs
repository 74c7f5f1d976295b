//! The state of a call for the table of faults.

use switchboard::{Call, CallStatus, core::AttemptState};

/// The status of a call and the state of its last attempt, combined. `Intent` and `Claimed` are
/// left out: the router writes them in the same transaction that allows sending, so they are never
/// visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Its first write has not reached the journal.
    New,
    /// Stored; nothing has been decided yet.
    Received,
    /// Its window has not opened.
    Scheduled,
    /// It holds its callee.
    Admitted,
    /// The request may have been sent, and the response is pending.
    Sent,
    /// It may have rung.
    Unknown,
    /// The provider is being searched for evidence.
    Reconciling,
    /// The last attempt provably reached no phone, and nothing further has been decided.
    NotPlaced,
    /// A provider has it.
    InProgress,
    /// It rang and will ring again because of the redial policy.
    BetweenRings,
    /// It has ended.
    Closed,
    /// It was refused.
    Refused,
    /// A person has to approve first.
    NeedsApproval,
    /// Whether it rang could not be determined in time.
    Indeterminate,
    /// Its end was not observed.
    Stalled,
}

impl Stage {
    /// All states.
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

    /// The name in tables.
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

    /// True if nothing more happens without an event or an operator.
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
