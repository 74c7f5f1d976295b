//! The provider: one account at CALL-E behind the neutral contract.

use std::sync::Arc;

use switchboard_core::{
    Calls, CancelCalls, Inspect, Provider, ProviderInfo, ReadTurns, Result, Transcripts, Webhooks,
};

use crate::{
    CallEClient, CallEConfig, account::Account, calls::CallECalls, inspect::CallEInspect,
    webhooks::CallEWebhooks,
};

/// One account at CALL-E.
///
/// It offers calls, which it can cancel, their transcripts, and incoming webhooks. Its API has no
/// list of calls, no recordings, no agents, no numbers and no balance.
#[derive(Debug, Clone)]
pub struct CallE {
    info: ProviderInfo,
    inspect: CallEInspect,
    account: Arc<Account>,
    calls: CallECalls,
    webhooks: CallEWebhooks,
}

impl CallE {
    /// An account with the key of the configuration. Nothing is sent.
    ///
    /// # Errors
    /// `Configuration` that names the key and the fix.
    pub fn new(config: CallEConfig) -> Result<Self> {
        let client = CallEClient::new(&config)?;
        let account = Arc::new(Account { config, client });
        Ok(Self {
            info: account.config.info()?,
            inspect: CallEInspect(Arc::clone(&account)),
            calls: CallECalls(Arc::clone(&account)),
            webhooks: CallEWebhooks(Arc::clone(&account)),
            account,
        })
    }

    /// The typed client, for what the neutral traits do not cover.
    pub fn client(&self) -> &CallEClient {
        &self.account.client
    }
}

impl Provider for CallE {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn calls(&self) -> &dyn Calls {
        &self.calls
    }

    fn transcripts(&self) -> Option<&dyn Transcripts> {
        Some(&self.calls)
    }

    fn cancels(&self) -> Option<&dyn CancelCalls> {
        Some(&self.calls)
    }

    fn webhooks(&self) -> Option<&dyn Webhooks> {
        Some(&self.webhooks)
    }

    fn inspects(&self) -> Option<&dyn Inspect> {
        Some(&self.inspect)
    }

    fn take_turns(&self, turns: Arc<dyn ReadTurns>) -> bool {
        self.account.client.take_turns(turns);
        true
    }
}
