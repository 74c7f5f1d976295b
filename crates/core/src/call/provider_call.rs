//! A provider's view of one call.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

use crate::{
    AgentId, Cost, Outcome, PhoneNumber, Proof, ProviderCallId, ProviderId, Raw, quiet::quiet_debug,
};

/// Who rang whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The agent called a person.
    Outbound,
    /// A person called the agent.
    Inbound,
}

/// A provider's status word, read. The words are open enumerations: one that nobody knows is kept
/// and is not final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderState {
    /// Set for later.
    Scheduled,
    /// Waiting to be dialled.
    Queued,
    /// The phone rings.
    Ringing,
    /// Somebody talks.
    InProgress,
    /// Over.
    Ended(Outcome),
    /// A word that no document names.
    Unrecognised,
}

impl ProviderState {
    /// The outcome, where it is over.
    pub const fn outcome(self) -> Option<Outcome> {
        match self {
            ProviderState::Ended(outcome) => Some(outcome),
            ProviderState::Scheduled
            | ProviderState::Queued
            | ProviderState::Ringing
            | ProviderState::InProgress
            | ProviderState::Unrecognised => None,
        }
    }
}

/// What was kept stays readable, whatever becomes of a number.
fn known_today<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<PhoneNumber>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.and_then(|text| text.parse().ok()))
}

/// What a provider says of one call. `Debug` leaves out what was said.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct ProviderCall {
    /// Whose call it is.
    pub provider: ProviderId,
    /// The provider's id.
    pub id: ProviderCallId,
    /// The status, read.
    pub state: ProviderState,
    /// The status word as it came.
    pub status_word: String,
    /// Who rang whom, where the provider says it.
    pub direction: Option<Direction>,
    /// The callee, where the provider says it and it is a valid number. One that was kept and that
    /// the numbering plans know no longer is left out when it is read back; `raw` has it.
    #[serde(default, deserialize_with = "known_today")]
    pub to: Option<PhoneNumber>,
    /// The task as the provider repeats it.
    pub task: Option<String>,
    /// The agent that talks.
    pub agent: Option<AgentId>,
    /// The customer's CRM id that was sent with it.
    pub lead_id: Option<String>,
    /// When the provider made it.
    pub created_at: Option<Timestamp>,
    /// How long it lasted.
    #[serde(with = "crate::seconds::option", default)]
    pub duration: Option<Duration>,
    /// What came of it.
    pub summary: Option<String>,
    /// What should be done next.
    pub next_steps: Option<String>,
    /// Where the sound is, where the record says it. A bearer secret.
    pub recording_url: Option<Url>,
    /// What was billed; unknown is `None`, never zero.
    pub cost: Option<Cost>,
    /// The provider's answer.
    pub raw: Raw,
}

/// Which calls to list. A backend applies what the provider can filter and does the rest itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CallFilter {
    /// Made at or after this moment.
    pub since: Option<Timestamp>,
    /// Made before this moment.
    pub until: Option<Timestamp>,
    /// Of this agent.
    pub agent: Option<AgentId>,
}

/// Which page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// At most this many items; the provider's default and maximum hold.
    pub limit: Option<u32>,
    /// From a former page's `next`; the text is the backend's own.
    pub cursor: Option<String>,
}

/// One page of a list, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// How to ask for the next page; `None`: this was the last.
    pub next: Option<String>,
}

/// A call that may be the one whose placing ended in `Unknown`, and what speaks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// The provider's call.
    pub call: ProviderCallId,
    /// Why it may be the one.
    pub proof: Proof,
}

quiet_debug!(ProviderCall {
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
