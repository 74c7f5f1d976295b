//! The provider: one account at Retell behind the neutral contract.

use std::sync::Arc;

use switchboard_core::{
    Agents, CallLists, Calls, Inspect, Numbers, Provider, ProviderInfo, ReadTurns, Recordings,
    Result, StopCalls, Transcripts, Usage, Webhooks,
};

use crate::{
    RetellClient, RetellConfig, account::Account, agents::RetellAgents, calls::RetellCalls,
    inspect::RetellInspect, numbers::RetellNumbers, usage::RetellUsage, webhooks::RetellWebhooks,
};

/// One account at Retell.
///
/// It offers calls, which it can stop, agents, numbers, incoming webhooks and usage. No document has
/// a way to cancel or reschedule a call, and only the agent itself transfers one.
#[derive(Debug, Clone)]
pub struct Retell {
    info: ProviderInfo,
    inspect: RetellInspect,
    account: Arc<Account>,
    calls: RetellCalls,
    agents: RetellAgents,
    numbers: RetellNumbers,
    webhooks: RetellWebhooks,
    usage: RetellUsage,
}

impl Retell {
    /// An account with the key of the configuration. Nothing is sent.
    ///
    /// # Errors
    /// `Configuration` that names the key and the fix.
    pub fn new(config: RetellConfig) -> Result<Self> {
        let client = RetellClient::new(&config)?;
        let account = Arc::new(Account { config, client });
        Ok(Self {
            info: account.config.info()?,
            inspect: RetellInspect(Arc::clone(&account)),
            calls: RetellCalls(Arc::clone(&account)),
            agents: RetellAgents(Arc::clone(&account)),
            numbers: RetellNumbers(Arc::clone(&account)),
            webhooks: RetellWebhooks(Arc::clone(&account)),
            usage: RetellUsage(Arc::clone(&account)),
            account,
        })
    }

    /// The typed client, for what the neutral traits do not cover.
    pub fn client(&self) -> &RetellClient {
        &self.account.client
    }
}

impl Provider for Retell {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn calls(&self) -> &dyn Calls {
        &self.calls
    }

    fn lists(&self) -> Option<&dyn CallLists> {
        Some(&self.calls)
    }

    fn transcripts(&self) -> Option<&dyn Transcripts> {
        Some(&self.calls)
    }

    fn recordings(&self) -> Option<&dyn Recordings> {
        Some(&self.calls)
    }

    fn stops(&self) -> Option<&dyn StopCalls> {
        Some(&self.calls)
    }

    fn agents(&self) -> Option<&dyn Agents> {
        Some(&self.agents)
    }

    fn numbers(&self) -> Option<&dyn Numbers> {
        Some(&self.numbers)
    }

    fn webhooks(&self) -> Option<&dyn Webhooks> {
        Some(&self.webhooks)
    }

    fn usage(&self) -> Option<&dyn Usage> {
        Some(&self.usage)
    }

    fn inspects(&self) -> Option<&dyn Inspect> {
        Some(&self.inspect)
    }

    fn take_turns(&self, turns: Arc<dyn ReadTurns>) -> bool {
        self.account.client.take_turns(turns);
        true
    }
}
