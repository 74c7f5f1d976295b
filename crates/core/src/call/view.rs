//! A call as callers see it.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Attempt, AttemptError, BatchName, CallFlag, CallId, CallStatus, Country, Error, ErrorKind,
    Money, Outcome, PhoneNumber, ProfileName, ProviderCallId, ProviderId, Raw, Recording,
    RuleDecision, TenantId, Transcript, redact::redacted_debug,
};

/// The arm of an experiment that a person is assigned to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The name of the experiment.
    pub experiment: String,
    /// The version of the experiment. Each version assigns people again.
    #[serde(default = "first_version")]
    pub version: u32,
    /// The name of the arm.
    pub arm: String,
}

/// The version of assignments that were stored before experiments had versions.
const fn first_version() -> u32 {
    1
}

/// Why a call was not placed, or why it is unknown whether it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallFailure {
    /// The category of the failure.
    pub kind: ErrorKind,
    /// The message for people, with a fix if there is one.
    pub message: String,
}

impl From<&Error> for CallFailure {
    fn from(error: &Error) -> Self {
        Self { kind: error.kind(), message: error.to_string() }
    }
}

impl From<&AttemptError> for CallFailure {
    fn from(error: &AttemptError) -> Self {
        Self { kind: error.kind, message: error.message.clone() }
    }
}

/// One call across all its attempts. `Debug` omits what was said.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Call {
    /// The id of the call.
    pub id: CallId,
    /// The tenant that the call belongs to.
    pub tenant: TenantId,
    /// The callee. Serialized as the whole number; `Debug` and `Display` mask it.
    pub to: PhoneNumber,
    /// The callee's country.
    pub country: Country,
    /// The agent profile that was asked for.
    pub agent: Option<ProfileName>,
    /// The batch that the call belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchName>,
    /// The current status.
    pub status: CallStatus,
    /// How the call ended, if it reached the telephone network.
    pub outcome: Option<Outcome>,
    /// The provider that has the call.
    pub provider: Option<ProviderId>,
    /// That provider's id of the call.
    pub provider_call_id: Option<ProviderCallId>,
    /// The arm of the experiment that determined the order of providers.
    pub experiment: Option<Assignment>,
    /// When the call rings again, if the caller's redial policy asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redial_at: Option<Timestamp>,
    /// What the calling rules decided last: when the call was admitted, or before it rang.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Box<RuleDecision>>,
    /// All attempts, in order.
    pub attempts: Vec<Attempt>,
    /// Why the call was refused or its result is unknown.
    pub fault: Option<CallFailure>,
    /// The cost that the plan estimated.
    pub estimated_cost: Option<Money>,
    /// What was billed, as money. An unknown cost is null, never zero.
    ///
    /// A call that is settled may have none yet, and it may still change: many providers send the
    /// bill after the end of the call
    /// ([`ProviderInfo::late_costs`](crate::ProviderInfo::late_costs)). It is looked for again
    /// for some hours; read the call again, or wait for the event that says it.
    pub cost: Option<Money>,
    /// How long the call lasted. Serialized as `duration_seconds`.
    #[serde(with = "crate::seconds::option", default, rename = "duration_seconds")]
    pub duration: Option<Duration>,
    /// The provider's summary of the call.
    pub summary: Option<String>,
    /// The provider's suggestion for what to do next.
    pub next_steps: Option<String>,
    /// The transcript, once it was fetched.
    pub transcript: Option<Transcript>,
    /// The recording, once it was fetched.
    pub recording: Option<Recording>,
    /// What a person should look at, by what the transcript shows. At most one of each kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<CallFlag>,
    /// The caller's key-value pairs, stored and never sent to a provider.
    pub metadata: BTreeMap<String, String>,
    /// When the request was received.
    pub created_at: Timestamp,
    /// When the call last changed.
    pub updated_at: Timestamp,
    /// How often the call has changed: 1 when it is recorded, and one more with each fact that is
    /// written about it. A call of a journal that did not count yet begins at 0.
    #[serde(default)]
    pub revision: u64,
    /// The provider's last response.
    pub raw: Option<Raw>,
}

impl Call {
    /// A call that was just received, and of which nothing else is known.
    pub const fn new(id: CallId, tenant: TenantId, to: PhoneNumber, created_at: Timestamp) -> Self {
        Self {
            id,
            tenant,
            to,
            country: to.country(),
            agent: None,
            batch: None,
            status: CallStatus::Received,
            outcome: None,
            provider: None,
            provider_call_id: None,
            experiment: None,
            redial_at: None,
            decision: None,
            attempts: Vec::new(),
            fault: None,
            estimated_cost: None,
            cost: None,
            duration: None,
            summary: None,
            next_steps: None,
            transcript: None,
            recording: None,
            flags: Vec::new(),
            metadata: BTreeMap::new(),
            created_at,
            updated_at: created_at,
            revision: 1,
            raw: None,
        }
    }

    /// The same, changed. Fields that are added later keep their default.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}

redacted_debug!(Call {
    id,
    tenant,
    to,
    country,
    agent,
    batch,
    status,
    outcome,
    provider,
    provider_call_id,
    experiment,
    redial_at,
    attempts,
    fault,
    estimated_cost,
    cost,
    duration,
    flags,
    created_at,
    updated_at,
    revision,
});
