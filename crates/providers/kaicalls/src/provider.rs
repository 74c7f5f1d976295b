//! The provider: one account at KaiCalls behind the neutral contract.

use std::sync::Arc;

use switchboard_core::{
    Agents, CallControl, Calls, Clock, Numbers, Provider, ProviderInfo, ReadTurns, Result, Usage,
    Webhooks,
};

use crate::{
    KaiCallsClient, KaiCallsConfig, agents::KaiCallsAgents, calls::KaiCallsCalls, clock::Wall,
    numbers::KaiCallsNumbers, usage::KaiCallsUsage, webhooks::KaiCallsWebhooks,
};

/// One account at KaiCalls.
///
/// It serves calls, agents, numbers, webhooks (deliveries, subscriptions and the log of events) and
/// usage. It has no call control: no document names a way to cancel, stop, move or transfer a call
/// that was placed.
#[derive(Debug, Clone)]
pub struct KaiCalls {
    info: ProviderInfo,
    client: KaiCallsClient,
    calls: KaiCallsCalls,
    agents: KaiCallsAgents,
    numbers: KaiCallsNumbers,
    webhooks: KaiCallsWebhooks,
    usage: KaiCallsUsage,
}

impl KaiCalls {
    /// Builds it on the system's clock; nothing is sent.
    ///
    /// # Errors
    /// `Configuration` that names the key and the fix.
    pub fn new(config: &KaiCallsConfig) -> Result<Self> {
        Self::with_clock(config, Arc::new(Wall))
    }

    /// Builds it on this clock, which paces the stream of events; nothing is sent.
    ///
    /// # Errors
    /// `Configuration` that names the key and the fix.
    pub fn with_clock(config: &KaiCallsConfig, clock: Arc<dyn Clock>) -> Result<Self> {
        let client = KaiCallsClient::new(config)?;
        let business = || config.business_id.clone();
        Ok(Self {
            info: config.info()?,
            calls: KaiCallsCalls::new(client.clone(), config.agent_id.clone()),
            agents: KaiCallsAgents::new(client.clone(), business()),
            numbers: KaiCallsNumbers::new(client.clone(), business()),
            webhooks: KaiCallsWebhooks::new(client.clone(), business(), &config.webhook, clock),
            usage: KaiCallsUsage::new(client.clone()),
            client,
        })
    }

    /// The typed client, for what the neutral contract has no word for.
    pub fn client(&self) -> &KaiCallsClient {
        &self.client
    }
}

impl Provider for KaiCalls {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn calls(&self) -> &dyn Calls {
        &self.calls
    }

    fn call_control(&self) -> Option<&dyn CallControl> {
        None
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

    fn take_turns(&self, turns: Arc<dyn ReadTurns>) -> bool {
        self.client.take_turns(turns);
        true
    }
}
