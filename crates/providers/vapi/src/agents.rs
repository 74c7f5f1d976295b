//! Assistants of the account, which are its agents.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Map, Value};
use switchboard_core::{
    Agent, AgentDraft, AgentEditor, AgentId, AgentVersion, Agents, Error, ErrorKind, Result,
};

use crate::{
    account::Account,
    config::{LONGEST_CALL, SHORTEST_LIMIT},
    convert, wire,
};

/// [`Agents`] and [`AgentEditor`] on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct VapiAgents(pub(crate) Arc<Account>);

impl VapiAgents {
    fn read(&self, operation: &'static str, assistant: wire::Assistant) -> Result<Agent> {
        convert::agent(self.0.provider(), assistant).ok_or_else(|| {
            let error = Error::new(ErrorKind::Decode, "the answer has no assistant id");
            self.0.failed(operation, error)
        })
    }
}

#[async_trait]
impl Agents for VapiAgents {
    async fn list(&self) -> Result<Vec<Agent>> {
        let rows = self.0.client.assistants().list().await?.into_iter();
        // An agent without an id is an error: leaving it out would say that it does not exist.
        rows.map(|row| self.read("agents.list", row)).collect()
    }

    async fn get(&self, id: &AgentId) -> Result<Agent> {
        let assistant = self.0.client.assistants().get(id.as_str()).await?;
        self.read("agents.get", assistant)
    }

    fn editor(&self) -> Option<&dyn AgentEditor> {
        Some(self)
    }
}

#[async_trait]
impl AgentEditor for VapiAgents {
    /// The model with its prompt, and the voice, are named in `provider_settings`.
    async fn create(&self, draft: &AgentDraft) -> Result<Agent> {
        let name = draft.name.as_deref().unwrap_or_default();
        if name.trim().is_empty() {
            return Err(Error::invalid("name", "is required for a new agent"));
        }
        let assistant = self.0.client.assistants().create(&settings(draft)?).await?;
        self.read("agents.create", assistant)
    }

    async fn update(&self, id: &AgentId, draft: &AgentDraft) -> Result<Agent> {
        let mut assistant =
            self.0.client.assistants().update(id.as_str(), &settings(draft)?).await?;
        // The answer to a change need not repeat the id.
        assistant.id.get_or_insert_with(|| id.as_str().to_owned());
        self.read("agents.update", assistant)
    }

    async fn versions(&self, _id: &AgentId) -> Result<Vec<AgentVersion>> {
        let message = "Vapi's API has no list of the versions of an assistant";
        let error = Error::new(ErrorKind::Unsupported, message);
        Err(self.0.failed("agents.versions", error))
    }
}

/// The draft by Vapi's names. A prompt belongs to the model of an assistant, whose other settings
/// are required with it.
fn settings(draft: &AgentDraft) -> Result<Map<String, Value>> {
    if draft.system_prompt.is_some() {
        let message = "belongs to the model of a Vapi assistant: name the model with its prompt in provider_settings";
        return Err(Error::invalid("system_prompt", message));
    }
    if draft.account.is_some() {
        return Err(Error::invalid("account", "cannot be named: the key belongs to one account"));
    }
    let mut settings = Map::new();
    if let Some(name) = &draft.name {
        settings.insert("name".to_owned(), name.as_str().into());
    }
    if let Some(first) = &draft.first_message {
        settings.insert("firstMessage".to_owned(), first.as_str().into());
    }
    if let Some(longest) = draft.max_duration {
        if !(SHORTEST_LIMIT..=LONGEST_CALL).contains(&longest) {
            return Err(Error::invalid("max_duration", "must be from 10 to 43200 seconds"));
        }
        settings.insert("maxDurationSeconds".to_owned(), longest.as_secs().into());
    }
    let own = draft.provider_settings.iter().map(|(name, value)| (name.clone(), value.clone()));
    settings.extend(own);
    Ok(settings)
}
