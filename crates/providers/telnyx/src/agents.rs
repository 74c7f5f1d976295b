//! Agents of the account, which Telnyx calls assistants.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Map, Value};
use switchboard_core::{
    Agent, AgentDraft, AgentEditor, AgentId, AgentVersion, Agents, Error, ErrorKind, Result,
};

use crate::{account::Account, convert, wire};

/// [`Agents`] and [`AgentEditor`] on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct TelnyxAgents(pub(crate) Arc<Account>);

impl TelnyxAgents {
    fn read(&self, operation: &'static str, agent: wire::Assistant) -> Result<Agent> {
        convert::agent(self.0.provider(), agent).ok_or_else(|| {
            let error = Error::new(ErrorKind::Decode, "the answer has no agent id");
            self.0.failed(operation, error)
        })
    }
}

#[async_trait]
impl Agents for TelnyxAgents {
    async fn list(&self) -> Result<Vec<Agent>> {
        let rows = self.0.client.assistants().list().await?.items.into_iter();
        // An agent without an id is an error: leaving it out would say that it does not exist.
        rows.map(|row| self.read("agents.list", row)).collect()
    }

    async fn get(&self, id: &AgentId) -> Result<Agent> {
        let agent = self.0.client.assistants().get(id.as_str()).await?;
        self.read("agents.get", agent)
    }

    fn editor(&self) -> Option<&dyn AgentEditor> {
        Some(self)
    }
}

#[async_trait]
impl AgentEditor for TelnyxAgents {
    /// Telnyx also needs a model, which `provider_settings` name.
    async fn create(&self, draft: &AgentDraft) -> Result<Agent> {
        for (field, text) in [("name", &draft.name), ("system_prompt", &draft.system_prompt)] {
            if text.as_deref().unwrap_or_default().trim().is_empty() {
                return Err(Error::invalid(field, "is required for a new agent"));
            }
        }
        let agent = self.0.client.assistants().create(&settings(draft)?).await?;
        self.read("agents.create", agent)
    }

    async fn update(&self, id: &AgentId, draft: &AgentDraft) -> Result<Agent> {
        let mut agent = self.0.client.assistants().update(id.as_str(), &settings(draft)?).await?;
        // The answer to a change need not repeat the id.
        agent.id.get_or_insert_with(|| id.as_str().to_owned());
        self.read("agents.update", agent)
    }

    async fn versions(&self, id: &AgentId) -> Result<Vec<AgentVersion>> {
        let rows = self.0.client.assistants().versions(id.as_str()).await?.items;
        if rows.iter().any(|row| row.id.as_deref().is_some_and(|its| its != id.as_str())) {
            let error = Error::new(ErrorKind::Decode, "a version in the list is another agent's");
            return Err(self.0.failed("agents.versions", error));
        }
        Ok(rows.into_iter().map(convert::version).collect())
    }
}

/// The draft by Telnyx' names. The longest duration belongs to each call.
fn settings(draft: &AgentDraft) -> Result<Map<String, Value>> {
    if draft.max_duration.is_some() {
        return Err(Error::invalid("max_duration", "belongs to each call at Telnyx"));
    }
    if draft.account.is_some() {
        return Err(Error::invalid("account", "cannot be named: the key belongs to one account"));
    }
    let named = [
        ("name", &draft.name),
        ("instructions", &draft.system_prompt),
        ("greeting", &draft.first_message),
    ];
    let named = named
        .into_iter()
        .filter_map(|(name, text)| Some((name.to_owned(), Value::from(text.as_deref()?))));
    let own = draft.provider_settings.iter().map(|(name, value)| (name.clone(), value.clone()));
    Ok(named.chain(own).collect())
}
