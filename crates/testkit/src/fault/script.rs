//! The words of a fault script.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

/// A whole fault script. The format is described in [the module](super).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FaultScript {
    /// Tried in order; the first that fires decides.
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
    /// Spans of time in which the provider is down as a whole.
    #[serde(rename = "outage")]
    pub outages: Vec<Outage>,
    /// What is wrong with the list of calls.
    pub list: ListFaults,
    /// What is wrong with webhooks. KaiCalls only.
    pub webhooks: WebhookFaults,
}

/// One rule: which requests, and what becomes of them.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    /// A name for the reader of the script.
    pub name: Option<String>,
    /// The method, such as `POST`.
    pub method: Option<String>,
    /// The path without the query, exact; a trailing `*` makes it a prefix.
    pub path: Option<String>,
    /// The number to call in the request's body, as the request spells it.
    pub to: Option<String>,
    /// Which of the matching requests, from 1. Empty: all.
    pub nth: BTreeSet<u64>,
    /// Every k-th of the matching requests. 0: all.
    pub every: u64,
    /// Not before this many milliseconds after the script was set.
    pub from_ms: Option<u64>,
    /// Only up to this many milliseconds after the script was set.
    pub until_ms: Option<u64>,
    /// How far the request gets before the fault. The default depends on the fault, see [`Fault`].
    pub after: Option<After>,
    /// A pause before the fault takes effect, in real milliseconds.
    pub delay_ms: u64,
    /// What the caller sees.
    pub fault: Fault,
}

/// How far a request gets before its fault takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum After {
    /// The request was read and nothing came of it: no phone rings.
    Nothing,
    /// The phone rings (or the request was answered without a ring), and the caller sees the fault
    /// at once, while the call goes on.
    Ring,
    /// The request was dealt with to its end, and the fault is in the answer.
    Answer,
}

/// What the caller sees. `answer`, `redirect`, `hang`, `close`, `reset` and `pass` come after
/// nothing unless the rule says otherwise; the others spoil an answer and therefore come after it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// Nothing is wrong; with `delay_ms` the request is slow.
    #[default]
    Pass,
    /// Another answer.
    Answer {
        /// The status, such as 503.
        status: u16,
        /// The provider's error code. Without it and without `body`, the body is empty.
        #[serde(default)]
        code: Option<String>,
        /// The message beside the code.
        #[serde(default)]
        message: Option<String>,
        /// Headers to add, such as `Retry-After`.
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// The body, byte for byte, in place of `code` and `message`.
        #[serde(default)]
        body: Option<String>,
        /// The layout of the error. The default is the provider's own.
        #[serde(default)]
        envelope: Option<Envelope>,
    },
    /// A redirect.
    Redirect {
        /// 302, 307 and their like.
        status: u16,
        /// Where to.
        location: String,
    },
    /// The connection stays open and silent.
    Hang,
    /// The connection is closed in good order, without an answer.
    Close,
    /// The connection is reset: RST on the wire.
    Reset,
    /// The head announces the whole body, then the connection is closed after a part of it.
    CutBody {
        /// How many bytes of the body are sent. The default is half.
        #[serde(default)]
        sent: Option<usize>,
    },
    /// The answer's status, with a body that is no JSON.
    NotJson,
    /// The answer's status, with no body.
    EmptyBody,
    /// The answer without the call's id.
    MissingId,
    /// The answer, padded with spaces.
    HugeBody {
        /// The length of the body in bytes. The default is above 1 MiB.
        #[serde(default = "above_a_mebibyte")]
        bytes: usize,
    },
}

fn above_a_mebibyte() -> usize {
    (1 << 20) + 1024
}

impl Fault {
    pub(crate) fn usual_moment(&self) -> After {
        match self {
            Self::Pass
            | Self::Answer { .. }
            | Self::Redirect { .. }
            | Self::Hang
            | Self::Close
            | Self::Reset => After::Nothing,
            Self::CutBody { .. }
            | Self::NotJson
            | Self::EmptyBody
            | Self::MissingId
            | Self::HugeBody { .. } => After::Answer,
        }
    }
}

/// The layouts of an error body that the providers' documents show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Envelope {
    /// Document 002: `{"error": {"code", "message", "details": {"reason"}, "correlation_id"}}`.
    Message,
    /// Document 003: `{"error": {"code", "details": {"message", "reason"}, "correlation_id"}}`.
    Details,
    /// `{"error": "code", "message": "..."}`.
    Text,
    /// Document 004: `{"error": {"code", "message"}}`.
    Plain,
    /// Document 003 for 402: `{"plan_type", "minutes_allocated", "minutes_used", "upgrade_url"}`.
    Quota,
}

