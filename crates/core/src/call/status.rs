//! The states of a call and how it ends.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The status of a call. It only moves forward, and a final status never changes, except that a
/// redial by the caller's policy starts over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallStatus {
    /// Valid; nothing has been decided yet.
    Received,
    /// Valid; its time window has not opened yet.
    Scheduled,
    /// Planned and admitted.
    Admitted,
    /// An attempt is being made.
    Attempting,
    /// A provider has taken it.
    InProgress,
    /// Ended; the call has an outcome.
    Closed,
    /// No provider will place it, and no attempt reached a phone.
    Refused,
    /// The provider waits for a person's approval; no phone rang.
    NeedsApproval,
    /// The phone may or may not have rung, and no evidence was found in time. A late event or an
    /// operator resolves it.
    Indeterminate,
    /// The call was placed, but its end was not reported within its maximum length.
    Stalled,
}

impl CallStatus {
    /// True if the call waits: it was accepted, and no attempt was begun.
    pub const fn is_waiting(self) -> bool {
        match self {
            CallStatus::Received | CallStatus::Scheduled | CallStatus::Admitted => true,
            CallStatus::Attempting
            | CallStatus::InProgress
            | CallStatus::Closed
            | CallStatus::Refused
            | CallStatus::NeedsApproval
            | CallStatus::Indeterminate
            | CallStatus::Stalled => false,
        }
    }

    /// True if nothing more happens without an event or an operator.
    pub const fn is_settled(self) -> bool {
        match self {
            CallStatus::Closed
            | CallStatus::Refused
            | CallStatus::NeedsApproval
            | CallStatus::Indeterminate
            | CallStatus::Stalled => true,
            CallStatus::Received
            | CallStatus::Scheduled
            | CallStatus::Admitted
            | CallStatus::Attempting
            | CallStatus::InProgress => false,
        }
    }

    /// True while the call holds the lock on its callee: a second call to the same person has to
    /// wait.
    pub const fn holds_callee(self) -> bool {
        match self {
            CallStatus::Admitted
            | CallStatus::Attempting
            | CallStatus::InProgress
            | CallStatus::Indeterminate
            | CallStatus::Stalled => true,
            CallStatus::Received
            | CallStatus::Scheduled
            | CallStatus::Closed
            | CallStatus::Refused
            | CallStatus::NeedsApproval => false,
        }
    }

    /// The word used in JSON, tables and journals.
    pub const fn as_str(self) -> &'static str {
        match self {
            CallStatus::Received => "received",
            CallStatus::Scheduled => "scheduled",
            CallStatus::Admitted => "admitted",
            CallStatus::Attempting => "attempting",
            CallStatus::InProgress => "in_progress",
            CallStatus::Closed => "closed",
            CallStatus::Refused => "refused",
            CallStatus::NeedsApproval => "needs_approval",
            CallStatus::Indeterminate => "indeterminate",
            CallStatus::Stalled => "stalled",
        }
    }
}

impl fmt::Display for CallStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a call that reached the telephone network ended. None of these outcomes leads to failover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The call was answered and had a conversation.
    Completed,
    /// The phone rang and was not answered.
    NoAnswer,
    /// The line was busy.
    Busy,
    /// The phone rang and the callee declined the call.
    Declined,
    /// An answering machine or voicemail picked up.
    Voicemail,
    /// An automated phone menu answered.
    Menu,
    /// The telephone network says that the number does not exist.
    InvalidNumber,
    /// The telephone network blocked the number that the call was made from, for example as spam.
    Blocked,
    /// The provider accepted the call but could not complete it.
    Failed,
    /// The call was cancelled or stopped.
    Cancelled,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Outcome; 10] = [
        Outcome::Completed,
        Outcome::NoAnswer,
        Outcome::Declined,
        Outcome::Busy,
        Outcome::Voicemail,
        Outcome::Menu,
        Outcome::InvalidNumber,
        Outcome::Blocked,
        Outcome::Failed,
        Outcome::Cancelled,
    ];

    /// The word used in JSON, tables and journals.
    pub const fn as_str(self) -> &'static str {
        match self {
            Outcome::Completed => "completed",
            Outcome::NoAnswer => "no_answer",
            Outcome::Busy => "busy",
            Outcome::Declined => "declined",
            Outcome::Voicemail => "voicemail",
            Outcome::Menu => "menu",
            Outcome::InvalidNumber => "invalid_number",
            Outcome::Blocked => "blocked",
            Outcome::Failed => "failed",
            Outcome::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
