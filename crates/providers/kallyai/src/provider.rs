//! The provider: one account at KallyAI behind the neutral contract.

use std::sync::Arc;

use switchboard_core::{
    Agents, CallLists, Calls, CancelCalls, Clock, Inspect, Numbers, Provider, ProviderInfo,
    ReadTurns, Recordings, RescheduleCalls, Result, StopCalls, Transcripts, TransferCalls, Usage,
    Webhooks,
};
use switchboard_http::TokenStore;

use crate::{
    KallyAiClient, KallyAiConfig, account::Account, agents::KallyAiAgents,
    call_control::KallyAiControl, calls::KallyAiCalls, inspect::KallyAiInspect,
    numbers::KallyAiNumbers, usage::KallyAiUsage, webhooks::KallyAiWebhooks,
};

/// One account at KallyAI.
///
/// It places calls synchronously: [`Calls::place`] is answered when the phone call is over. A key
/// is sent with each call and never relied on, because the effect of a second request with it is
/// not documented.
#[derive(Debug, Clone)]
pub struct KallyAi {
    info: ProviderInfo,
    inspect: KallyAiInspect,
    account: Arc<Account>,
    calls: KallyAiCalls,
    control: KallyAiControl,
    agents: KallyAiAgents,
    numbers: KallyAiNumbers,
    webhooks: KallyAiWebhooks,
    usage: KallyAiUsage,
}

impl KallyAi {
    /// An account with the tokens of the configuration, renewed in memory. Nothing is sent.
    ///
    /// # Errors
    /// `Configuration` that names the key and the fix.
    pub fn new(config: KallyAiConfig, clock: Arc<dyn Clock>) -> Result<Self> {
        let client = KallyAiClient::new(&config, Arc::clone(&clock))?;
        Self::of(Account { config, client, clock })
    }

    /// An account that saves its renewed tokens. A refresh token may be good for one use only, so
    /// an account that renews and forgets is locked out at its next start.
    ///
    /// # Errors
    /// As [`new`](Self::new), and the store's own error if it cannot be read.
    pub async fn with_token_store(
        config: KallyAiConfig,
        store: Arc<dyn TokenStore>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        let client = KallyAiClient::with_token_store(&config, store, Arc::clone(&clock)).await?;
        Self::of(Account { config, client, clock })
    }

    fn of(account: Account) -> Result<Self> {
        let account = Arc::new(account);
        Ok(Self {
            info: account.config.info()?,
            inspect: KallyAiInspect(Arc::clone(&account)),
            calls: KallyAiCalls(Arc::clone(&account)),
            control: KallyAiControl(Arc::clone(&account)),
            agents: KallyAiAgents(Arc::clone(&account)),
            numbers: KallyAiNumbers(Arc::clone(&account)),
            webhooks: KallyAiWebhooks::new(&account),
            usage: KallyAiUsage(Arc::clone(&account)),
            account,
        })
    }

    /// The typed client, for what the neutral traits do not cover.
    pub fn client(&self) -> &KallyAiClient {
        &self.account.client
    }
}

impl Provider for KallyAi {
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
        Some(&self.control)
    }

    fn stops(&self) -> Option<&dyn StopCalls> {
        Some(&self.control)
    }

    fn reschedules(&self) -> Option<&dyn RescheduleCalls> {
        Some(&self.control)
    }

    fn transfers(&self) -> Option<&dyn TransferCalls> {
        Some(&self.control)
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
