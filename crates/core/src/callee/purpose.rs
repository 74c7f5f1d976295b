//! Why somebody is called.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Error, callee::no_such};

/// Why somebody is called. A call that also sells something is `Marketing`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A booking, an appointment or a question, made to a business about what it sells.
    Reservation,
    /// The callee asked to be called, and the call is about that.
    Requested,
    /// It is about an order, a contract or an appointment that exists.
    Transactional,
    /// Useful to the callee, not asked for, and nothing is sold.
    Informational,
    /// A survey or other research.
    Survey,
    /// A debt.
    DebtCollection,
    /// It sells something or leads to a sale, wholly or in part.
    Marketing,
    /// It asks for votes or political support.
    Political,
    /// It asks for donations.
    Charity,
}

impl Purpose {
    /// All purposes, in the order in which they are shown.
    pub const ALL: [Self; 9] = [
        Self::Reservation,
        Self::Requested,
        Self::Transactional,
        Self::Informational,
        Self::Survey,
        Self::DebtCollection,
        Self::Marketing,
        Self::Political,
        Self::Charity,
    ];

    /// The word in requests, files and tables, for example `debt_collection`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reservation => "reservation",
            Self::Requested => "requested",
            Self::Transactional => "transactional",
            Self::Informational => "informational",
            Self::Survey => "survey",
            Self::DebtCollection => "debt_collection",
            Self::Marketing => "marketing",
            Self::Political => "political",
            Self::Charity => "charity",
        }
    }

    /// What it means, in one sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Reservation => {
                "A booking, an appointment or a question, made to a business about what it sells."
            }
            Self::Requested => "The callee asked to be called, and the call is about that.",
            Self::Transactional => {
                "It is about an order, a contract or an appointment that exists."
            }
            Self::Informational => "Useful to the callee, not asked for, and nothing is sold.",
            Self::Survey => "A survey or other research.",
            Self::DebtCollection => "It is about a debt.",
            Self::Marketing => "It sells something or leads to a sale, wholly or in part.",
            Self::Political => "It asks for votes or political support.",
            Self::Charity => "It asks for donations.",
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Purpose {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|one| one.as_str() == text)
            .ok_or_else(|| no_such("purpose", &Self::ALL.map(Self::as_str)))
    }
}
