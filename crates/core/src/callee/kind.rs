//! Who is called, and on what kind of line.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Error, callee::no_such};

/// Who is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalleeKind {
    /// A person at home or on their own phone.
    Consumer,
    /// A company, an office or a practice.
    Business,
}

impl CalleeKind {
    /// All kinds, in the order in which they are shown.
    pub const ALL: [Self; 2] = [Self::Consumer, Self::Business];

    /// The word in requests and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Consumer => "consumer",
            Self::Business => "business",
        }
    }
}

impl fmt::Display for CalleeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for CalleeKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|one| one.as_str() == text)
            .ok_or_else(|| no_such("callee_kind", &Self::ALL.map(Self::as_str)))
    }
}

/// The kind of line that a number belongs to. A North American number does not show whether it is a
/// mobile phone's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalleeLine {
    /// A mobile phone.
    Mobile,
    /// A fixed line.
    Landline,
    /// A number that is free for those who call it.
    TollFree,
    /// An emergency line of a hospital, a practice, the fire brigade or the police.
    Emergency,
}

impl CalleeLine {
    /// All kinds of lines, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Mobile, Self::Landline, Self::TollFree, Self::Emergency];

    /// The word in requests and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mobile => "mobile",
            Self::Landline => "landline",
            Self::TollFree => "toll_free",
            Self::Emergency => "emergency",
        }
    }
}

impl fmt::Display for CalleeLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for CalleeLine {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|one| one.as_str() == text)
            .ok_or_else(|| no_such("callee_line", &Self::ALL.map(Self::as_str)))
    }
}
