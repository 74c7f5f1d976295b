//! What was read.

use jiff::Timestamp;
use serde::Serialize;
use switchboard_core::{Country, CoveredArea};

use crate::{Encoding, Format, Refused};

/// How a file was packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Packed {
    /// Not at all.
    Plain,
    /// With gzip.
    Gzip,
    /// In a zip archive.
    Zip,
}

/// What was read of a file. It contains no number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The format, declared or detected.
    pub format: Format,
    /// How the text was encoded.
    pub encoding: Encoding,
    /// How the file was packed.
    pub packed: Packed,
    /// The number of files, of which an archive may have several.
    pub files: u64,
    /// The column with the numbers, of a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The country of numbers without a plus sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// The entries that were read: those that were taken, those that are not listed, and those that
    /// were refused.
    pub read: u64,
    /// The numbers that were taken, doubles included.
    pub taken: u64,
    /// The numbers of a washed list that are not listed, doubles included.
    pub not_listed: u64,
    /// How many entries repeat a number. Whoever keeps the numbers says it; until then it is 0.
    pub doubles: u64,
    /// What was refused, by reason.
    pub refused: Vec<Refused>,
    /// True if the list says something about the numbers in it alone, listed or not, because a
    /// registry washed them.
    pub washed: bool,
    /// The area that the list covers: as declared, or the area codes that the file states.
    pub covers: CoveredArea,
    /// The date of the list.
    pub as_of: Option<Timestamp>,
    /// When it is too old for the rule that asks for it.
    pub valid_until: Option<Timestamp>,
}

impl Report {
    /// How many entries were refused.
    pub fn refused(&self) -> u64 {
        self.refused.iter().map(|one| one.count).sum()
    }

    /// How many entries were refused that may be numbers that the list has.
    pub fn lost(&self) -> u64 {
        let lost = self.refused.iter().filter(|one| one.reason.loses_a_number());
        lost.map(|one| one.count).sum()
    }
}
