//! What the parts of one account share.

use std::sync::Arc;

use switchboard_core::{AgentId, Clock, Error, PlaceRequest, ProviderId};

use crate::{KaiCallsClient, KaiCallsConfig};

/// One account: its settings, its client and its clock.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) config: KaiCallsConfig,
    pub(crate) client: KaiCallsClient,
    /// Paces the feed of events.
    pub(crate) clock: Arc<dyn Clock>,
}

impl Account {
    pub(crate) fn provider(&self) -> &ProviderId {
        &self.config.id
    }

    /// The business that new agents, numbers and webhooks belong to, where one is configured.
    pub(crate) fn business(&self) -> Option<&str> {
        self.config.business_id.as_deref()
    }

    /// The agent of a call: its own, or else the account's.
    pub(crate) fn agent<'a>(&'a self, order: &'a PlaceRequest) -> Option<&'a AgentId> {
        order.agent.as_ref().or(self.config.agent_id.as_ref())
    }

    /// The error with this account and the operation that failed.
    pub(crate) fn failed(&self, operation: &'static str, error: Error) -> Error {
        error.with_provider(self.provider().clone()).with_operation(operation)
    }
}
