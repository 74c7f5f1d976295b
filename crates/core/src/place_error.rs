//! Why a placing request failed, and what that proves about the phone.

use std::{error::Error as StdError, fmt};

use crate::{Delivery, Error, ErrorKind, Refusal};

/// The failure of a request that could make a phone ring. It cannot be made without saying what it
/// proves: there is no default, and no conversion from [`Error`], so that `?` on a plain error does
/// not compile where a call is placed. Whether the call may be sent again is read from
/// [`PlaceError::delivery`] alone.
///
/// ```compile_fail
/// use switchboard_core::{Error, ErrorKind, PlaceError};
///
/// fn place() -> Result<(), PlaceError> {
///     Err(Error::new(ErrorKind::Timeout, "no answer in time"))?
/// }
/// ```
///
/// ```
/// use switchboard_core::{Delivery, Error, ErrorKind, PlaceError};
///
/// fn place() -> Result<(), PlaceError> {
///     Err(PlaceError::unknown(Error::new(ErrorKind::Timeout, "no answer in time")))
/// }
/// assert_eq!(place().unwrap_err().delivery(), Delivery::Unknown);
/// ```
pub struct PlaceError {
    delivery: Delivery,
    error: Error,
}

impl PlaceError {
    /// What a table of failures says of `error`. Where the claim is known when the code is written,
    /// use one of the constructors that name it.
    pub fn new(delivery: Delivery, error: Error) -> Self {
        Self { delivery, error }
    }

    /// No byte of the request left this machine.
    pub fn not_sent(error: Error) -> Self {
        Self::new(Delivery::NotSent, error)
    }

    /// The provider answered that it will not place this call, or its documents say so of a request
    /// that was not sent for that reason.
    pub fn refused(refusal: Refusal, error: Error) -> Self {
        Self::new(Delivery::Refused(refusal), error)
    }

    /// The provider has the call; what it answered could not be read.
    pub fn placed(error: Error) -> Self {
        Self::new(Delivery::Placed, error)
    }

    /// The phone may or may not have rung.
    pub fn unknown(error: Error) -> Self {
        Self::new(Delivery::Unknown, error)
    }

    /// What the failure proves about the phone.
    pub fn delivery(&self) -> Delivery {
        self.delivery
    }

    /// What went wrong.
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// What went wrong, in a word to branch on.
    pub fn kind(&self) -> ErrorKind {
        self.error.kind()
    }

    /// What went wrong, without what it proves: for whoever is told about it and decides nothing by
    /// it.
    pub fn into_error(self) -> Error {
        self.error
    }

    /// The same claim about an error that says more.
    #[must_use]
    pub fn map(self, more: impl FnOnce(Error) -> Error) -> Self {
        Self::new(self.delivery, more(self.error))
    }
}

impl fmt::Display for PlaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl fmt::Debug for PlaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlaceError")
            .field("delivery", &self.delivery)
            .field("error", &self.error)
            .finish()
    }
}

impl StdError for PlaceError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.error.source()
    }
}
