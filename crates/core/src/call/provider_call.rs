//! A provider's view of one call.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

use crate::{
    AgentId, Cost, Outcome, PhoneNumber, Proof, ProviderCallId, ProviderId, Raw, Refusal,
    redact::redacted_debug,
};

/// The direction of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The agent called a person.
    Outbound,
    /// A person called the agent.
    Inbound,
}

/// The state of a call at a provider, parsed from its status. Providers may add new values: an
/// unknown one is kept and is not final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderState {
    /// Scheduled for a later time.
    Scheduled,
    /// Waiting to be dialled.
    Queued,
    /// The phone is ringing.
    Ringing,
    /// The call was answered and is in progress.
    InProgress,
    /// The call has ended.
    Ended(Outcome),
    /// The provider accepted the call and never dialled it: its record gives a reason that its
    /// documentation files under calls that were not dialled, and the configuration trusts that
    /// reason. Without that trust, such a call is [`Outcome::Failed`].
    NotDialled(Refusal),
    /// A status that the provider's documentation does not list.
    Unrecognised,
}

impl ProviderState {
    /// The outcome, if the call has ended.
    pub const fn outcome(self) -> Option<Outcome> {
        match self {
            ProviderState::Ended(outcome) => Some(outcome),
            ProviderState::Scheduled
            | ProviderState::Queued
            | ProviderState::Ringing
            | ProviderState::InProgress
            | ProviderState::NotDialled(_)
            | ProviderState::Unrecognised => None,
        }
    }

    /// True if the provider does nothing more for the call.
    pub const fn is_over(self) -> bool {
        matches!(self, ProviderState::Ended(_) | ProviderState::NotDialled(_))
    }

    /// True if the provider never dialled the call.
    pub const fn is_not_dialled(self) -> bool {
        matches!(self, ProviderState::NotDialled(_))
    }

    /// True if the phone has rung, by this state alone. The end of a call does not say so.
    pub const fn shows_a_ring(self) -> bool {
        matches!(
            self,
            ProviderState::Ringing
                | ProviderState::InProgress
                | ProviderState::Ended(
                    Outcome::Completed
                        | Outcome::NoAnswer
                        | Outcome::Declined
                        | Outcome::Voicemail
                        | Outcome::Menu
                )
        )
    }
}

/// Reads a stored number, or `None` if current numbering plans no longer contain it, so that the
/// rest of the record stays readable.
fn known_today<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<PhoneNumber>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.and_then(|text| text.parse().ok()))
}

/// A provider's view of one call. `Debug` omits what was said.
///
/// Fields will be added: start from [`ProviderCall::new`].
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProviderCall {
    /// The provider that has the call.
    pub provider: ProviderId,
    /// The provider's id of the call.
    pub id: ProviderCallId,
    /// The parsed status.
    pub state: ProviderState,
    /// The status as the provider sent it.
    pub status_word: String,
    /// The direction, if the provider reports it.
    pub direction: Option<Direction>,
    /// The callee, if the provider reports it and it is a valid number. A stored number that
    /// current numbering plans no longer contain is `None` when it is read back; `raw` still has
    /// it.
    #[serde(default, deserialize_with = "known_today")]
    pub to: Option<PhoneNumber>,
    /// The task, as the provider reports it.
    pub task: Option<String>,
    /// The agent that makes the call.
    pub agent: Option<AgentId>,
    /// The CRM id of the customer that was sent with the request.
    pub lead_id: Option<String>,
    /// The reference that was sent with the request, if the provider keeps one: the id of our
    /// attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// True if the provider's record says that the callee asked not to be called again.
    #[serde(default)]
    pub opted_out: bool,
    /// When the provider created the call.
    pub created_at: Option<Timestamp>,
    /// How long the call lasted. Serialized as seconds.
    #[serde(with = "crate::seconds::option", default)]
    pub duration: Option<Duration>,
    /// The provider's summary of the call.
    pub summary: Option<String>,
    /// The provider's suggestion for what to do next.
    pub next_steps: Option<String>,
    /// The provider's code for why it could not complete the call, for example `no_answer`, if it
    /// reports one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_code: Option<String>,
    /// The URL of the recording, if the record has one. Anyone who has it can fetch the audio.
    pub recording_url: Option<Url>,
    /// What the provider billed. An unknown cost is `None`, never zero.
    pub cost: Option<Cost>,
    /// The provider's response.
    pub raw: Raw,
}

impl ProviderCall {
    /// A call in this state of which nothing else is known.
    pub fn new(
        provider: ProviderId,
        id: ProviderCallId,
        state: ProviderState,
        status_word: impl Into<String>,
    ) -> Self {
        Self {
            provider,
            id,
            state,
            status_word: status_word.into(),
            direction: None,
            to: None,
            task: None,
            agent: None,
            lead_id: None,
            reference: None,
            opted_out: false,
            created_at: None,
            duration: None,
            summary: None,
            next_steps: None,
            failure_code: None,
            recording_url: None,
            cost: None,
            raw: Raw::default(),
        }
    }
}

/// Filters for a list of calls. A backend applies itself what the provider cannot filter by.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CallFilter {
    /// Only calls created at or after this time.
    pub since: Option<Timestamp>,
    /// Only calls created before this time.
    pub until: Option<Timestamp>,
    /// Only calls of this agent.
    pub agent: Option<AgentId>,
    /// Only calls that were placed with this reference.
    pub reference: Option<String>,
    /// Only calls to this number.
    pub to: Option<PhoneNumber>,
}

impl CallFilter {
    /// True if the call was placed with the reference and to the number that are asked for. A
    /// record that does not say so is not about them.
    pub fn is_about(&self, call: &ProviderCall) -> bool {
        let named = |reference| call.reference.as_ref() == Some(reference);
        let called = |to| call.to.as_ref() == Some(to);
        self.reference.as_ref().is_none_or(named) && self.to.as_ref().is_none_or(called)
    }
}

/// Which page of a list to fetch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// The maximum number of items. The provider's default and maximum apply.
    pub limit: Option<u32>,
    /// The `next` of an earlier page. Its format belongs to the backend.
    pub cursor: Option<String>,
}

/// One page of a list, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// The cursor of the next page; `None` if this is the last one.
    pub next: Option<String>,
}

/// A call at the provider that may be the one whose placing ended in `Unknown`, and the evidence
/// for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// The provider's id of the call.
    pub call: ProviderCallId,
    /// The kind of evidence that links it to the attempt.
    pub proof: Proof,
}

redacted_debug!(ProviderCall {
    provider,
    id,
    state,
    status_word,
    direction,
    to,
    agent,
    created_at,
    duration,
    cost,
});
