//! The formats.

use std::{fmt, str::FromStr};

use serde::Serialize;
use switchboard_core::Country;

/// The format of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Format {
    /// An area code, a comma and seven digits a line, as the FTC and the Canadian registry write
    /// them: `416,5550123`.
    AreaCodes,
    /// The XML of the FTC and the Canadian registry: `<ac val='416'><ph val='5550123'/></ac>`.
    Xml,
    /// Twelve characters a line: a dialling code of five, a number of seven, as the TPS writes them.
    FixedWidth,
    /// A table.
    Csv,
    /// One number a line.
    Lines,
}

impl Format {
    /// All formats, in the order in which they are shown.
    pub const ALL: [Self; 5] =
        [Self::AreaCodes, Self::Xml, Self::FixedWidth, Self::Csv, Self::Lines];

    /// The word in commands and reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AreaCodes => "area_codes",
            Self::Xml => "xml",
            Self::FixedWidth => "fixed_width",
            Self::Csv => "csv",
            Self::Lines => "lines",
        }
    }

    /// The country of its numbers, if the format says it.
    pub(crate) fn country(self) -> Option<Country> {
        match self {
            Self::AreaCodes | Self::Xml => Some(Country::US),
            Self::FixedWidth => Some(Country::GB),
            Self::Csv | Self::Lines => None,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = text.replace('-', "_");
        Self::ALL.into_iter().find(|one| one.as_str() == wanted).ok_or_else(|| {
            let words: Vec<_> = Self::ALL.iter().map(|one| one.as_str()).collect();
            format!("is not a format: write one of {}", words.join(", "))
        })
    }
}
