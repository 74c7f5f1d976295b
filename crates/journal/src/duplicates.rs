//! The same person with the same task again: when that is taken for a mistake.
//!
//! It is held back for whoever asks: a call, a row of a batch, a program. What lets it through is
//! somebody's word that it is meant ([`ValidCall::is_meant_again`]); a key that was made of the
//! request is none.

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
    /// When it was taken in.
    pub since: Timestamp,
}

impl DuplicateOf {
    /// A call that was taken in so long ago is looked at no more, whatever became of it: calls are
    /// scheduled for days ahead, not for months.
    pub const REMEMBERED: Duration = Duration::from_secs(31 * 24 * 60 * 60);

    /// What this error is about.
    pub fn in_error(error: &Error) -> Option<Self> {
        std::error::Error::source(error)?.downcast_ref().copied()
    }

    /// True where the same again at this moment is held back for this call: one that may still
    /// ring, or that was taken in or rang within the window. One that provably rang nobody never is
    /// the first of two.
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

/// What two requests with one key are compared by. Of a row, what the whole batch was run with says
/// nothing: neither its name nor what it may do makes another call of it.
pub fn details(request: &ValidCall) -> CallRequest {
    let mut asked = request.to_request();
    if request.batch.is_some() {
        (asked.batch, asked.allow_duplicate, asked.failover_on_quota) = (None, false, false);
    }
    asked
}
