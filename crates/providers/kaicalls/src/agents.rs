//! Agents of the account.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Map;
use switchboard_core::{
    Agent, AgentDraft, AgentEditor, AgentId, AgentVersion, Agents, Error, ErrorKind, Result,
};

use crate::{
    account::Account,
    api::{CreateAgent, UpdateAgent, VersionQuery},
    convert, wire,
};

/// [`Agents`] and [`AgentEditor`] on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct KaiCallsAgents(pub(crate) Arc<Account>);

impl KaiCallsAgents {
    fn read(&self, operation: &'static str, agent: wire::Agent) -> Result<Agent> {
        convert::agent(self.0.provider(), agent).ok_or_else(|| {
            let error = Error::new(ErrorKind::Decode, "the answer has no agent id");
            self.0.failed(operation, error)
        })
    }
}

#[async_trait]
impl Agents for KaiCallsAgents {
    async fn list(&self) -> Result<Vec<Agent>> {
        let agents = self.0.client.agents().list().await?.items;
        // An agent without an id is an error: leaving it out would say that it does not exist.
        agents.into_iter().map(|agent| self.read("agents.list", agent)).collect()
    }

    async fn get(&self, id: &AgentId) -> Result<Agent> {
        let agent = self.0.client.agents().get(id.as_str()).await?;
        self.read("agents.get", agent)
    }

    fn editor(&self) -> Option<&dyn AgentEditor> {
        Some(self)
    }
}

#[async_trait]
impl AgentEditor for KaiCallsAgents {
    async fn create(&self, draft: &AgentDraft) -> Result<Agent> {
        let business = draft.account.as_deref().or(self.0.business());
        let business = business.ok_or_else(|| {
            Error::invalid(
                "account",
                "is not set: name the KaiCalls business, here or as business_id in the configuration",
            )
        })?;
        let name = required("name", draft.name.as_deref())?;
        let prompt = required("system_prompt", draft.system_prompt.as_deref())?;
        if draft.max_duration.is_some() {
            return Err(Error::invalid(
                "max_duration",
                "cannot be set on a new KaiCalls agent: create it without, then update it",
            ));
        }
        let mut agent = CreateAgent::new(business, name, prompt);
        if let Some(line) = &draft.first_message {
            agent = agent.first_message(line.as_str());
        }
        self.read(
            "agents.create",
            self.0.client.agents().create_with(&agent, &settings(draft)).await?,
        )
    }

    /// The prompt and the opening line are those of outbound calls. KaiCalls has others for inbound
    /// calls and text messages, which `provider_settings` can set by name.
    async fn update(&self, id: &AgentId, draft: &AgentDraft) -> Result<Agent> {
        if draft.account.is_some() {
            return Err(Error::invalid(
                "account",
                "cannot be changed: a KaiCalls agent stays with its business",
            ));
        }
        let mut change = UpdateAgent::new(id.as_str());
        if let Some(name) = &draft.name {
            change = change.name(name.as_str());
        }
        if let Some(prompt) = &draft.system_prompt {
            change = change.outbound_prompt(prompt.as_str());
        }
        if let Some(line) = &draft.first_message {
            change = change.outbound_first_message(line.as_str());
        }
        if let Some(longest) = draft.max_duration {
            change = change.max_duration(longest.as_secs().max(1));
        }
        let mut agent = self.0.client.agents().update_with(&change, &settings(draft)).await?;
        // The answer to a change need not repeat the id.
        agent.id.get_or_insert_with(|| id.as_str().to_owned());
        self.read("agents.update", agent)
    }

    async fn versions(&self, id: &AgentId) -> Result<Vec<AgentVersion>> {
        let query = VersionQuery::new(id.as_str());
        let mut rows = self.0.client.agents().versions(&query).await?.items;
        rows.sort_by_cached_key(|row| {
            let created = row.created_at.as_ref().and_then(wire::Moment::timestamp);
            std::cmp::Reverse((row.version, created))
        });
        Ok(rows.into_iter().map(convert::version).collect())
    }
}

fn required<'a>(field: &'static str, value: Option<&'a str>) -> Result<&'a str> {
    value
        .filter(|value| !value.trim().is_empty())
        .ok_or_else(|| Error::invalid(field, "is required for a new agent"))
}

fn settings(draft: &AgentDraft) -> Map<String, serde_json::Value> {
    draft.provider_settings.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}
