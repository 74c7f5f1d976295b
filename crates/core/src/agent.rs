//! Voice agents, and the provider-neutral profiles that name them.

use std::{collections::BTreeMap, fmt::Debug, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{AgentId, Language, PhoneNumber, ProfileName, ProviderId, Raw, Result};

/// An agent at a provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Agent {
    /// The provider that hosts the agent.
    pub provider: ProviderId,
    /// The provider's id of the agent.
    pub id: AgentId,
    /// The agent's name at the provider.
    pub name: Option<String>,
    /// True if the provider defines the agent and it cannot be changed (KallyAI's task categories).
    pub built_in: bool,
    /// The number that the agent calls from, if the provider reports one.
    pub phone_number: Option<PhoneNumber>,
    /// When the agent was created.
    pub created_at: Option<Timestamp>,
    /// The provider's full response, including fields that this crate does not know.
    pub raw: Raw,
}

/// The settings of a new or changed agent. A field that is `None` keeps its value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AgentDraft {
    /// The display name. Required for a new agent.
    pub name: Option<String>,
    /// The system prompt. Required for a new agent.
    pub system_prompt: Option<String>,
    /// The first sentence that the agent says.
    pub first_message: Option<String>,
    /// The maximum length of a call. Serialized as seconds.
    #[serde(with = "crate::seconds::option")]
    pub max_duration: Option<Duration>,
    /// The account or business that owns the agent, for providers that have several.
    pub account: Option<String>,
    /// Provider-specific settings, sent unchanged.
    pub provider_settings: BTreeMap<String, Value>,
}

/// One saved version of an agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentVersion {
    /// The provider's number or name of the version.
    pub version: Option<String>,
    /// When this version was saved.
    pub created_at: Option<Timestamp>,
    /// The provider's response.
    pub raw: Raw,
}

/// The agent that a profile has at one provider. As text, its id, or a table:
/// `{ id = "agent_1", version = "3", task_variable = "task" }`.
///
/// ```
/// use switchboard_core::AgentRef;
///
/// let newest: AgentRef = serde_json::from_str(r#""agent_1""#)?;
/// let third: AgentRef = serde_json::from_str(r#"{"id": "agent_1", "version": "3"}"#)?;
/// assert_eq!((newest.version, third.version.as_deref()), (None, Some("3")));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WrittenAgent")]
#[non_exhaustive]
pub struct AgentRef {
    /// The provider's id of the agent.
    pub id: AgentId,
    /// Which version of it, by the provider's name or number. `None` leaves it to the provider, which
    /// takes the one that was published last: an experiment then compares whatever that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The variable of the agent's prompt that the task is put into, at providers whose agents have
    /// variables. `None` for the backend's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_variable: Option<String>,
}

impl AgentRef {
    /// The agent with this id, in the version that was published last.
    pub const fn new(id: AgentId) -> Self {
        Self { id, version: None, task_variable: None }
    }

    /// The same with other fields set.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}

impl<T: Into<AgentId>> From<T> for AgentRef {
    fn from(id: T) -> Self {
        Self::new(id.into())
    }
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "must be the agent's id, or a table of id and perhaps version and task_variable"
)]
enum WrittenAgent {
    Id(AgentId),
    Table(AgentTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgentTable {
    id: AgentId,
    version: Option<String>,
    task_variable: Option<String>,
}

impl From<WrittenAgent> for AgentRef {
    fn from(written: WrittenAgent) -> Self {
        match written {
            WrittenAgent::Id(id) => Self::new(id),
            WrittenAgent::Table(AgentTable { id, version, task_variable }) => {
                Self { id, version, task_variable }
            }
        }
    }
}

/// A provider-neutral name for what is a different agent at each provider, so that an experiment
/// compares equivalent agents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentProfile {
    /// The name that requests use.
    pub name: ProfileName,
    /// The agent at each provider. A provider that is not listed cannot serve this profile.
    pub agents: BTreeMap<ProviderId, AgentRef>,
    /// The languages that the profile supports. Empty means whatever the provider's agents support.
    pub languages: Vec<Language>,
    /// The typical length of a call, used for cost estimates. Serialized as seconds.
    #[serde(with = "crate::seconds::option", default)]
    pub expected_duration: Option<Duration>,
}

/// Reads the agents of a provider.
#[async_trait]
pub trait Agents: Debug + Send + Sync {
    /// Returns all agents that this account may use.
    async fn list(&self) -> Result<Vec<Agent>>;

    /// Returns one agent, or a `NotFound` error if no agent has this id.
    async fn get(&self, id: &AgentId) -> Result<Agent>;

    /// The editor, if the provider allows agents to be created and changed.
    fn editor(&self) -> Option<&dyn AgentEditor>;
}

/// Creates and changes agents.
#[async_trait]
pub trait AgentEditor: Debug + Send + Sync {
    /// Creates an agent.
    async fn create(&self, draft: &AgentDraft) -> Result<Agent>;

    /// Changes an agent and returns it as it is afterwards.
    async fn update(&self, id: &AgentId, draft: &AgentDraft) -> Result<Agent>;

    /// Returns the saved versions of an agent, newest first.
    async fn versions(&self, id: &AgentId) -> Result<Vec<AgentVersion>>;
}
