//! A journal that can fail or dawdle at any fact.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{
    AttemptId, Call, CallId, Error, PhoneNumber, ProviderCallId, ProviderId, Result, TenantId,
    ValidCall,
};
use switchboard_journal::{
    AuditLog, CallLog, EvidenceIndex, Inbox, Membership, MemoryJournal, NewCall, News, Opened,
    Recorded, Selection, StoredWebhook, Write, WriteError, state::Fact,
};
use switchboard_router::{AuditEntry, AuditTopic};

/// What happens to a fact before it is written down, or after.
pub(crate) enum Meddle {
    No,
    /// It is not written down.
    Fail(Error),
    /// It takes this long.
    Delay(Duration),
    /// It takes for ever, as where the process is gone.
    Hang,
}

impl Meddle {
    async fn happen(self) -> Result<()> {
        match self {
            Meddle::No => Ok(()),
            Meddle::Fail(error) => Err(error),
            Meddle::Delay(by) => {
                tokio::time::sleep(by).await;
                Ok(())
            }
            Meddle::Hang => std::future::pending().await,
        }
    }
}

/// What a test may meddle with, besides facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    Open,
    TakeIn,
    Handled,
    /// All facts of a transaction are written down.
    Written,
}

type Before = Box<dyn Fn(&Fact) -> Meddle + Send + Sync>;
type Other = Box<dyn Fn(Moment) -> Meddle + Send + Sync>;

/// Keeps calls in memory, after a test had its word.
pub(crate) struct Meddling {
    inner: Arc<MemoryJournal>,
    before: Before,
    other: Other,
}

impl Meddling {
    pub(crate) fn new(before: impl Fn(&Fact) -> Meddle + Send + Sync + 'static) -> Arc<Self> {
        Self::over(Arc::default(), before, |_| Meddle::No)
    }

    /// The same over a journal that others may have too, with a word on more than facts.
    pub(crate) fn over(
        inner: Arc<MemoryJournal>,
        before: impl Fn(&Fact) -> Meddle + Send + Sync + 'static,
        other: impl Fn(Moment) -> Meddle + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self { inner, before: Box::new(before), other: Box::new(other) })
    }
}

impl std::fmt::Debug for Meddling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Meddling")
    }
}

#[async_trait]
impl CallLog for Meddling {
    async fn open(&self, call: NewCall) -> Result<Opened> {
        (self.other)(Moment::Open).happen().await?;
        self.inner.open(call).await
    }

    async fn write(&self, id: CallId, write: Write, at: Timestamp) -> Result<Recorded, WriteError> {
        for fact in &write.facts {
            (self.before)(fact).happen().await?;
        }
        let written = self.inner.write(id, write, at).await;
        (self.other)(Moment::Written).happen().await?;
        written
    }

    async fn get(&self, id: CallId) -> Result<Option<Call>> {
        self.inner.get(id).await
    }

    async fn request(&self, id: CallId) -> Result<Option<Arc<ValidCall>>> {
        self.inner.request(id).await
    }

    async fn select(&self, selection: &Selection) -> Result<Vec<Call>> {
        self.inner.select(selection).await
    }

    async fn unfinished(&self) -> Result<Vec<Call>> {
        self.inner.unfinished().await
    }
}

#[async_trait]
impl EvidenceIndex for Meddling {
    async fn owner(&self, provider: &ProviderId, id: &ProviderCallId) -> Result<Option<CallId>> {
        self.inner.owner(provider, id).await
    }

    async fn call_of(&self, attempt: AttemptId) -> Result<Option<CallId>> {
        self.inner.call_of(attempt).await
    }

    async fn is_unambiguous_by_agent(&self, attempt: AttemptId) -> Result<bool> {
        self.inner.is_unambiguous_by_agent(attempt).await
    }

    async fn is_unambiguous_by_task(&self, attempt: AttemptId) -> Result<bool> {
        self.inner.is_unambiguous_by_task(attempt).await
    }

    async fn rings(&self, tenant: &TenantId, to: &PhoneNumber, since: Timestamp) -> Result<u32> {
        self.inner.rings(tenant, to, since).await
    }
}

#[async_trait]
impl Inbox for Meddling {
    async fn store_webhook(&self, webhook: &StoredWebhook) -> Result<bool> {
        (self.other)(Moment::TakeIn).happen().await?;
        self.inner.store_webhook(webhook).await
    }

    async fn mark_handled(&self, webhook: &StoredWebhook, at: Timestamp) -> Result<()> {
        (self.other)(Moment::Handled).happen().await?;
        self.inner.mark_handled(webhook, at).await
    }

    async fn pending_webhooks(&self) -> Result<Vec<StoredWebhook>> {
        self.inner.pending_webhooks().await
    }
}

#[async_trait]
impl Membership for Meddling {
    async fn beat(&self, at: Timestamp) -> Result<()> {
        self.inner.beat(at).await
    }

    async fn take_over(&self, at: Timestamp) -> Result<Vec<Call>> {
        self.inner.take_over(at).await
    }

    async fn news(&self) -> Result<Vec<News>> {
        self.inner.news().await
    }

    async fn acted(&self, news: &[News]) -> Result<()> {
        self.inner.acted(news).await
    }

    fn is_shared(&self) -> bool {
        self.inner.is_shared()
    }
}

#[async_trait]
impl AuditLog for Meddling {
    async fn append_audit(&self, decision: &AuditEntry) -> Result<u64> {
        self.inner.append_audit(decision).await
    }

    async fn audit_entries(&self, topic: AuditTopic, after: u64) -> Result<Vec<(u64, AuditEntry)>> {
        self.inner.audit_entries(topic, after).await
    }
}