/// A span of time in which the provider is down as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    /// Begins this many milliseconds after the script was set.
    #[serde(default)]
    pub from_ms: u64,
    /// Ends this many milliseconds after the script was set. The default is never.
    #[serde(default)]
    pub until_ms: Option<u64>,
    /// In which way it is down.
    #[serde(default)]
    pub mode: OutageMode,
}

/// In which way a provider is down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutageMode {
    /// Everything answers 503.
    #[default]
    Unavailable,
    /// Nobody listens: connections are refused, open ones are cut.
    Refuse,
    /// Every request is read and its connection closed without an answer.
    Close,
}

/// What is wrong with the list of calls. Absence from a list proves nothing, and this is why.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ListFaults {
    /// A call appears in lists only this many real milliseconds after it was accepted.
    pub lag_ms: u64,
    /// Calls to these numbers never appear in lists.
    pub omit: BTreeSet<String>,
}

/// What is wrong with webhooks. Deliveries count from 1 in the order in which they come to be sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebhookFaults {
    /// Never sent.
    pub lose: BTreeSet<u64>,
    /// Sent twice.
    pub twice: BTreeSet<u64>,
    /// Signed with a wrong secret.
    pub forge: BTreeSet<u64>,
    /// A pause before each delivery, in real milliseconds.
    pub delay_ms: u64,
}

impl FaultScript {
    /// Reads a script from TOML.
    ///
    /// # Errors
    /// When the text is no TOML or names something that the format does not know.
    pub fn from_toml(text: &str) -> Result<Self, ScriptError> {
        toml::from_str(text).map_err(|error| ScriptError(error.to_string()))
    }

    /// Reads a script from JSON, with the same names as in TOML.
    ///
    /// # Errors
    /// When the text is no JSON or names something that the format does not know.
    pub fn from_json(text: &str) -> Result<Self, ScriptError> {
        serde_json::from_str(text).map_err(|error| ScriptError(error.to_string()))
    }

    /// The script with one more rule at its end.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }
}

impl Rule {
    /// A rule for requests with this method and path.
    #[must_use]
    pub fn on(method: impl Into<String>, path: impl Into<String>, fault: Fault) -> Self {
        Self { method: Some(method.into()), path: Some(path.into()), fault, ..Self::default() }
    }

    /// Only the nth matching request, from 1. May be given more than once.
    #[must_use]
    pub fn nth(mut self, nth: u64) -> Self {
        self.nth.insert(nth);
        self
    }

    /// Only requests that would call this number.
    #[must_use]
    pub fn to(mut self, number: impl Into<String>) -> Self {
        self.to = Some(number.into());
        self
    }

    /// How far the request gets before.
    #[must_use]
    pub fn after(mut self, after: After) -> Self {
        self.after = Some(after);
        self
    }

    /// A pause before the fault takes effect, in real milliseconds.
    #[must_use]
    pub fn delay_ms(mut self, delay: u64) -> Self {
        self.delay_ms = delay;
        self
    }

    pub(crate) fn moment(&self) -> After {
        self.after.unwrap_or_else(|| self.fault.usual_moment())
    }
}

impl Fault {
    /// An answer with a status and an error code.
    #[must_use]
    pub fn answer(status: u16, code: impl Into<String>) -> Self {
        Self::Answer {
            status,
            code: Some(code.into()),
            message: None,
            headers: BTreeMap::new(),
            body: None,
            envelope: None,
        }
    }

    /// An answer with a status and this body, byte for byte.
    #[must_use]
    pub fn raw(status: u16, body: impl Into<String>) -> Self {
        Self::Answer {
            status,
            code: None,
            message: None,
            headers: BTreeMap::new(),
            body: Some(body.into()),
            envelope: None,
        }
    }

    /// Adds a header to an answer; does nothing to the other faults.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.insert(name.into(), value.into());
        }
        self
    }
}

impl fmt::Debug for FaultScript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultScript")
            .field("rules", &self.rules)
            .field("outages", &self.outages)
            .field("list", &self.list)
            .field("webhooks", &self.webhooks)
            .finish()
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule")
            .field("name", &self.name)
            .field("method", &self.method)
            .field("path", &self.path)
            .field("to", &self.to.as_ref().map(|_| "a number"))
            .field("after", &self.after)
            .field("fault", &self.fault)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ListFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListFaults")
            .field("lag_ms", &self.lag_ms)
            .field("omitted", &self.omit.len())
            .finish()
    }
}

/// A text that is no fault script, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptError(String);

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a fault script: {}", self.0)
    }
}

impl std::error::Error for ScriptError {}
