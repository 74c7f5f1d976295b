//! From a row's request to a valid call, or the reason why it is rejected.

use std::time::Duration;

use jiff::Timestamp;
use switchboard::{CallRequest, Country, Error, ErrorKind, Policy, ValidCall};

/// Settings of the whole batch, for rows that do not set them.
#[derive(Debug, Clone, Default)]
pub(super) struct RowDefaults {
    /// Allow duplicates.
    pub(super) again: bool,
    /// Let the next provider take calls of one that is out of credit.
    pub(super) failover_on_quota: bool,
    /// The country in which numbers without + are dialled.
    pub(super) default_country: Option<Country>,
}

impl RowDefaults {
    /// The row's request with the batch's and the policy's defaults.
    pub(super) fn complete(
        &self,
        mut request: CallRequest,
        batch: &str,
        policy: &Policy,
    ) -> CallRequest {
        request.batch = Some(batch.to_owned());
        request.allow_duplicate |= self.again;
        request.failover_on_quota |= self.failover_on_quota;
        if request.default_country.is_none() {
            request.default_country =
                self.default_country.map(|country| country.as_str().to_owned());
        }
        policy.complete(&request).into_owned()
    }
}

/// Validates a row. If its window is over, it may have become a call before: it is then validated
/// as of that time, and the engine refuses it if there is no such call.
pub(super) fn validate(request: &CallRequest, now: Timestamp) -> Result<ValidCall, Rejection> {
    let error = match request.validate(now) {
        Ok(call) => return Ok(call),
        Err(error) => error,
    };
    let closes = request.closes().ok().flatten().filter(|closes| *closes <= now);
    let closes = closes.filter(|_| error.field() == Some("not_after"));
    let before = closes.and_then(|closes| closes.checked_sub(Duration::from_millis(1)).ok());
    before.and_then(|before| request.validate(before).ok()).ok_or_else(|| Rejection::from(error))
}

/// Why a row did not become a call.
pub(super) struct Rejection {
    /// The reason with the fix, for people.
    pub(super) detail: String,
    /// The reason as a code, for JSON.
    pub(super) reason: String,
}

impl Rejection {
    pub(super) fn repeated(first: usize) -> Self {
        Self {
            detail: format!(
                "is the same as row {first}: if you mean both, give each its own idempotency_key"
            ),
            reason: ErrorKind::PossibleDuplicate.as_str().to_owned(),
        }
    }

    pub(super) fn invalid(detail: String) -> Self {
        Self { detail, reason: "invalid_request".to_owned() }
    }
}

impl From<Error> for Rejection {
    fn from(error: Error) -> Self {
        Self {
            reason: error.code().unwrap_or(error.kind().as_str()).to_owned(),
            detail: error.to_string(),
        }
    }
}
