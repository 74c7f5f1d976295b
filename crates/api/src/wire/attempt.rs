//! An attempt at one provider.

use serde::Serialize;
use serde_json::Value;
use switchboard::core::{self, AttemptError as CoreError};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::wire::{
    AttemptState, Delivery, Money, Outcome, Refusal, Time,
    view::{View, provider_text},
};

/// One attempt at one provider.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Attempt {
    /// Its id.
    pub id: Uuid,
    /// The provider that was asked.
    #[schema(examples("kaicalls"))]
    pub provider: String,
    /// The ring that it belongs to: 0 for the first, and one more for each redial.
    pub ring: u32,
    /// The provider's agent.
    #[schema(required)]
    pub agent: Option<String>,
    /// Where it stands.
    pub state: AttemptState,
    /// What it proves about the phone.
    #[schema(required)]
    pub delivery: Option<Delivery>,
    /// Whom the refusal binds, if it was refused.
    #[schema(required)]
    pub refusal: Option<Refusal>,
    /// What went wrong.
    #[schema(required)]
    pub error: Option<AttemptError>,
    /// How the phone call ended.
    #[schema(required)]
    pub outcome: Option<Outcome>,
    /// The provider's id of the call.
    #[schema(required)]
    pub provider_call_id: Option<String>,
    /// What the plan expected it to cost.
    #[schema(required)]
    pub estimated_cost: Option<Money>,
    /// What was billed, as money. Null if it is not known.
    #[schema(required)]
    pub cost: Option<Money>,
    /// What proves its state, oldest first.
    pub evidence: Vec<Evidence>,
    /// When it was written down.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    /// When its first byte may have left.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub sent_at: Option<Time>,
    /// When it was over.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Time>,
}

/// Why an attempt failed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AttemptError {
    /// The kind of the failure. More may be added.
    #[schema(examples("rate_limited"))]
    pub code: String,
    /// What happened, without phone numbers.
    pub message: String,
    /// The HTTP status of the provider's answer.
    #[schema(required)]
    pub http_status: Option<u16>,
    /// The provider's own code.
    #[schema(required)]
    pub provider_code: Option<String>,
}

/// Something that proves where an attempt stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Evidence {
    /// When it was found.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
    /// What kind of proof it is. More may be added.
    #[schema(examples("answer"))]
    pub proof: String,
    /// What it says. Null without the scope `calls:content`.
    #[schema(required)]
    pub detail: Option<String>,
}

impl Attempt {
    pub(super) fn new(attempt: &core::Attempt, view: &View) -> Self {
        let (delivery, refusal) = attempt.delivery.map(Delivery::split).unzip();
        Self {
            id: attempt.id.as_uuid(),
            provider: attempt.provider.as_str().to_owned(),
            ring: attempt.ring,
            agent: attempt.agent.as_ref().map(|id| provider_text(id.as_str(), id, view)),
            state: attempt.state.into(),
            delivery,
            refusal: refusal.flatten(),
            error: attempt.error.as_ref().map(AttemptError::from),
            outcome: attempt.outcome.map(Into::into),
            provider_call_id: attempt
                .provider_call_id
                .as_ref()
                .map(|id| provider_text(id.as_str(), id, view)),
            estimated_cost: attempt.estimated_cost.map(Into::into),
            cost: attempt.billed.map(Money::from).or_else(|| attempt.cost.and_then(Money::of_cost)),
            evidence: attempt.evidence.iter().map(|one| Evidence::new(one, view)).collect(),
            created_at: attempt.created_at.into(),
            sent_at: attempt.sent_at.map(Into::into),
            ended_at: attempt.ended_at.map(Into::into),
        }
    }
}

impl From<&CoreError> for AttemptError {
    fn from(error: &CoreError) -> Self {
        Self {
            code: error.kind.as_str().to_owned(),
            message: error.message.clone(),
            http_status: error.status,
            provider_code: error.code.clone(),
        }
    }
}

impl Evidence {
    fn new(evidence: &core::Evidence, view: &View) -> Self {
        let proof = match serde_json::to_value(evidence.proof) {
            Ok(Value::String(word)) => word,
            _ => "unknown".to_owned(),
        };
        Self {
            at: evidence.at.into(),
            proof,
            detail: view.content.then(|| evidence.detail.clone()),
        }
    }
}
