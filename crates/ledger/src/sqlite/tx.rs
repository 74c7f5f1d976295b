//! The result of a transaction.

use switchboard_core::Error;
use switchboard_journal::Denied;

/// Why a transaction was not committed.
#[derive(Debug)]
pub(crate) enum TxError {
    /// A rule forbids it; the ledger is fine.
    Refused(Error),
    /// The database failed.
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for TxError {
    fn from(error: rusqlite::Error) -> Self {
        TxError::Failed(error)
    }
}

impl From<Error> for TxError {
    fn from(error: Error) -> Self {
        TxError::Refused(error)
    }
}

impl From<Denied> for TxError {
    fn from(denied: Denied) -> Self {
        TxError::Refused(denied.into())
    }
}

/// The result of a step of a transaction.
pub(crate) type TxResult<T> = Result<T, TxError>;

/// The columns of the unique index that a statement violated.
pub(crate) fn unique(error: &rusqlite::Error) -> Option<&str> {
    match error {
        rusqlite::Error::SqliteFailure(code, Some(message))
            if code.code == rusqlite::ErrorCode::ConstraintViolation =>
        {
            message.strip_prefix("UNIQUE constraint failed: ")
        }
        _ => None,
    }
}
