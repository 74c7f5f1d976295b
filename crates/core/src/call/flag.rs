//! What a person should look at after a call.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a person should look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CallFlagKind {
    /// The first words did not say everything that a rule asks for.
    FirstWordsMissing,
    /// The callee seems to have asked not to be called again.
    MayHaveOptedOut,
}

impl CallFlagKind {
    /// The word in JSON and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FirstWordsMissing => "first_words_missing",
            Self::MayHaveOptedOut => "may_have_opted_out",
        }
    }
}

/// Something that a person should look at after a call: its transcript shows it, and nothing follows
/// from it by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CallFlag {
    /// What it is.
    pub kind: CallFlagKind,
    /// One sentence, without anything that was said in the call.
    pub message: String,
    /// When it was found.
    pub at: Timestamp,
}

impl CallFlag {
    /// A flag.
    pub fn new(kind: CallFlagKind, message: impl Into<String>, at: Timestamp) -> Self {
        Self { kind, message: message.into(), at }
    }
}
