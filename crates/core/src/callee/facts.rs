//! The facts about a call that calling rules ask for.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{CalleeKind, CalleeLine, Consent, Purpose, Region, redact::redacted_debug};

/// A time that the callee chose for the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgreedTime {
    /// When it begins.
    pub from: Timestamp,
    /// When it ends; the call may begin before that.
    pub to: Timestamp,
}

impl AgreedTime {
    /// True if `now` is within the agreed time.
    pub fn contains(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.to
    }
}

/// A policy rule that an operator lifts for one call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleOverride {
    /// The id of the rule, for example `P-HOURS-MARKETING`.
    pub rule: String,
    /// Who lifts it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Until when.
    pub until: Timestamp,
}

/// The facts about a call that calling rules ask for, as the request gives them. All are optional;
/// a rule that needs one names it. `Debug` omits evidence and references.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct CallFacts {
    /// Why the callee is called. Required, unless the route or the agent profile gives it.
    pub purpose: Option<Purpose>,
    /// Who is called. Unknown counts as a consumer, except for a reservation.
    pub callee_kind: Option<CalleeKind>,
    /// The kind of line. Unknown counts as mobile where the number does not show it.
    pub callee_line: Option<CalleeLine>,
    /// The IANA time zone in which the callee is known to be. It replaces the number's zones.
    pub callee_timezone: Option<String>,
    /// The IANA time zone in which the callee may be. It is added to the number's zones.
    pub callee_timezone_guess: Option<String>,
    /// The state or province in which the callee is known to be.
    pub callee_region: Option<Region>,
    /// The callee's consent.
    pub consent: Option<Consent>,
    /// When the callee asked to be called.
    pub requested_at: Option<Timestamp>,
    /// Where the business publishes this number for this matter, for example an address.
    pub published_number: Option<String>,
    /// The existing relationship: a reference to the order, contract or appointment.
    pub relationship: Option<String>,
    /// The time that the callee chose.
    pub agreed_time: Option<AgreedTime>,
    /// True if the call is recorded. `None` means what the agent profile says.
    pub recording: Option<bool>,
    /// The policy rules that an operator lifts for this call.
    pub overrides: Vec<RuleOverride>,
}

impl CallFacts {
    /// The same facts with other fields set.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}

redacted_debug!(CallFacts {
    purpose,
    callee_kind,
    callee_line,
    callee_timezone,
    callee_timezone_guess,
    callee_region,
    consent,
    requested_at,
    agreed_time,
    recording,
});
