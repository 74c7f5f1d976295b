//! The provider: one account at Telnyx behind the neutral contract.

use std::sync::Arc;

use switchboard_core::{
    Agents, CallLists, Calls, Inspect, Numbers, Provider, ProviderInfo, ReadTurns, Recordings,
    Result, StopCalls, Transcripts, TransferCalls, Usage, Webhooks,
};

use crate::{
    TelnyxClient, TelnyxConfig, account::Account, agents::TelnyxAgents, calls::TelnyxCalls,
    inspect::TelnyxInspect, numbers::TelnyxNumbers, usage::TelnyxUsage, webhooks::TelnyxWebhooks,
};

/// One account at Telnyx.
///
/// It offers calls, which it can stop and transfer, agents, numbers, incoming webhooks where the
/// account's public key is configured, and usage. A call that is stopped before it is answered was
/// cancelled; no call can be rescheduled.
#[derive(Debug, Clone)]
pub struct Telnyx {
    info: ProviderInfo,
    inspect: TelnyxInspect,
    account: Arc<Account>,
    calls: TelnyxCalls,
    agents: TelnyxAgents,
    numbers: TelnyxNumbers,
    webhooks: Option<TelnyxWebhooks>,
    usage: TelnyxUsage,
}

impl Telnyx {
    /// An account with the key of the configuration. Nothing is sent.
    ///
    /// # Errors
    /// `Configuration` that names the key and the fix.
    pub fn new(config: TelnyxConfig) -> Result<Self> {
        let client = TelnyxClient::new(&config)?;
        let account = Arc::new(Account { config, client });
        Ok(Self {
            info: account.config.info()?,
            inspect: TelnyxInspect(Arc::clone(&account)),
            calls: TelnyxCalls(Arc::clone(&account)),
            agents: TelnyxAgents(Arc::clone(&account)),
            numbers: TelnyxNumbers(Arc::clone(&account)),
            webhooks: TelnyxWebhooks::new(&account),
            usage: TelnyxUsage(Arc::clone(&account)),
            account,
        })
    }

    /// The typed client, for what the neutral traits do not cover.
    pub fn client(&self) -> &TelnyxClient {
        &self.account.client
    }
}

impl Provider for Telnyx {
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

    fn transfers(&self) -> Option<&dyn TransferCalls> {
        Some(&self.calls)
    }

    fn agents(&self) -> Option<&dyn Agents> {
        Some(&self.agents)
    }

    fn numbers(&self) -> Option<&dyn Numbers> {
        Some(&self.numbers)
    }

    fn webhooks(&self) -> Option<&dyn Webhooks> {
        self.webhooks.as_ref().map(|webhooks| webhooks as &dyn Webhooks)
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
