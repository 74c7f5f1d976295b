//! What an account's own answers say about how it is set up.
//!
//! Nothing here holds personal data, so that what was found can be shown and sent to others: numbers
//! are masked, and of an answer only the paths and types of its fields are kept.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{self, Debug},
};

use async_trait::async_trait;
use jiff::SignedDuration;
use serde::Serialize;

use crate::{AgentId, Clock, Error, OwnedNumber};

/// How serious a finding is, the least serious first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// As it should be.
    Ok,
    /// Good to know, or what could not be found out.
    Note,
    /// Calls are placed, and something may go wrong.
    Warning,
    /// Calls fail, or go another way than the configuration says.
    Problem,
}

impl Severity {
    /// The word that is shown and stands in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Ok => "ok",
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Problem => "problem",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// How serious it is.
    pub severity: Severity,
    /// What was checked, in one word: `credential`, `clock`, `numbers`.
    pub check: &'static str,
    /// One sentence with what was found, without its full stop.
    pub message: String,
    /// What to do about it.
    pub fix: Option<String>,
}

impl Finding {
    /// What is as it should be.
    pub fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Ok, check, message: message.into(), fix: None }
    }

    /// What is good to know, or could not be found out.
    pub fn note(check: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Note, ..Self::ok(check, message) }
    }

    /// What may go wrong, and what to do about it.
    pub fn warning(
        check: &'static str,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self { severity: Severity::Warning, fix: Some(fix.into()), ..Self::ok(check, message) }
    }

    /// What is wrong, and what to do about it.
    pub fn problem(
        check: &'static str,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self { severity: Severity::Problem, fix: Some(fix.into()), ..Self::ok(check, message) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.fix.as_ref().map_or(Ok(()), |fix| write!(f, ": {fix}"))
    }
}

/// The type of a JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JsonType {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number.
    Number,
    /// A text.
    String,
    /// A list.
    Array,
    /// An object.
    Object,
}

impl JsonType {
    /// The type of a value.
    pub const fn of(value: &serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => JsonType::Null,
            serde_json::Value::Bool(_) => JsonType::Bool,
            serde_json::Value::Number(_) => JsonType::Number,
            serde_json::Value::String(_) => JsonType::String,
            serde_json::Value::Array(_) => JsonType::Array,
            serde_json::Value::Object(_) => JsonType::Object,
        }
    }

    /// The word that is shown and stands in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            JsonType::Null => "null",
            JsonType::Bool => "bool",
            JsonType::Number => "number",
            JsonType::String => "string",
            JsonType::Array => "array",
            JsonType::Object => "object",
        }
    }
}

/// How an answer differs from the type that reads it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "difference", rename_all = "snake_case")]
pub enum Difference {
    /// The type has no such field.
    UnknownField {
        /// What the field holds.
        holds: JsonType,
    },
    /// No answer had the field.
    MissingField,
    /// The field holds what its type does not read.
    OtherType {
        /// What it holds.
        holds: JsonType,
    },
    /// A word that no document lists, in a field of such words.
    UnknownWord {
        /// The word; `None` if it may be something else than a word of the provider's.
        word: Option<String>,
    },
}

/// A difference, and where it was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ShapeDifference {
    /// The request, such as `GET /v2/list-agents`.
    pub answer: &'static str,
    /// The path of the field, such as `call_cost.combined_cost`. A key that may be somebody's data is
    /// replaced by `{key}`.
    pub path: String,
    /// What is different.
    #[serde(flatten)]
    pub difference: Difference,
}

/// What an account's answers say.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Inspection {
    /// What was found.
    pub findings: Vec<Finding>,
    /// How far this machine's clock is ahead of the provider's, and negative if it is behind: the
    /// least that the answers allow. `None` if no answer had a time.
    pub clock_ahead: Option<SignedDuration>,
    /// The agents of the account, where it has any and they could be read.
    pub agents: Option<BTreeSet<AgentId>>,
    /// The numbers of the account, where it has any and they could be read.
    pub numbers: Option<Vec<OwnedNumber>>,
    /// How many of the account's numbers each carrier has, by the name of a failure domain.
    pub carriers: BTreeMap<String, usize>,
    /// The answers that were compared with their types.
    pub compared: BTreeSet<&'static str>,
    /// How they differ.
    pub shapes: BTreeSet<ShapeDifference>,
    /// Why the account could not be read: nothing else was asked after that.
    pub failure: Option<Error>,
}

/// Inspects an account.
#[async_trait]
pub trait Inspect: Debug + Send + Sync {
    /// Asks the provider what its settings are, with reads alone: nothing rings, changes or costs.
    /// What cannot be read is in the result. It takes at most a minute.
    async fn inspect(&self, clock: &dyn Clock) -> Inspection;
}
