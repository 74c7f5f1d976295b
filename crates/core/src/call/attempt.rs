//! One attempt at one provider, and the evidence for how it went.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    AgentId, AttemptId, Cost, Delivery, Error, ErrorKind, Money, Outcome, ProviderCallId,
    ProviderId,
};

/// The state of an attempt. States only move forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptState {
    /// Written to the journal; it must not be sent yet.
    Intent,
    /// One process may send it until its send deadline.
    Claimed,
    /// Bytes of the request may have left this machine.
    Sent,
    /// The provider has the call.
    Placed,
    /// It is proven that this attempt made no phone ring.
    NotPlaced,
    /// The phone may or may not have rung.
    Unknown,
    /// The phone may or may not have rung, and the provider is being searched for evidence.
    Reconciling,
}

impl AttemptState {
    /// The word used in JSON, tables and journals.
    pub const fn as_str(self) -> &'static str {
        match self {
            AttemptState::Intent => "intent",
            AttemptState::Claimed => "claimed",
            AttemptState::Sent => "sent",
            AttemptState::Placed => "placed",
            AttemptState::NotPlaced => "not_placed",
            AttemptState::Unknown => "unknown",
            AttemptState::Reconciling => "reconciling",
        }
    }

    /// True if the attempt has made a phone ring or still may. At most one attempt of a call may be
    /// live.
    pub const fn is_live(self) -> bool {
        match self {
            AttemptState::Intent
            | AttemptState::Claimed
            | AttemptState::Sent
            | AttemptState::Placed
            | AttemptState::Unknown
            | AttemptState::Reconciling => true,
            AttemptState::NotPlaced => false,
        }
    }
}

/// The kind of evidence for an attempt's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// The provider's response to the placing request.
    Answer,
    /// No byte of the request left this machine.
    NotSent,
    /// The attempt was never claimed, and only a claimed attempt is sent.
    NeverClaimed,
    /// A webhook sent to this attempt's own URL.
    Webhook,
    /// The id of the attempt, which was sent with the request, in the provider's record.
    Reference,
    /// The CRM id of the customer, which was sent with the request.
    LeadId,
    /// An entry of the provider's usage log.
    UsageRow,
    /// A call in the provider's list with the same number, task and time.
    NumberAndTask,
    /// A call in the provider's list with the same agent and time.
    AgentAndTime,
    /// The provider's record of the call: that the phone rings, or why it was never dialled.
    Record,
    /// The provider's record said that somebody answered.
    Conversation,
    /// A decision of an operator, recorded in the audit log.
    Operator,
    /// Nothing showed the attempt within the time after which the configuration assumes that it
    /// was not placed. This proves nothing: the phone may ring twice.
    #[serde(alias = "fence")]
    AssumedNotPlaced,
}

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// When it was found.
    pub at: Timestamp,
    /// What kind of evidence it is.
    pub proof: Proof,
    /// A description without secrets or phone numbers.
    pub detail: String,
}

/// The error of an attempt, as stored in the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttemptError {
    /// The category of the failure.
    pub kind: ErrorKind,
    /// The error message, without secrets or phone numbers.
    pub message: String,
    /// The HTTP status of the provider's response.
    pub status: Option<u16>,
    /// The provider's error code.
    pub code: Option<String>,
}

impl AttemptError {
    const RESTART: &str = "restart";

    /// What a process records of an attempt whose sender ended before the answer was known.
    pub fn restarted() -> Self {
        Self {
            kind: ErrorKind::Transport,
            message: "the process that sent it ended before the answer came".to_owned(),
            status: None,
            code: Some(Self::RESTART.to_owned()),
        }
    }

    /// True for [`AttemptError::restarted`]: the fault is ours and not the provider's.
    pub fn is_restart(&self) -> bool {
        self.status.is_none() && self.code.as_deref() == Some(Self::RESTART)
    }
}

impl From<&Error> for AttemptError {
    fn from(error: &Error) -> Self {
        Self {
            kind: error.kind(),
            message: error.to_string(),
            status: error.status(),
            code: error.code().map(str::to_owned),
        }
    }
}

/// One attempt at one provider. A call keeps all its attempts in order, including failed ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Attempt {
    /// The id of the attempt.
    pub id: AttemptId,
    /// The provider that the request went to.
    pub provider: ProviderId,
    /// The ring that the attempt belongs to: 0 for the first, and one more for each redial that the
    /// caller's policy asked for.
    pub ring: u32,
    /// The agent that speaks, if one is specified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
    /// Which version of the agent, if one is specified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_version: Option<String>,
    /// The name of the number that the call is made from, where the configuration has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The idempotency key for providers that accept one. Every retry of this attempt uses the same
    /// key.
    pub idempotency_key: Uuid,
    /// The current state.
    pub state: AttemptState,
    /// The provider's id of the call, once it is known.
    pub provider_call_id: Option<ProviderCallId>,
    /// What the response or failure proved about the phone.
    pub delivery: Option<Delivery>,
    /// The error, if the attempt failed.
    pub error: Option<AttemptError>,
    /// How the phone call ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// The cost that the plan estimated.
    pub estimated_cost: Option<Money>,
    /// What the provider billed, in its own unit.
    pub cost: Option<Cost>,
    /// What the provider billed, as money, if the price of its unit is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billed: Option<Money>,
    /// When the attempt was written to the journal.
    pub created_at: Timestamp,
    /// The earliest time at which bytes of the request may have left this machine.
    pub sent_at: Option<Timestamp>,
    /// When the same request was sent once more under the same key, while it was unknown whether the
    /// first one had arrived; never before `sent_at`. From then on, what is proven of one of them proves nothing about the
    /// attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeated_at: Option<Timestamp>,
    /// When the attempt reached its final state.
    pub ended_at: Option<Timestamp>,
    /// The evidence for the state, in the order in which it was found.
    pub evidence: Vec<Evidence>,
}

impl Attempt {
    /// An attempt that was just written down. `idempotency_key` is what it sends to a provider
    /// that takes one.
    pub const fn new(
        id: AttemptId,
        provider: ProviderId,
        idempotency_key: Uuid,
        created_at: Timestamp,
    ) -> Self {
        Self {
            id,
            provider,
            ring: 0,
            agent: None,
            agent_version: None,
            from: None,
            idempotency_key,
            state: AttemptState::Intent,
            provider_call_id: None,
            delivery: None,
            error: None,
            outcome: None,
            estimated_cost: None,
            cost: None,
            billed: None,
            created_at,
            sent_at: None,
            repeated_at: None,
            ended_at: None,
            evidence: Vec::new(),
        }
    }

    /// True if the provider had accepted the call and its record proves that it never dialled it.
    pub fn was_never_dialled(&self) -> bool {
        self.state == AttemptState::NotPlaced && self.provider_call_id.is_some()
    }

    /// The same, changed. Fields that are added later keep their default.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}
