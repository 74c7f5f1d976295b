//! The provider: one account at Vapi behind the neutral contract.

use std::sync::Arc;

use switchboard_core::{
    Agents, CallLists, Calls, CancelCalls, Inspect, Numbers, Provider, ProviderInfo, ReadTurns,
    Recordings, Result, StopCalls, Transcripts, Webhooks,
};

use crate::{
    VapiClient, VapiConfig, account::Account, agents::VapiAgents, calls::VapiCalls,
    inspect::VapiInspect, numbers::VapiNumbers, webhooks::VapiWebhooks,
};

/// One account at Vapi.
///
/// It offers calls, which it can stop and, while they are scheduled, cancel, agents, numbers and
/// incoming webhooks. No document has a way to reschedule a call, a balance or a log of usage. A live
/// call can be transferred, but no source of this crate says with which request.
#[derive(Debug, Clone)]
pub struct Vapi {
    info: ProviderInfo,
    inspect: VapiInspect,
    account: Arc<Account>,
    calls: VapiCalls,
    agents: VapiAgents,
    numbers: VapiNumbers,
    webhooks: VapiWebhooks,
}

impl Vapi {
    /// An account with the key of the configuration. Nothing is sent.
    ///
    /// # Errors
    /// `Configuration` that names the key and the fix.
    pub fn new(config: VapiConfig) -> Result<Self> {
        let client = VapiClient::new(&config)?;
        let account = Arc::new(Account { config, client });
        Ok(Self {
            info: account.config.info()?,
            inspect: VapiInspect(Arc::clone(&account)),
            calls: VapiCalls(Arc::clone(&account)),
            agents: VapiAgents(Arc::clone(&account)),
            numbers: VapiNumbers(Arc::clone(&account)),
            webhooks: VapiWebhooks(Arc::clone(&account)),
            account,
        })
    }

    /// The typed client, for what the neutral traits do not cover.
    pub fn client(&self) -> &VapiClient {
        &self.account.client
    }
}

impl Provider for Vapi {
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

    fn cancels(&self) -> Option<&dyn CancelCalls> {
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

    fn inspects(&self) -> Option<&dyn Inspect> {
        Some(&self.inspect)
    }

    fn take_turns(&self, turns: Arc<dyn ReadTurns>) -> bool {
        self.account.client.take_turns(turns);
        true
    }
}
