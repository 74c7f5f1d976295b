//! Why a whole file is rejected.

use std::{fmt, sync::Arc};

use crate::refused::Place;

/// Why a file is rejected. No message contains the content of a cell; names of columns and of files
/// in an archive may be included.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// The kind of error.
    pub kind: FaultKind,
    /// Where, if it is about one place.
    pub place: Option<Place>,
    /// The error and the fix, as a continuation of "the file ".
    pub message: String,
}

/// The kind of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultKind {
    /// The file could not be read to its end, or is damaged.
    Unreadable,
    /// It unpacks to more than the limit.
    TooLarge,
    /// It is not text, or not of the declared format.
    Format,
    /// It has nothing in it.
    Empty,
    /// It is a list of changes, and not a whole list.
    Changes,
    /// The column with the numbers, or the flag, is not known.
    Column,
}

impl Fault {
    pub(crate) fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self { kind, place: None, message: message.into() }
    }

    pub(crate) fn at(mut self, member: Option<&Arc<str>>, line: u64) -> Self {
        self.place = Some(Place { member: member.cloned(), line });
        self
    }

    pub(crate) fn unreadable(error: &std::io::Error) -> Self {
        let kind = FaultKind::Unreadable;
        Self::new(kind, format!("cannot be read to its end: {error}"))
    }

    /// That the list is one of changes.
    pub(crate) fn changes() -> Self {
        Self::new(
            FaultKind::Changes,
            "is a list of changes: an import replaces a list, so download the full list",
        )
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{place}: the file {}", self.message),
            None => write!(f, "the file {}", self.message),
        }
    }
}

impl std::error::Error for Fault {}

/// What an archive unpacks to exceeds the limit.
#[derive(Debug)]
pub(crate) struct TooLarge(pub(crate) u64);

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "it unpacks to more than {} bytes, the limit for a file of its size: unpack it, look at it, and import what is in it",
            self.0
        )
    }
}

impl std::error::Error for TooLarge {}
