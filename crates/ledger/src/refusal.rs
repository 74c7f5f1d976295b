//! The errors of a ledger, the same for both databases.

use std::{
    error::Error as StdError,
    sync::atomic::{AtomicBool, Ordering},
};

use switchboard_core::{CallId, Error, ErrorKind};
use switchboard_journal::KeyReused;

pub(crate) fn attempt_exists() -> Error {
    conflict("an attempt of this id was made before", "attempt_exists")
}

pub(crate) fn call_exists() -> Error {
    conflict("a call of this id was made before", "call_exists")
}

pub(crate) fn key_reused(first: CallId) -> Error {
    KeyReused { first }.into()
}

pub(crate) fn no_such_call(id: CallId) -> Error {
    Error::new(ErrorKind::NotFound, format!("there is no call {id}"))
}

pub(crate) fn erased(id: CallId) -> Error {
    Error::new(ErrorKind::NotFound, format!("the call {id} was erased"))
}

/// The error for a row that cannot be read: the ledger is damaged, or a newer version wrote it.
pub(crate) fn unreadable(
    what: impl std::fmt::Display,
    source: impl StdError + Send + Sync + 'static,
) -> Error {
    Error::new(ErrorKind::Journal, format!("{what} in the ledger cannot be read"))
        .with_source(source)
}

pub(crate) fn failed(doing: &'static str, source: impl StdError + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Journal, format!("the ledger failed while {doing}")).with_source(source)
}

fn conflict(message: impl Into<std::borrow::Cow<'static, str>>, code: &'static str) -> Error {
    Error::new(ErrorKind::Conflict, message).with_code(code)
}

/// Set by the first failed write and never reset.
///
/// After a failed `fsync` the kernel may have dropped the pages without reporting an error the next
/// time, so later writes could depend on lost data. Only a new process that reads the ledger again
/// knows what it contains.
#[derive(Debug, Default)]
pub(crate) struct Halt(AtomicBool);

impl Halt {
    pub(crate) fn set(&self) {
        if !self.0.swap(true, Ordering::SeqCst) {
            tracing::error!("a write to the ledger failed: it takes nothing more");
        }
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.is_set() {
            return Err(Self::error());
        }
        Ok(())
    }

    pub(crate) fn error() -> Error {
        Error::new(
            ErrorKind::Journal,
            "a write to the ledger failed and it takes nothing more: mend the disk or the database and start again",
        )
    }
}
