//! What became of a row of the table.

use switchboard::{CallId, Error};

/// What a row of the table became.
#[derive(Debug)]
pub(super) enum RowResult {
    /// No call: the request was rejected.
    Rejected(Error),
    /// This call.
    Placed(CallId),
    /// This call, which a calling rule holds back for now.
    Waiting(CallId),
    /// The call of an earlier row with the same key.
    Replayed(CallId),
}

impl RowResult {
    pub(super) fn call(&self) -> Option<CallId> {
        match self {
            RowResult::Placed(id) | RowResult::Waiting(id) | RowResult::Replayed(id) => Some(*id),
            RowResult::Rejected(_) => None,
        }
    }
}
