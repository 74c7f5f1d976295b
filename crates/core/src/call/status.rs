//! The states of a call and how it ends.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where one of our calls stands. States only move forward, and a final one never changes; a redial
/// that the caller's policy asks for begins them anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallStatus {
    /// Valid, nothing decided.
    Received,
    /// Valid, and its window has not opened.
    Scheduled,
    /// Planned and allowed.
    Admitted,
    /// An attempt is being made.
    Attempting,
    /// A provider has taken it.
    InProgress,
    /// Over; the call has an outcome.
    Closed,
    /// Nobody will place it: no attempt reached a phone.
    Refused,
    /// The provider waits for a person's approval; nothing rang.
    NeedsApproval,
    /// It may or may not have rung and nothing proved it in time. A late event or an operator ends
    /// it.
    Indeterminate,
    /// It was placed, and its end was never seen within its longest duration.
    Stalled,
}

impl CallStatus {
    /// True where nothing more happens on its own.
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

    /// True while it holds the lock on its callee: a second call to the same person has to wait.
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

/// How a call that reached the telephone network ended. None of these is ever failed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Somebody talked.
    Completed,
    /// It rang and nobody answered.
    NoAnswer,
    /// The line was busy.
    Busy,
    /// A machine answered.
    Voicemail,
    /// The provider took the call and could not bring it to an end.
    Failed,
    /// It was cancelled or stopped.
    Cancelled,
}

impl Outcome {
    /// The word used in JSON, tables and journals.
    pub const fn as_str(self) -> &'static str {
        match self {
            Outcome::Completed => "completed",
            Outcome::NoAnswer => "no_answer",
            Outcome::Busy => "busy",
            Outcome::Voicemail => "voicemail",
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
