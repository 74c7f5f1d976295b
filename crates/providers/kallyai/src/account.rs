//! What the parts of one account share.

use std::sync::Arc;

use switchboard_core::{Clock, Error, ProviderId};

use crate::{KallyAiClient, KallyAiConfig};

/// One account: its settings, its client and its clock.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) config: KallyAiConfig,
    pub(crate) client: KallyAiClient,
    /// Paces the stream of events where the provider does not stream.
    pub(crate) clock: Arc<dyn Clock>,
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
