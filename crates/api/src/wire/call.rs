//! A call on the wire.

use std::collections::BTreeMap;

use serde::Serialize;
use switchboard::{ValidCall, core};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::wire::{
    Attempt, CallStatus, Money, Outcome, RuleDecision, Time, View, WaitsFor, view::provider_text,
};

/// The arm of an experiment that a person is assigned to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Experiment {
    /// The experiment's name.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// The arm.
    pub arm: String,
}

/// Why a call was not placed, or why it is not known whether it was.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Fault {
    /// The kind of the failure. More may be added.
    #[schema(examples("no_provider"))]
    pub code: String,
    /// What happened, without phone numbers.
    pub message: String,
}

/// A call across all its attempts.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Call {
    /// Its id, a UUID of version 7: ids sort by time.
    pub id: Uuid,
    /// The tenant that it belongs to.
    #[schema(examples("acme"))]
    pub tenant: String,
    /// Rises by one with each change of the call.
    pub revision: u64,
    /// The callee. Without the scope `calls:content` most digits are dots.
    #[schema(examples("+442079460123"))]
    pub to: String,
    /// A pseudonym of the callee, the same for each of their calls. Null if none is kept.
    #[schema(required)]
    pub to_tag: Option<String>,
    /// The callee's country, as ISO 3166-1 alpha-2.
    #[schema(examples("GB"))]
    pub country: String,
    /// The agent profile that was asked for.
    #[schema(required)]
    pub agent: Option<String>,
    /// The language that was asked for.
    #[schema(required)]
    pub language: Option<String>,
    /// The batch that it belongs to.
    #[schema(required)]
    pub batch: Option<String>,
    /// Where it stands.
    pub status: CallStatus,
    /// How it ended, if it reached the telephone network.
    #[schema(required)]
    pub outcome: Option<Outcome>,
    /// True if nothing more happens to it without an event or an operator.
    pub settled: bool,
    /// Why it does not move.
    #[schema(required)]
    pub waits_for: Option<WaitsFor>,
    /// The provider that has it.
    #[schema(required)]
    pub provider: Option<String>,
    /// That provider's id of the call.
    #[schema(required)]
    pub provider_call_id: Option<String>,
    /// The experiment that it takes part in.
    #[schema(required)]
    pub experiment: Option<Experiment>,
    /// Its earliest time.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub not_before: Option<Time>,
    /// Its latest time.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub not_after: Option<Time>,
    /// The ring that it is at: 0 for the first, and one more for each redial.
    pub ring: u32,
    /// When it rings again, if the redial policy asks for it.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub redial_at: Option<Time>,
    /// What the calling rules decided last: when it was admitted, or before it rang. Null if
    /// nothing was decided yet.
    #[schema(required)]
    pub decision: Option<RuleDecision>,
    /// Why it was not placed, or why that is not known.
    #[schema(required)]
    pub fault: Option<Fault>,
    /// What the plan expects it to cost.
    #[schema(required)]
    pub estimated_cost: Option<Money>,
    /// What was billed. Null if it is not known, never zero.
    #[schema(required)]
    pub cost: Option<Money>,
    /// How long it lasted.
    #[schema(required)]
    pub duration_seconds: Option<f64>,
    /// The provider's summary. Null without the scope `calls:content`.
    #[schema(required)]
    pub summary: Option<String>,
    /// What the provider suggests to do next. Null without the scope `calls:content`.
    #[schema(required)]
    pub next_steps: Option<String>,
    /// True if a transcript was fetched and is kept.
    pub has_transcript: bool,
    /// True if a recording was fetched and its address is kept.
    pub has_recording: bool,
    /// What a person should look at, by what the transcript shows.
    pub flags: Vec<CallFlag>,
    /// The caller's labels.
    pub tags: Vec<String>,
    /// The caller's key-value pairs.
    pub metadata: BTreeMap<String, String>,
    /// Every attempt, in order.
    pub attempts: Vec<Attempt>,
    /// When it was received.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Time,
    /// When it was over.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Time>,
}

impl Call {
    /// A call as a caller may see it.
    pub fn new(call: &core::Call, request: &ValidCall, view: &View) -> Self {
        let words = |text: &Option<String>| text.clone().filter(|_| view.content);
        Self {
            id: call.id.as_uuid(),
            tenant: call.tenant.as_str().to_owned(),
            revision: call.revision,
            to: if view.content { call.to.e164().to_owned() } else { call.to.masked() },
            to_tag: view.tag.clone(),
            country: call.country.to_string(),
            agent: call.agent.as_ref().map(|agent| agent.as_str().to_owned()),
            language: request.language.map(|language| language.as_str().to_owned()),
            batch: call.batch.as_ref().map(|batch| batch.as_str().to_owned()),
            status: call.status.into(),
            outcome: call.outcome.map(Into::into),
            settled: call.status.is_settled(),
            waits_for: view.waits_for.clone(),
            provider: call.provider.as_ref().map(|provider| provider.as_str().to_owned()),
            provider_call_id: call
                .provider_call_id
                .as_ref()
                .map(|id| provider_text(id.as_str(), id, view)),
            experiment: call.experiment.as_ref().map(|one| Experiment {
                name: one.experiment.clone(),
                version: one.version,
                arm: one.arm.clone(),
            }),
            not_before: request.window.opens.map(Into::into),
            not_after: request.window.closes.map(Into::into),
            ring: call.attempts.last().map_or(0, |last| last.ring),
            redial_at: call.redial_at.map(Into::into),
            decision: call.decision.as_deref().map(Into::into),
            fault: call.fault.as_ref().map(|fault| Fault {
                code: fault.kind.as_str().to_owned(),
                message: fault.message.clone(),
            }),
            estimated_cost: call.estimated_cost.map(Into::into),
            cost: call.cost.map(Into::into),
            duration_seconds: call.duration.map(|duration| duration.as_secs_f64()),
            summary: words(&call.summary),
            next_steps: words(&call.next_steps),
            has_transcript: call.transcript.is_some(),
            has_recording: call.recording.is_some(),
            flags: call.flags.iter().map(Into::into).collect(),
            tags: request.tags.iter().cloned().collect(),
            metadata: call.metadata.clone(),
            attempts: call.attempts.iter().map(|one| Attempt::new(one, view)).collect(),
            created_at: call.created_at.into(),
            updated_at: call.updated_at.into(),
            ended_at: ended_at(call).map(Into::into),
        }
    }
}

/// Something that a person should look at after a call. Nothing follows from it by itself.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({"code": "first_words_missing", "message": "The first words did not say that it is an AI.", "at": "2026-02-14T20:03:10Z"}))]
pub struct CallFlag {
    /// `first_words_missing` or `may_have_opted_out`; others may follow.
    pub code: String,
    /// One sentence, without anything that was said in the call.
    pub message: String,
    /// When it was found.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
}

impl From<&core::CallFlag> for CallFlag {
    fn from(flag: &core::CallFlag) -> Self {
        Self {
            code: flag.kind.as_str().to_owned(),
            message: flag.message.clone(),
            at: flag.at.into(),
        }
    }
}

fn ended_at(call: &core::Call) -> Option<jiff::Timestamp> {
    let last = call.attempts.last().and_then(|last| last.ended_at);
    call.status.is_settled().then(|| last.unwrap_or(call.updated_at))
}

/// The `ETag` of a call.
pub fn etag(call: &core::Call) -> String {
    format!("\"r{}\"", call.revision)
}
