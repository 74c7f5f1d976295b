//! Consent to be called, and its evidence.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Purpose, redact::redacted_debug};

/// How consent was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentKind {
    /// Expressly, in any form.
    Express,
    /// Expressly, in writing and signed, which may be electronic.
    ExpressWritten,
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
