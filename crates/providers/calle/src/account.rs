//! What the parts of one account share.

use switchboard_core::{Error, ProviderId};

use crate::{CallEClient, CallEConfig};

/// One account: its settings and its client.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) config: CallEConfig,
    pub(crate) client: CallEClient,
}

impl Account {
    pub(crate) fn provider(&self) -> &ProviderId {
        &self.config.id
    }

    /// The error with this account and the operation that failed.
    pub(crate) fn failed(&self, operation: &'static str, error: Error) -> Error {
        error.with_provider(self.provider().clone()).with_operation(operation)
    }
}
