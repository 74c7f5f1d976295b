//! A validated request.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::{Timestamp, civil};
use serde::Serialize;

use crate::{
    Appointment, BatchName, CallFacts, CallKey, CallRequest, Country, Language, Money, PhoneNumber,
    ProfileName, Redial, TenantId, redact::redacted_debug,
};

/// The longest call that may be asked for, in seconds.
pub(super) const LONGEST_CALL: u32 = 3_600;

/// When a call may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
pub struct CallWindow {
    /// The earliest time of the call; `None` means no limit.
    pub opens: Option<Timestamp>,
    /// The latest time of the call; `None` means no limit.
    pub closes: Option<Timestamp>,
}

impl CallWindow {
    /// True if `now` is within the window.
    pub fn contains(&self, now: Timestamp) -> bool {
        self.opens.is_none_or(|opens| now >= opens) && self.closes.is_none_or(|closes| now < closes)
    }
}

/// The appointment to arrange.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct ValidAppointment {
    /// The date.
    pub date: Option<civil::Date>,
    /// The local time.
    pub time: Option<civil::Time>,
    /// A preferred time in words.
    pub time_preference: Option<String>,
    /// The number of people, 1 to 50.
    pub party_size: Option<u32>,
}

impl ValidAppointment {
    /// The appointment in English, for agents that are told it in words: `on 2026-12-24, at 19:00, for 2
    /// people`. `None` if nothing about it is set.
    pub fn in_words(&self) -> Option<String> {
        let mut parts = Vec::new();
        if let Some(date) = self.date {
            parts.push(format!("on {date}"));
        }
        if let Some(time) = self.time {
            parts.push(format!("at {:02}:{:02}", time.hour(), time.minute()));
        }
        if let Some(preference) = &self.time_preference {
            parts.push(preference.clone());
        }
        if let Some(size) = self.party_size {
            parts.push(format!("for {size} {}", if size == 1 { "person" } else { "people" }));
        }
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// A validated call. [`CallRequest::validate`] and [`CallRequest::revalidate`] are its only public
/// constructors. `Debug` omits what is said.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ValidCall {
    /// The number to call.
    pub to: PhoneNumber,
    /// What the agent should accomplish.
    pub task: String,
    /// The agent profile; `None` means the default of the configuration.
    pub agent: Option<ProfileName>,
    /// The language to speak.
    pub language: Option<Language>,
    /// The callee's name.
    pub callee_name: Option<String>,
    /// The name of the callee's business.
    pub business_name: Option<String>,
    /// On whose behalf the agent calls.
    pub on_behalf_of: Option<String>,
    /// The number that the callee can call back.
    pub callback_number: Option<PhoneNumber>,
    /// The first sentence that the agent says.
    pub first_message: Option<String>,
    /// Additional instructions.
    pub instructions: Vec<String>,
    /// The appointment to arrange.
    pub appointment: Option<ValidAppointment>,
    /// The customer's id in the provider's CRM.
    pub lead_id: Option<String>,
    /// An existing IANA time zone.
    pub timezone: Option<String>,
    /// Asks the provider to give the call priority.
    pub urgent: bool,
    /// The maximum length of the call.
    pub max_duration: Option<Duration>,
    /// The time window in which the call may be made.
    pub window: CallWindow,
    /// The maximum estimated cost of the call.
    pub max_cost: Option<Money>,
    /// Labels that routes can match.
    pub tags: BTreeSet<String>,
    /// The caller's key-value pairs, never sent to a provider.
    pub metadata: BTreeMap<String, String>,
    /// The key that identifies repeated requests as the same call.
    pub key: Option<CallKey>,
    /// The batch that the call belongs to.
    pub batch: Option<BatchName>,
    /// The tenant that the call belongs to.
    pub tenant: TenantId,
    /// The request allows the same callee to be called again with the same task. Use
    /// [`ValidCall::is_meant_again`], which also considers the key.
    pub allow_duplicate: bool,
    /// Allows failover to the next provider if one is out of credit or over a budget.
    pub failover_on_quota: bool,
    /// When to call the same person again; `None` means never.
    pub redial: Option<Redial>,
    /// What the request says about the callee and about why they are called.
    pub facts: CallFacts,
}

impl ValidCall {
    /// The callee's country.
    pub fn country(&self) -> Country {
        self.to.country()
    }

    /// True if the caller wants this call even if the same person was just called with the same
    /// task: they said so in the request or wrote a key of their own. A derived key does not count.
    pub fn is_meant_again(&self) -> bool {
        self.allow_duplicate || self.key.as_ref().is_some_and(CallKey::is_given)
    }

    /// Converts the call back to a request. [`CallRequest::revalidate`] gives the same call again,
    /// which is how a stored call is read.
    pub fn to_request(&self) -> CallRequest {
        let text = |text: &Option<String>| text.clone();
        CallRequest {
            to: self.to.e164().to_owned(),
            default_country: None,
            task: self.task.clone(),
            agent: self.agent.as_ref().map(|agent| agent.as_str().to_owned()),
            language: self.language.map(|language| language.as_str().to_owned()),
            callee_name: text(&self.callee_name),
            business_name: text(&self.business_name),
            on_behalf_of: text(&self.on_behalf_of),
            callback_number: self.callback_number.map(|number| number.e164().to_owned()),
            first_message: text(&self.first_message),
            instructions: self.instructions.clone(),
            appointment: self.appointment.as_ref().map(|asked| Appointment {
                date: asked.date.map(|date| date.to_string()),
                time: asked.time.map(|time| time.strftime("%H:%M").to_string()),
                time_preference: text(&asked.time_preference),
                party_size: asked.party_size,
            }),
            lead_id: text(&self.lead_id),
            timezone: text(&self.timezone),
            urgent: self.urgent,
            max_duration_seconds: self
                .max_duration
                .map(|longest| u32::try_from(longest.as_secs()).unwrap_or(LONGEST_CALL)),
            not_before: self.window.opens.map(|moment| moment.to_string()),
            not_after: self.window.closes.map(|moment| moment.to_string()),
            max_cost: self.max_cost,
            tags: self.tags.iter().cloned().collect(),
            metadata: self.metadata.clone(),
            idempotency_key: self
                .key
                .as_ref()
                .and_then(CallKey::given)
                .map(|key| key.as_str().to_owned()),
            batch: self.batch.as_ref().map(|batch| batch.as_str().to_owned()),
            row_key: self
                .key
                .as_ref()
                .and_then(CallKey::derived)
                .map(|key| key.as_str().to_owned()),
            tenant: Some(self.tenant.as_str().to_owned()),
            allow_duplicate: self.allow_duplicate,
            failover_on_quota: self.failover_on_quota,
            redial: self.redial.clone(),
            purpose: self.facts.purpose,
            callee_kind: self.facts.callee_kind,
            callee_line: self.facts.callee_line,
            callee_timezone: text(&self.facts.callee_timezone),
            callee_timezone_guess: text(&self.facts.callee_timezone_guess),
            callee_region: self.facts.callee_region.map(|region| region.to_string()),
            consent: self.facts.consent.clone(),
            requested_at: self.facts.requested_at.map(|moment| moment.to_string()),
            published_number: text(&self.facts.published_number),
            relationship: text(&self.facts.relationship),
            agreed_time: self.facts.agreed_time,
            recording: self.facts.recording,
            overrides: self.facts.overrides.clone(),
        }
    }
}

redacted_debug!(ValidCall {
    to,
    agent,
    language,
    urgent,
    max_duration,
    window,
    max_cost,
    tags,
    batch,
    tenant,
    allow_duplicate,
    failover_on_quota,
    facts,
});
