//! The provider: one account at KaiCalls behind the neutral contract.

use std::sync::Arc;

use switchboard_core::{
    Agents, CallLists, Calls, Clock, Inspect, Numbers, Provider, ProviderInfo, ReadTurns,
    Recordings, Result, Transcripts, Usage, Webhooks,
};

use crate::{
    KaiCallsClient, KaiCallsConfig, account::Account, agents::KaiCallsAgents, calls::KaiCallsCalls,
    inspect::KaiCallsInspect, numbers::KaiCallsNumbers, usage::KaiCallsUsage,
    webhooks::KaiCallsWebhooks,
};

/// One account at KaiCalls.
///
/// It offers calls, agents, numbers, webhooks (deliveries, subscriptions and the event log) and
/// usage. It has no call control: no document has a way to cancel, stop, reschedule or transfer a
/// placed call.
#[derive(Debug, Clone)]
pub struct KaiCalls {
    info: ProviderInfo,
    inspect: KaiCallsInspect,
    account: Arc<Account>,
    calls: KaiCallsCalls,
    agents: KaiCallsAgents,
    numbers: KaiCallsNumbers,
    webhooks: KaiCallsWebhooks,
    usage: KaiCallsUsage,
}

impl KaiCalls {
    /// An account with the key of the configuration. `clock` paces the feed of events. Nothing is
    /// sent.
    ///
    /// # Errors
    /// `Configuration` that names the key and the fix.
    pub fn new(config: KaiCallsConfig, clock: Arc<dyn Clock>) -> Result<Self> {
        let client = KaiCallsClient::new(&config)?;
        let account = Arc::new(Account { config, client, clock });
        Ok(Self {
            info: account.config.info()?,
            inspect: KaiCallsInspect(Arc::clone(&account)),
            calls: KaiCallsCalls(Arc::clone(&account)),
            agents: KaiCallsAgents(Arc::clone(&account)),
            numbers: KaiCallsNumbers(Arc::clone(&account)),
            webhooks: KaiCallsWebhooks::new(&account),
            usage: KaiCallsUsage(Arc::clone(&account)),
            account,
        })
    }

    /// The typed client, for what the neutral traits do not cover.
    pub fn client(&self) -> &KaiCallsClient {
        &self.account.client
    }
}

impl Provider for KaiCalls {
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
