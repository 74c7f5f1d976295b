//! When a second call to the same person with the same task is taken for a mistake.
//!
//! It is rejected wherever it comes from: a single call, a row of a batch, a program. It is
//! accepted if the request says that the repetition is intended ([`ValidCall::is_meant_again`]); a
//! key that was derived from the request does not say so.

use std::{fmt, time::Duration};

use jiff::Timestamp;
use switchboard_core::{
    AttemptState, Call, CallId, CallRequest, CallStatus, Error, ErrorKind, ValidCall,
};

/// What a call is a duplicate of: the source of an error of the kind `PossibleDuplicate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DuplicateOf {
    /// The first call.
    pub call: CallId,
    /// When it was recorded.
    pub since: Timestamp,
}

impl DuplicateOf {
    /// Calls older than this are ignored, whatever their status: calls are scheduled days ahead,
    /// not months.
    pub const REMEMBERED: Duration = Duration::from_secs(31 * 24 * 60 * 60);

    /// The duplicate that this error reports, if it reports one.
    pub fn in_error(error: &Error) -> Option<Self> {
        std::error::Error::source(error)?.downcast_ref().copied()
    }

    /// True if a repetition of this call at the given time is rejected: the call may still ring, or
    /// was recorded or rang within the window. A call that provably rang no phone never counts.
    pub fn counts(call: &Call, at: Timestamp, window: Duration) -> bool {
        let rang = |since: Timestamp| {
            let sent = call.attempts.iter().filter(|one| one.state != AttemptState::NotPlaced);
            sent.filter_map(|one| one.sent_at).any(|sent| sent > since)
        };
        let before = |span: Duration| at.checked_sub(span).unwrap_or(Timestamp::MIN);
        let after = at.checked_add(window).unwrap_or(Timestamp::MAX);
        match call.status {
            CallStatus::Refused | CallStatus::NeedsApproval => false,
            _ if call.created_at <= before(Self::REMEMBERED) || call.created_at >= after => false,
            CallStatus::Received
            | CallStatus::Scheduled
            | CallStatus::Admitted
            | CallStatus::Attempting
            | CallStatus::InProgress => true,
            CallStatus::Closed | CallStatus::Indeterminate | CallStatus::Stalled => {
                call.created_at > before(window) || rang(before(window))
            }
        }
    }
}

impl From<DuplicateOf> for Error {
    fn from(of: DuplicateOf) -> Self {
        Error::new(
            ErrorKind::PossibleDuplicate,
            format!("{of}: say that this one is meant too (allow_duplicate, or --again), or give it an idempotency_key of its own"),
        )
        .with_code("possible_duplicate")
        .with_source(of)
    }
}

impl fmt::Display for DuplicateOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the same number and task came at {:.0}, the call {}", self.since, self.call)
    }
}

impl std::error::Error for DuplicateOf {}

/// The call that an idempotency key was used for before, with another request: the source of a
/// `Conflict` with the code `idempotency_key_reused`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyReused {
    /// The first call with this key.
    pub first: CallId,
}

impl KeyReused {
    /// The reuse that this error reports, if it reports one.
    pub fn in_error(error: &Error) -> Option<Self> {
        std::error::Error::source(error)?.downcast_ref().copied()
    }
}

impl From<KeyReused> for Error {
    fn from(reused: KeyReused) -> Self {
        Error::new(ErrorKind::Conflict, reused.to_string())
            .with_code("idempotency_key_reused")
            .with_field("idempotency_key")
            .with_source(reused)
    }
}

impl fmt::Display for KeyReused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "was used for another request, the call {}: choose a new key", self.first)
    }
}

impl std::error::Error for KeyReused {}

/// What two requests with one key are compared by. Of a row, what the whole batch was run with says
/// nothing: neither its name nor what it may do makes another call of it.
pub fn details(request: &ValidCall) -> CallRequest {
    let mut asked = request.to_request();
    if request.batch.is_some() {
        (asked.batch, asked.allow_duplicate, asked.failover_on_quota) = (None, false, false);
    }
    asked
}
