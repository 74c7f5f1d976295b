//! What was refused, by reason, with the first lines.

use std::{fmt, sync::Arc};

use serde::Serialize;
use switchboard_core::PhoneNumberError;

/// How many places are kept for each reason.
const PLACES: usize = 5;

/// Why a cell was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The cell has two numbers.
    SeveralNumbers,
    /// A spreadsheet rounded the number, as `1.23E+10`.
    Rounded,
    /// It has too few digits.
    TooShort,
    /// It has too many digits.
    TooLong,
    /// It has neither a plus sign nor a country.
    UnknownCountry,
    /// It can be read as two numbers.
    Ambiguous,
    /// It is empty, or something else than a number.
    NotANumber,
    /// The numbering plan of its country does not contain it.
    NotInPlan,
    /// No agent may call it anyway, as an emergency or a premium-rate number.
    NotCallable,
    /// The row's flag is neither a word for "listed" nor one for "not listed".
    UnknownFlag,
    /// The row has more or fewer cells than the header.
    BadRow,
}

impl Reason {
    /// All reasons, in the order in which they are shown.
    pub const ALL: [Self; 11] = [
        Self::SeveralNumbers,
        Self::Rounded,
        Self::TooShort,
        Self::TooLong,
        Self::UnknownCountry,
        Self::Ambiguous,
        Self::NotANumber,
        Self::NotInPlan,
        Self::NotCallable,
        Self::UnknownFlag,
        Self::BadRow,
    ];

    /// What is wrong, and the fix, if there is one.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::SeveralNumbers => "two numbers in one cell: write one a line",
            Self::Rounded => {
                "rounded by a spreadsheet, as 1.23E+10: its last digits are lost, so export the list again with the column as text"
            }
            Self::TooShort => "too short: digits are missing",
            Self::TooLong => "too long",
            Self::UnknownCountry => "no + and no country: declare the country of the list",
            Self::Ambiguous => "readable as two numbers: write + and the calling code",
            Self::NotANumber => "no number",
            Self::NotInPlan => "not in the numbering plan of its country",
            Self::NotCallable => "a number that no agent may call anyway",
            Self::UnknownFlag => {
                "an unknown flag: declare which values mean that a number is listed and which that it is not"
            }
            Self::BadRow => "more or fewer cells than the header",
        }
    }

    /// True if a number may be missing from the list because of it.
    pub const fn loses_a_number(self) -> bool {
        !matches!(self, Self::NotCallable)
    }

    pub(crate) fn of(error: PhoneNumberError, digits: usize) -> Self {
        use PhoneNumberError as E;
        match error {
            E::SeveralNumbers => Self::SeveralNumbers,
            E::Rounded => Self::Rounded,
            // Short ones may be emergency numbers, too.
            _ if (1..7).contains(&digits) && !matches!(error, E::Rounded) => Self::TooShort,
            E::TooShort(_) | E::Short => Self::TooShort,
            E::TooLong(_) | E::TooManyDigits => Self::TooLong,
            E::WithoutCountry | E::InternationalPrefix(_) | E::WithoutPlan(_) => {
                Self::UnknownCountry
            }
            E::Ambiguous(_) | E::WithoutPlus | E::WithoutPrefix(_) | E::Tail | E::Range => {
                Self::Ambiguous
            }
            E::Invalid | E::OldPlan(..) => Self::NotInPlan,
            E::Emergency | E::PremiumRate | E::SharedCost | E::Satellite | E::NoCountry => {
                Self::NotCallable
            }
            // Letters, separators and whatever reasons come to be known.
            _ => Self::NotANumber,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.meaning())
    }
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file in the archive, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<Arc<str>>,
    /// The line, counted from 1 as in an editor.
    pub line: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.member {
            Some(member) => write!(f, "{member}, line {}", self.line),
            None => write!(f, "line {}", self.line),
        }
    }
}

/// How many cells were refused for a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Refused {
    /// The reason.
    pub reason: Reason,
    /// How many.
    pub count: u64,
    /// The first of them, at most five.
    pub first: Vec<Place>,
}

/// Adds a refusal to those that were counted before.
pub(crate) fn count(
    refused: &mut Vec<Refused>,
    reason: Reason,
    member: Option<&Arc<str>>,
    line: u64,
) {
    let at = refused.binary_search_by_key(&reason, |one| one.reason).unwrap_or_else(|at| {
        refused.insert(at, Refused { reason, count: 0, first: Vec::new() });
        at
    });
    if let Some(one) = refused.get_mut(at) {
        one.count += 1;
        if one.first.len() < PLACES {
            one.first.push(Place { member: member.cloned(), line });
        }
    }
}
