//! A request as it arrives, before it is validated.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    AgreedTime, CalleeKind, CalleeLine, Consent, Money, Outcome, Purpose, RuleOverride,
    redact::redacted_debug,
};

/// The appointment to arrange, for calls that book something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Appointment {
    /// The date, for example `2026-02-14`.
    pub date: Option<String>,
    /// The local time, for example `20:00`.
    pub time: Option<String>,
    /// A preferred time in words, for example `after 5pm`.
    pub time_preference: Option<String>,
    /// The number of people, 1 to 50.
    pub party_size: Option<u32>,
}

/// The caller's policy for calling the same person again. Only the caller can set it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redial {
    /// The outcomes after which to redial: `no_answer`, `busy`, `voicemail`, `failed`.
    pub on: BTreeSet<Outcome>,
    /// The maximum number of redials, 1 to 10.
    pub times: u32,
    /// How long to wait after the last ring, in seconds, 60 to 604,800.
    pub gap_seconds: u32,
    /// The maximum number of times that this person's phone may ring in any 24 hours, across all
    /// providers and calls of the tenant, 1 to 20.
    #[serde(default = "Redial::default_per_day")]
    pub per_day: u32,
}

impl Redial {
    /// The limit of rings a day if a request sets none.
    pub const DEFAULT_PER_DAY: u32 = 3;

    const fn default_per_day() -> u32 {
        Self::DEFAULT_PER_DAY
    }
}

/// A request to call somebody. Only `to` and `task` are required. [`CallRequest::validate`] turns
/// it into a [`ValidCall`](crate::ValidCall), or says which field is wrong and how to fix it.
/// `Debug` omits who is called and what is said.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct CallRequest {
    /// The number to call, in E.164, for example `+442079460123`. With a `default_country` it may
    /// also be written as it is dialled there.
    pub to: String,
    /// The country, for example `GB`, in which numbers without `+` are dialled: `020 7946 0123` and
    /// `00 44 20 7946 0123` are then valid. `None` means the country of the configuration. If that
    /// has none either, every number needs a `+` and its calling code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_country: Option<String>,
    /// What the agent should accomplish, in plain language. At most 8,000 characters.
    pub task: String,
    /// The agent profile. `None` means the default of the configuration.
    pub agent: Option<String>,
    /// The language to speak, for example `en` or `es-MX`.
    pub language: Option<String>,
    /// The callee's name.
    pub callee_name: Option<String>,
    /// The name of the callee's business.
    pub business_name: Option<String>,
    /// On whose behalf the agent calls, as it should say it.
    pub on_behalf_of: Option<String>,
    /// The number that the callee can call back, written like `to`.
    pub callback_number: Option<String>,
    /// The first sentence that the agent says. At most 2,000 characters.
    pub first_message: Option<String>,
    /// Additional instructions. At most 50 entries of 2,000 characters.
    pub instructions: Vec<String>,
    /// The appointment to arrange.
    pub appointment: Option<Appointment>,
    /// The customer's id in the provider's CRM (KaiCalls).
    pub lead_id: Option<String>,
    /// An IANA time zone, for example `America/New_York`.
    pub timezone: Option<String>,
    /// Asks the provider to give the call priority.
    pub urgent: bool,
    /// The maximum length of the call in seconds, 30 to 3,600.
    pub max_duration_seconds: Option<u32>,
    /// The earliest time of the call, for example `2026-02-14T20:00:00Z`, or with a `timezone` the
    /// local time there, `2026-02-14T20:00`.
    pub not_before: Option<String>,
    /// The latest time of the call, written like `not_before`.
    pub not_after: Option<String>,
    /// The maximum estimated cost of the call.
    pub max_cost: Option<Money>,
    /// Labels that routes can match. At most 32.
    pub tags: Vec<String>,
    /// The caller's key-value pairs, stored with the call and never sent to a provider. At most 32.
    pub metadata: BTreeMap<String, String>,
    /// A key written by the caller. Requests with the same key are the same call. A different key
    /// is a different call, even to the same person with the same task.
    pub idempotency_key: Option<String>,
    /// The name of the batch that the call belongs to. At most 200 characters.
    pub batch: Option<String>,
    /// A key derived from a row of a batch, used instead of an `idempotency_key`. Requests with the
    /// same key are the same call. It does not permit calling the same person with the same task
    /// again.
    pub row_key: Option<String>,
    /// The tenant that the call belongs to. `None` means `default`.
    pub tenant: Option<String>,
    /// Allows the same callee to be called with the same task shortly after the first call.
    pub allow_duplicate: bool,
    /// Allows failover to the next provider if one is out of credit or over a budget.
    pub failover_on_quota: bool,
    /// When to call the same person again. `None` means never.
    pub redial: Option<Redial>,
    /// Why the callee is called. Required where the calling rules are on, unless the route or the
    /// agent profile gives it.
    pub purpose: Option<Purpose>,
    /// Who is called. Unknown counts as a consumer, except for a reservation.
    pub callee_kind: Option<CalleeKind>,
    /// The kind of line. Unknown counts as mobile where the number does not show it.
    pub callee_line: Option<CalleeLine>,
    /// The IANA time zone in which the callee is known to be, for example `America/New_York`. It
    /// replaces the zones of the number.
    pub callee_timezone: Option<String>,
    /// The IANA time zone in which the callee may be. It is added to the zones of the number.
    pub callee_timezone_guess: Option<String>,
    /// The state or province in which the callee is known to be, for example `US-FL`.
    pub callee_region: Option<String>,
    /// The callee's consent to be called by an artificial voice.
    pub consent: Option<Consent>,
    /// When the callee asked to be called, for example `2026-02-14T20:00:00Z`.
    pub requested_at: Option<String>,
    /// Where the business publishes this number for this matter, for example a web address. At most
    /// 500 characters.
    pub published_number: Option<String>,
    /// The existing relationship: a reference to the order, contract or appointment. At most 200
    /// characters.
    pub relationship: Option<String>,
    /// The time that the callee chose for the call.
    pub agreed_time: Option<AgreedTime>,
    /// True if the call is recorded. `None` means what the agent profile says.
    pub recording: Option<bool>,
    /// The policy rules that an operator lifts for this call. At most 32.
    pub overrides: Vec<RuleOverride>,
}

impl CallRequest {
    /// Creates a request with the required fields.
    pub fn new(to: impl Into<String>, task: impl Into<String>) -> Self {
        Self { to: to.into(), task: task.into(), ..Self::default() }
    }

    /// The same request with other fields set:
    ///
    /// ```
    /// # use switchboard_core::CallRequest;
    /// let request = CallRequest::new("+442079460018", "Ask for the opening hours.")
    ///     .with(|call| call.tags = vec!["reminder".to_owned()]);
    /// ```
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}

redacted_debug!(CallRequest {
    default_country,
    agent,
    language,
    urgent,
    max_duration_seconds,
    not_before,
    not_after,
    max_cost,
    tags,
    batch,
    tenant,
    allow_duplicate,
    failover_on_quota,
    redial,
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
