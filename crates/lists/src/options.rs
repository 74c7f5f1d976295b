//! What the caller declares about a file.

use jiff::{SignedDuration, Timestamp};
use switchboard_core::{Country, CoveredArea};

use crate::{FlagValues, Format};

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// By its name in the header; case, spaces, `_` and `-` do not matter.
    Named(String),
    /// By its position, counted from 1, for tables without a header.
    At(usize),
}

impl From<&str> for Column {
    /// A whole number is a position.
    fn from(text: &str) -> Self {
        text.trim().parse().map_or_else(|_| Self::Named(text.trim().to_owned()), Self::At)
    }
}

/// What the caller declares about a file. By default the format is detected, numbers need a plus
/// sign or a format that says their country, and every number in the file is listed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// The format; `None` means that it is detected.
    pub format: Option<Format>,
    /// The country of numbers without a plus sign.
    pub country: Option<Country>,
    /// The column with the numbers; `None` means that it is found by its name.
    pub column: Option<Column>,
    /// The column that says whether a number is listed, of a list that a registry washed.
    pub flag: Option<Column>,
    /// What the values of that column mean.
    pub flags: FlagValues,
    /// The area that the list covers; `None` means the area codes that the file states.
    pub covers: Option<CoveredArea>,
    /// The date of the list.
    pub as_of: Option<Timestamp>,
    /// How old the list may be, as the rule that asks for it says.
    pub max_age: Option<SignedDuration>,
    /// The most bytes that an archive may unpack to.
    pub most_bytes: u64,
}

impl Options {
    /// The most bytes that an archive may unpack to by default: 16 GiB, three times the largest
    /// registry.
    pub const MOST_BYTES: u64 = 16 << 30;

    /// Nothing is declared.
    pub fn new() -> Self {
        Self {
            format: None,
            country: None,
            column: None,
            flag: None,
            flags: FlagValues::default(),
            covers: None,
            as_of: None,
            max_age: None,
            most_bytes: Self::MOST_BYTES,
        }
    }

    /// The same options with other fields set.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}
