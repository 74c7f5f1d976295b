//! What the parts of one account share.

use switchboard_core::{AgentId, Error, NumberId, PlaceRequest, ProviderId};

use crate::{VapiClient, VapiConfig};

/// One account: its settings and its client.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) config: VapiConfig,
    pub(crate) client: VapiClient,
}

impl Account {
    pub(crate) fn provider(&self) -> &ProviderId {
        &self.config.id
    }

    /// The assistant of a call: its own, or else the account's.
    pub(crate) fn assistant<'a>(&'a self, order: &'a PlaceRequest) -> Option<&'a AgentId> {
        order.agent.as_ref().or(self.config.agent_id.as_ref())
    }

    /// The version of that assistant: the call's, or else the account's if it is of the same one.
    pub(crate) fn version<'a>(&'a self, order: &'a PlaceRequest) -> Option<&'a str> {
        let own = || {
            let is_own = self.assistant(order) == self.config.agent_id.as_ref();
            self.config.agent_version.as_deref().filter(|_| is_own)
        };
        order.agent_version.as_deref().or_else(own)
    }

    /// Vapi's id of the number that a call is made from: of the order's, or else of the account's.
    pub(crate) fn number<'a>(&'a self, order: &'a PlaceRequest) -> Option<&'a NumberId> {
        let own = order.from.as_ref().map(|from| from.id.as_ref());
        own.unwrap_or(self.config.phone_number_id.as_ref())
    }

    /// The variable that the prompt takes the task from: the call's, or else the account's.
    pub(crate) fn task_variable<'a>(&'a self, order: &'a PlaceRequest) -> &'a str {
        order.task_variable.as_deref().unwrap_or(&self.config.task_variable)
    }

    /// The error with this account and the operation that failed.
    pub(crate) fn failed(&self, operation: &'static str, error: Error) -> Error {
        error.with_provider(self.provider().clone()).with_operation(operation)
    }
}
