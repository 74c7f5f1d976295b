//! A call as callers see it.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Attempt, AttemptError, BatchName, CallId, CallStatus, Country, Error, ErrorKind, Money,
    Outcome, PhoneNumber, ProfileName, ProviderCallId, ProviderId, Raw, Recording, TenantId,
    Transcript, quiet::quiet_debug,
};

/// The arm of an experiment that a person was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The experiment.
    pub experiment: String,
    /// Its version; each is a split of its own.
    #[serde(default = "first_version")]
    pub version: u32,
    /// Its arm.
    pub arm: String,
}

/// Assignments that were kept before there were versions.
const fn first_version() -> u32 {
    1
}

/// Why a call was not placed, or why nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallFault {
    /// What went wrong.
    pub kind: ErrorKind,
    /// In words, with the fix where there is one.
    pub message: String,
}

impl From<&Error> for CallFault {
    fn from(error: &Error) -> Self {
        Self { kind: error.kind(), message: error.to_string() }
    }
}

impl From<&AttemptError> for CallFault {
    fn from(error: &AttemptError) -> Self {
        Self { kind: error.kind, message: error.message.clone() }
    }
}

/// One call over all its attempts. `Debug` leaves out what was said.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Our id.
    pub id: CallId,
    /// Whose call it is.
    pub tenant: TenantId,
    /// The callee. JSON has the whole number; `Debug` and `Display` mask it.
    pub to: PhoneNumber,
    /// The callee's country.
    pub country: Country,
    /// The agent profile that was asked for.
    pub agent: Option<ProfileName>,
    /// The batch that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchName>,
    /// Where it stands.
    pub status: CallStatus,
    /// How it ended, where it reached the telephone network.
    pub outcome: Option<Outcome>,
    /// The provider that has the call.
    pub provider: Option<ProviderId>,
    /// That provider's id of it.
    pub provider_call_id: Option<ProviderCallId>,
    /// The arm of an experiment that decided the provider's order.
    pub experiment: Option<Assignment>,
    /// When it rings again, where the caller's redial policy asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redial_at: Option<Timestamp>,
    /// Every attempt, in order.
    pub attempts: Vec<Attempt>,
    /// Why it was refused or is unknown.
    pub fault: Option<CallFault>,
    /// What the plan expected it to cost.
    pub estimated_cost: Option<Money>,
    /// What was billed, in money. Unknown is null, never zero.
    pub cost: Option<Money>,
    /// How long it lasted.
    #[serde(with = "crate::seconds::option", default, rename = "duration_seconds")]
    pub duration: Option<Duration>,
    /// What came of it.
    pub summary: Option<String>,
    /// What should be done next.
    pub next_steps: Option<String>,
    /// What was said, once fetched.
    pub transcript: Option<Transcript>,
    /// Where the sound is, once fetched.
    pub recording: Option<Recording>,
    /// The caller's own words, carried along.
    pub metadata: BTreeMap<String, String>,
    /// When it was received.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The provider's last answer.
    pub raw: Option<Raw>,
}

quiet_debug!(Call {
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
    created_at,
    updated_at,
});
