//! Agents: the voices that talk, and the neutral profiles that name them.

use std::{collections::BTreeMap, fmt::Debug, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{AgentId, Language, PhoneNumber, ProfileName, ProviderId, Raw, Result};

/// An agent at a provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Agent {
    /// Whose agent it is.
    pub provider: ProviderId,
    /// The provider's id.
    pub id: AgentId,
    /// The provider's name of it.
    pub name: Option<String>,
    /// True where the provider defines it and it cannot be changed (KallyAI's task categories).
    pub built_in: bool,
    /// The number it calls from, where the provider says one.
    pub phone_number: Option<PhoneNumber>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// The provider's answer, unknown fields and all.
    pub raw: Raw,
}

/// What a new or changed agent shall be; a field left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AgentDraft {
    /// Its name; required for a new one.
    pub name: Option<String>,
    /// What it is told to be and do; required for a new one.
    pub system_prompt: Option<String>,
    /// Its opening line.
    pub first_message: Option<String>,
    /// The longest call it may make.
    #[serde(with = "crate::seconds::option")]
    pub max_duration: Option<Duration>,
    /// The provider's account or business that owns it, where it has several.
    pub account: Option<String>,
    /// Settings that only this provider knows, sent as they are.
    pub provider_settings: BTreeMap<String, Value>,
}

/// One saved state of an agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentVersion {
    /// The provider's version number.
    pub version: Option<u64>,
    /// When it was saved.
    pub created_at: Option<Timestamp>,
    /// The provider's answer.
    pub raw: Raw,
}

/// One neutral name for what is a different agent at each provider, so that an experiment compares
/// like with like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentProfile {
    /// The name that requests use.
    pub name: ProfileName,
    /// The agent at each provider; a provider that is not here cannot serve this profile.
    pub agents: BTreeMap<ProviderId, AgentId>,
    /// The languages it speaks; empty: whatever the provider's agents speak.
    pub languages: Vec<Language>,
    /// How long its calls usually last, for cost estimates.
    #[serde(with = "crate::seconds::option", default)]
    pub expected_duration: Option<Duration>,
}

/// A provider's agents.
#[async_trait]
pub trait Agents: Debug + Send + Sync {
    /// All agents that this account may use.
    async fn list(&self) -> Result<Vec<Agent>>;

    /// One agent. `NotFound` where there is none of that id.
    async fn get(&self, id: &AgentId) -> Result<Agent>;

    /// Making and changing agents, where the provider allows it.
    fn editor(&self) -> Option<&dyn AgentEditor>;
}

/// Making and changing agents.
#[async_trait]
pub trait AgentEditor: Debug + Send + Sync {
    /// A new agent.
    async fn create(&self, draft: &AgentDraft) -> Result<Agent>;

    /// A changed agent.
    async fn update(&self, id: &AgentId, draft: &AgentDraft) -> Result<Agent>;

    /// Its saved states, newest first.
    async fn versions(&self, id: &AgentId) -> Result<Vec<AgentVersion>>;
}
