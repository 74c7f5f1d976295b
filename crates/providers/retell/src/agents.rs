//! Agents of the account.

use std::{collections::HashSet, sync::Arc};

use async_trait::async_trait;
use futures::TryStreamExt;
use serde_json::{Map, Value};
use switchboard_core::{
    Agent, AgentDraft, AgentEditor, AgentId, AgentVersion, Agents, Error, ErrorKind, Result,
};
use switchboard_http::{PageOf, ReadBudget, ReadLimits, pages};

use crate::{
    account::Account,
    config::{LONGEST_CALL, SHORTEST_LIMIT},
    convert, wire,
};

/// [`Agents`] and [`AgentEditor`] on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct RetellAgents(pub(crate) Arc<Account>);

impl RetellAgents {
    fn read(&self, operation: &'static str, agent: wire::Agent) -> Result<Agent> {
        convert::agent(self.0.provider(), agent).ok_or_else(|| {
            let error = Error::new(ErrorKind::Decode, "the answer has no agent id");
            self.0.failed(operation, error)
        })
    }

    /// All rows of the list of agents, or of the versions of one.
    async fn rows(&self, versions_of: Option<&AgentId>) -> Result<Vec<wire::Agent>> {
        let budget = ReadBudget::new(self.0.provider().clone(), ReadLimits::LIST);
        let client = self.0.client.within(&budget);
        let rows = pages(None, budget, row_id, |cursor: Option<String>| {
            let client = client.clone();
            async move {
                let agents = client.agents();
                let page = match versions_of {
                    Some(id) => agents.versions(id.as_str(), cursor.as_deref()).await?,
                    None => agents.list(cursor.as_deref()).await?,
                };
                let next = page.next();
                Ok(PageOf { items: page.items, next })
            }
        });
        rows.try_collect().await
    }
}

/// A row of a list is one version of an agent.
fn row_id(row: &wire::Agent) -> String {
    match (&row.agent_id, row.version) {
        (Some(id), Some(version)) => format!("{version} {id}"),
        (Some(id), None) => id.clone(),
        (None, _) => row.raw.value().to_string(),
    }
}

#[async_trait]
impl Agents for RetellAgents {
    /// Each agent once, although the list may have a row for each of its versions.
    async fn list(&self) -> Result<Vec<Agent>> {
        let rows = self.rows(None).await?.into_iter();
        // An agent without an id is an error: leaving it out would say that it does not exist.
        let agents: Vec<Agent> =
            rows.map(|row| self.read("agents.list", row)).collect::<Result<_>>()?;
        let mut seen = HashSet::new();
        Ok(agents.into_iter().filter(|agent| seen.insert(agent.id.clone())).collect())
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
impl AgentEditor for RetellAgents {
    /// Retell also needs the voice and the response engine, which `provider_settings` name.
    async fn create(&self, draft: &AgentDraft) -> Result<Agent> {
        let name = draft.name.as_deref().unwrap_or_default();
        if name.trim().is_empty() {
            return Err(Error::invalid("name", "is required for a new agent"));
        }
        let agent = self.0.client.agents().create(&settings(draft)?).await?;
        self.read("agents.create", agent)
    }

    async fn update(&self, id: &AgentId, draft: &AgentDraft) -> Result<Agent> {
        let mut agent = self.0.client.agents().update(id.as_str(), &settings(draft)?).await?;
        // The answer to a change need not repeat the id.
        agent.agent_id.get_or_insert_with(|| id.as_str().to_owned());
        self.read("agents.update", agent)
    }

    async fn versions(&self, id: &AgentId) -> Result<Vec<AgentVersion>> {
        let rows = self.rows(Some(id)).await?;
        if rows.iter().any(|row| row.agent_id.as_deref().is_some_and(|its| its != id.as_str())) {
            let error = Error::new(ErrorKind::Decode, "a version in the list is another agent's");
            return Err(self.0.failed("agents.versions", error));
        }
        let mut rows = rows;
        rows.sort_by_key(|row| std::cmp::Reverse(row.version));
        Ok(rows.into_iter().map(convert::version).collect())
    }
}

/// The draft by Retell's names. A prompt and the first words belong to the response engine of an
/// agent and not to the agent.
fn settings(draft: &AgentDraft) -> Result<Map<String, Value>> {
    let elsewhere =
        "belongs to the response engine of a Retell agent: name the engine in provider_settings";
    if draft.system_prompt.is_some() {
        return Err(Error::invalid("system_prompt", elsewhere));
    }
    if draft.first_message.is_some() {
        return Err(Error::invalid("first_message", elsewhere));
    }
    if draft.account.is_some() {
        return Err(Error::invalid("account", "cannot be named: the key belongs to one account"));
    }
    let mut settings = Map::new();
    if let Some(name) = &draft.name {
        settings.insert("agent_name".to_owned(), name.as_str().into());
    }
    if let Some(longest) = draft.max_duration {
        if !(SHORTEST_LIMIT..=LONGEST_CALL).contains(&longest) {
            return Err(Error::invalid("max_duration", "must be from 60 to 7200 seconds"));
        }
        let millis = u64::try_from(longest.as_millis()).unwrap_or(u64::MAX);
        settings.insert("max_call_duration_ms".to_owned(), millis.into());
    }
    let own = draft.provider_settings.iter().map(|(name, value)| (name.clone(), value.clone()));
    settings.extend(own);
    Ok(settings)
}
