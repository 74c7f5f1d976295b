//! Why a placing request failed, and what that proves about the phone.

use std::{error::Error as StdError, fmt};

use crate::{Delivery, Error, ErrorKind, Refusal};

/// The failure of a request that could make a phone ring. It cannot be created without saying what
/// it proves about the phone: there is no default, and no conversion from [`Error`], so `?` on a
/// plain error does not compile where a call is placed. Whether the call may be sent again is
/// decided by [`PlaceError::delivery`] alone.
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
    /// Combines an error with a delivery that was looked up in a table. If the delivery is known
    /// when the code is written, use the constructor that names it.
    pub fn new(delivery: Delivery, error: Error) -> Self {
        Self { delivery, error }
    }

    /// No byte of the request left this machine.
    pub fn not_sent(error: Error) -> Self {
        Self::new(Delivery::NotSent, error)
    }

    /// The provider responded that it will not place this call, or the request was not sent because
    /// the provider's documentation says that it would refuse it.
    pub fn refused(refusal: Refusal, error: Error) -> Self {
        Self::new(Delivery::Refused(refusal), error)
    }

    /// The provider has the call, but its response could not be read.
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

    /// The failure itself.
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// The category of the failure.
    pub fn kind(&self) -> ErrorKind {
        self.error.kind()
    }

    /// The failure without the delivery, for code that reports it and makes no decision based on
    /// it.
    pub fn into_error(self) -> Error {
        self.error
    }

    /// Transforms the error and keeps the delivery.
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
