//! One try at one provider, and what proves how it went.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    AgentId, AttemptId, Cost, Delivery, Error, ErrorKind, Money, Outcome, ProviderCallId,
    ProviderId,
};

/// Where an attempt stands. States only move forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptState {
    /// Written down; nobody may send it yet.
    Intent,
    /// One process may send it until its send deadline.
    Claimed,
    /// Bytes may have left.
    Sent,
    /// The provider has the call.
    Placed,
    /// Proven: no phone rang by this attempt.
    NotPlaced,
    /// It may or may not have rung.
    Unknown,
    /// Evidence is being looked for.
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

    /// True where the attempt may still become, or already is, a ringing phone. At most one attempt
    /// of a call may be so.
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

/// What an attempt's state rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// The provider's answer to the placing request.
    Answer,
    /// No byte of the request left.
    NotSent,
    /// Never claimed by a sender.
    NeverClaimed,
    /// A webhook on this attempt's own URL.
    Webhook,
    /// The customer's CRM id that we sent.
    LeadId,
    /// A row of the provider's usage log.
    UsageRow,
    /// The provider's list: the same number, task and time.
    NumberAndTask,
    /// The provider's list: the same agent and time.
    AgentAndTime,
    /// The provider's record of the call.
    Record,
    /// An operator's audited decision.
    Operator,
    /// Nothing showed it within the fence that the configuration asks for. No proof at all: it may
    /// ring twice.
    Fence,
}

/// One fact and when it was learnt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// When it was learnt.
    pub at: Timestamp,
    /// What it rests on.
    pub proof: Proof,
    /// In words, without secrets or numbers.
    pub detail: String,
}

/// The failure of an attempt, as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttemptError {
    /// What went wrong.
    pub kind: ErrorKind,
    /// In words, without secrets or numbers.
    pub message: String,
    /// The HTTP status.
    pub status: Option<u16>,
    /// The provider's code.
    pub code: Option<String>,
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

/// One try at one provider. Every attempt stays in its call, in order, the failed ones too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// Our id.
    pub id: AttemptId,
    /// Who was asked.
    pub provider: ProviderId,
    /// Which ring of the call it serves: 0, and one more for each redial that the caller's policy
    /// asked for.
    pub ring: u32,
    /// The agent that speaks, where one is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
    /// Sent to providers that take a key; the same for every retry of this attempt.
    pub idempotency_key: Uuid,
    /// Where it stands.
    pub state: AttemptState,
    /// The provider's id of the call, once known.
    pub provider_call_id: Option<ProviderCallId>,
    /// What its answer or failure proved.
    pub delivery: Option<Delivery>,
    /// Why it failed, where it did.
    pub error: Option<AttemptError>,
    /// How its phone call ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// What the plan expected it to cost.
    pub estimated_cost: Option<Money>,
    /// What the provider billed, in its unit.
    pub cost: Option<Cost>,
    /// The bill in money, where a price is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billed: Option<Money>,
    /// When it was written down.
    pub created_at: Timestamp,
    /// When bytes may first have left.
    pub sent_at: Option<Timestamp>,
    /// When it came to rest.
    pub ended_at: Option<Timestamp>,
    /// What its state rests on, in order.
    pub evidence: Vec<Evidence>,
}
