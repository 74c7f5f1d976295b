//! How certain it is which of the provider's calls a call is.

use switchboard_core::{AttemptState, Call, CallStatus};

/// How certain it is which of the provider's calls belongs to an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Identity {
    /// The provider's call is known, or there is none: the attempt was not placed or not sent.
    Known,
    /// The request was sent and its response is pending; or an operator closed the call and the
    /// provider's id is unknown.
    Pending,
    /// The phone rang or may have rung, and the provider's id is unknown.
    InDoubt,
}

/// The identity of a call's last attempt.
pub fn identity(call: &Call) -> Identity {
    let Some(last) = call.attempts.last().filter(|_| call.provider_call_id.is_none()) else {
        return Identity::Known;
    };
    match (call.status, last.state) {
        (CallStatus::Attempting, AttemptState::Claimed | AttemptState::Sent) => Identity::Pending,
        (
            CallStatus::Attempting
            | CallStatus::InProgress
            | CallStatus::Indeterminate
            | CallStatus::Stalled,
            AttemptState::Unknown | AttemptState::Reconciling | AttemptState::Placed,
        ) => Identity::InDoubt,
        // An operator knows how it ended, but the provider's call is unknown, so that it may still
        // be mistaken for another attempt's.
        (CallStatus::Closed, AttemptState::Placed) => Identity::Pending,
        (
            CallStatus::Received
            | CallStatus::Scheduled
            | CallStatus::Admitted
            | CallStatus::Attempting
            | CallStatus::InProgress
            | CallStatus::Closed
            | CallStatus::Refused
            | CallStatus::NeedsApproval
            | CallStatus::Indeterminate
            | CallStatus::Stalled,
            _,
        ) => Identity::Known,
    }
}
