//! Consent to be called, and its evidence.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Error, Purpose, callee::no_such, redact::redacted_debug};

/// How consent was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentKind {
    /// Expressly, in any form.
    Express,
    /// Expressly, in writing and signed, which may be electronic.
    ExpressWritten,
}

impl ConsentKind {
    /// Both kinds, the weaker one first.
    pub const ALL: [Self; 2] = [Self::Express, Self::ExpressWritten];

    /// The word in requests and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Express => "express",
            Self::ExpressWritten => "express_written",
        }
    }
}

impl fmt::Display for ConsentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ConsentKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|one| one.as_str() == text)
            .ok_or_else(|| no_such("consent.kind", &Self::ALL.map(Self::as_str)))
    }
}

/// The callee's consent to be called by an artificial voice, with its evidence. `Debug` omits the
/// evidence.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Consent {
    /// How it was given.
    pub kind: ConsentKind,
    /// When it was given. Without it, rules that limit the age of consent do not count it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The exact words that the person saw or heard. At most 2,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Where it was given, for example a form's address. At most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The seller that it names. At most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller: Option<String>,
    /// The purpose that it is limited to; `None` means any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// The hours that it names, for example `mon-fri 08:00-22:00`: local times where the callee is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<String>,
    /// When it expires; `None` means never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

impl Consent {
    /// Consent without evidence.
    pub const fn new(kind: ConsentKind) -> Self {
        Self {
            kind,
            at: None,
            words: None,
            channel: None,
            seller: None,
            purpose: None,
            hours: None,
            expires_at: None,
        }
    }

    /// The same consent with other fields set.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}

redacted_debug!(Consent { kind, at, purpose, hours, expires_at });
