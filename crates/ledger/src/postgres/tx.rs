//! The result of a transaction.

use switchboard_core::Error;
use switchboard_journal::Denied;

/// The current time of the server in microseconds, not the start of the transaction.
pub(crate) const NOW: &str = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

/// Why a transaction was not committed.
#[derive(Debug)]
pub(crate) enum TxError {
    /// A rule forbids it; the ledger is fine.
    Refused(Error),
    /// The callee is on another call.
    Busy,
    /// The server rolled it back because of a conflict: it may be retried.
    Retry(sqlx::Error),
    /// The server failed, or the result is unknown.
    Failed(sqlx::Error),
}

impl From<sqlx::Error> for TxError {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|error| error.code());
        match code.as_deref() {
            // Serialization failure, deadlock.
            Some("40001" | "40P01") => TxError::Retry(error),
            Some(_) | None => TxError::Failed(error),
        }
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

/// The unique index that a statement violated.
pub(crate) fn violated(error: &sqlx::Error) -> Option<&str> {
    let error = error.as_database_error()?;
    if error.is_unique_violation() { error.constraint() } else { None }
}
