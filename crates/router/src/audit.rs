//! What was decided that is about no single call: which configuration holds, which experiments run.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a decision is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// A configuration was taken up, or refused.
    Configuration,
    /// Somebody asked every process to read its configuration again.
    Reload,
    /// An experiment began, grew, or ended, or one of its arms did.
    Experiment,
}

impl Topic {
    /// The word used in JSON and in ledgers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Topic::Configuration => "configuration",
            Topic::Reload => "reload",
            Topic::Experiment => "experiment",
        }
    }
}

/// Something that was decided. Decisions are only ever added: who decided what, when, stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// What it is about.
    pub topic: Topic,
    /// Of what: the experiment's name, the configuration's file.
    pub subject: String,
    /// What was decided. No secret and no person's number stands in it.
    pub what: Value,
    /// Who decided: an operator, or which rule.
    pub by: String,
    /// When.
    pub at: Timestamp,
}
