//! What the parts of one account share.

use switchboard_core::{AgentId, Error, PlaceRequest, ProviderId};

use crate::{TelnyxClient, TelnyxConfig};

/// One account: its settings and its client.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) config: TelnyxConfig,
    pub(crate) client: TelnyxClient,
}

impl Account {
    pub(crate) fn provider(&self) -> &ProviderId {
        &self.config.id
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
