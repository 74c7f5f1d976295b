//! Who is called, and on what kind of line.

use serde::{Deserialize, Serialize};

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
