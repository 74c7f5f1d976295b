//! The format of fault scripts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

/// A whole fault script. The format is described in [the module](super).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FaultScript {
    /// The rules, tried in order; the first one that fires applies.
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
    /// Periods in which the whole provider is down.
    #[serde(rename = "outage")]
    pub outages: Vec<Outage>,
    /// Faults of the list of calls.
    pub list: ListFaults,
    /// Faults of webhooks. KallyAI has none.
    pub webhooks: WebhookFaults,
}

/// One rule: which requests it matches, and what happens to them.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    /// A name for readers of the script.
    pub name: Option<String>,
    /// The HTTP method, such as `POST`.
    pub method: Option<String>,
    /// The exact path without the query. With a trailing `*` it is a prefix.
    pub path: Option<String>,
    /// The number to call in the body, as written in the request.
    pub to: Option<String>,
    /// Which of the matching requests, counted from 1. Empty means all.
    pub nth: BTreeSet<u64>,
    /// Every k-th of the matching requests. 0 means all.
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
    /// The request was read but not processed: no phone rings.
    Nothing,
    /// The phone rings (or the request was processed without a ring), and the caller sees the fault
    /// immediately, while the call continues.
    Ring,
    /// The request was processed completely, and the fault is in the response.
    Answer,
}

/// What the caller sees. `answer`, `redirect`, `hang`, `close`, `reset` and `pass` have `after =
/// "nothing"` by default; the others corrupt a response and therefore default to `after =
/// "answer"`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// No fault; with `delay_ms` the request is slow.
    #[default]
    Pass,
    /// A different response.
    Answer {
        /// The status, such as 503.
        status: u16,
        /// The provider's error code. Without a code and a `body`, the body is empty.
        #[serde(default)]
        code: Option<String>,
        /// The error message.
        #[serde(default)]
        message: Option<String>,
        /// Headers to add, such as `Retry-After`.
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// The exact body, instead of `code` and `message`.
        #[serde(default)]
        body: Option<String>,
        /// The layout of the error body. The default is that of the provider.
        #[serde(default)]
        envelope: Option<Envelope>,
    },
    /// A redirect.
    Redirect {
        /// The status, for example 302 or 307.
        status: u16,
        /// The target URL.
        location: String,
    },
    /// No response is sent and the connection stays open.
    Hang,
    /// The connection is closed (FIN) without a response.
    Close,
    /// The connection is reset (RST).
    Reset,
    /// The headers announce the whole body, but the connection is closed after a part of it.
    CutBody {
        /// How many bytes of the body are sent. The default is half.
        #[serde(default)]
        sent: Option<usize>,
    },
    /// The status of the response with a body that is not JSON.
    NotJson,
    /// The status of the response with an empty body.
    EmptyBody,
    /// The response without the id of the call.
    MissingId,
    /// The response, padded with spaces.
    HugeBody {
        /// The length of the body in bytes. The default is more than 1 MiB.
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

/// The layouts of error bodies in the providers' documentation.
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
    /// Retell: `{"status": "error", "message"}`, without a code.
    Status,
    /// CALL-E: `{"error": {"code", "message", "details"}}`.
    Explained,
    /// Vapi: `{"message", "error", "statusCode"}`, where `error` is the phrase of the status.
    Phrase,
    /// Telnyx: `{"errors": [{"code", "title", "detail"}]}`.
    Errors,
}

/// A period in which the whole provider is down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    /// Begins this many milliseconds after the script was set.
    #[serde(default)]
    pub from_ms: u64,
    /// Ends this many milliseconds after the script was set. The default is never.
    #[serde(default)]
    pub until_ms: Option<u64>,
    /// How it fails.
    #[serde(default)]
    pub mode: OutageMode,
}

/// How a provider that is down fails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutageMode {
    /// Every response is a 503.
    #[default]
    Unavailable,
    /// New connections are refused and open ones are cut.
    Refuse,
    /// Every request is read and its connection is closed without a response.
    Close,
}

/// Faults of the list of calls, which show why absence from a list proves nothing.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ListFaults {
    /// A call appears in lists only this many real milliseconds after it was accepted.
    pub lag_ms: u64,
    /// Calls to these numbers never appear in lists.
    pub omit: BTreeSet<String>,
}

/// Faults of webhooks. Deliveries are numbered from 1 in the order in which they are due.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebhookFaults {
    /// Deliveries that are never sent.
    pub lose: BTreeSet<u64>,
    /// Deliveries that are sent twice.
    pub twice: BTreeSet<u64>,
    /// Deliveries that are signed with a wrong secret.
    pub forge: BTreeSet<u64>,
    /// Deliveries that are sent without a signature.
    pub unsigned: BTreeSet<u64>,
    /// Deliveries that are sent only after `late_ms`, so that a later one overtakes them.
    pub late: BTreeSet<u64>,
    /// The pause before the deliveries in `late`, in real milliseconds, added to `delay_ms`.
    pub late_ms: u64,
    /// A pause before each delivery, in real milliseconds.
    pub delay_ms: u64,
}

impl FaultScript {
    /// Parses a script from TOML.
    ///
    /// # Errors
    /// The text is not TOML, or has a name that the format does not define.
    pub fn from_toml(text: &str) -> Result<Self, ScriptError> {
        toml::from_str(text).map_err(|error| ScriptError(error.to_string()))
    }

    /// Parses a script from JSON, with the same names as in TOML.
    ///
    /// # Errors
    /// The text is not JSON, or has a name that the format does not define.
    pub fn from_json(text: &str) -> Result<Self, ScriptError> {
        serde_json::from_str(text).map_err(|error| ScriptError(error.to_string()))
    }

    /// Adds a rule at the end of the script.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }
}

impl Rule {
    /// Creates a rule for requests with this method and path.
    #[must_use]
    pub fn on(method: impl Into<String>, path: impl Into<String>, fault: Fault) -> Self {
        Self { method: Some(method.into()), path: Some(path.into()), fault, ..Self::default() }
    }

    /// Limits the rule to the nth matching request, counted from 1. May be called repeatedly.
    #[must_use]
    pub fn nth(mut self, nth: u64) -> Self {
        self.nth.insert(nth);
        self
    }

    /// Limits the rule to requests that would call this number.
    #[must_use]
    pub fn to(mut self, number: impl Into<String>) -> Self {
        self.to = Some(number.into());
        self
    }

    /// Sets how far the request gets before the fault.
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
    /// A response with a status and an error code.
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

    /// A response with a status and exactly this body.
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

    /// Adds a header to a [`Fault::Answer`]; has no effect on other faults.
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

/// Why a text is not a fault script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptError(String);

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a fault script: {}", self.0)
    }
}

impl std::error::Error for ScriptError {}
