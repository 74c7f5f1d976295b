//! KallyAI accounts have no agents. Its four built-in task categories take their place; they cannot
//! be changed.

use std::sync::Arc;

use async_trait::async_trait;
use switchboard_core::{Agent, AgentEditor, AgentId, Agents, Error, ErrorKind, Raw, Result};

use crate::{account::Account, wire::TaskCategory};

#[derive(Debug, Clone)]
pub(crate) struct KallyAiAgents(pub(crate) Arc<Account>);

impl KallyAiAgents {
    fn agent(&self, category: TaskCategory) -> Agent {
        Agent {
            provider: self.0.provider().clone(),
            id: AgentId::from(category.as_str()),
            name: Some(category.as_str().to_owned()),
            built_in: true,
            phone_number: None,
            created_at: None,
            raw: Raw::default(),
        }
    }
}

#[async_trait]
impl Agents for KallyAiAgents {
    async fn list(&self) -> Result<Vec<Agent>> {
        Ok(TaskCategory::ALL.into_iter().map(|category| self.agent(category)).collect())
    }

    async fn get(&self, id: &AgentId) -> Result<Agent> {
        let category =
            TaskCategory::ALL.into_iter().find(|category| category.as_str() == id.as_str());
        category.map(|category| self.agent(category)).ok_or_else(|| {
            let message = "KallyAI has four agents: restaurant, clinic, hotel, general";
            self.0.failed("agents.get", Error::new(ErrorKind::NotFound, message))
        })
    }

    fn editor(&self) -> Option<&dyn AgentEditor> {
        None
    }
}
