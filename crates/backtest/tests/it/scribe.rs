//! A journal in memory that remembers every fact, as a ledger does, so that a replay has what it
//! needs.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use parking_lot::Mutex;
use switchboard_backtest::PastCall;
use switchboard_core::{
    AttemptId, Call, CallId, PhoneNumber, ProviderCallId, ProviderId, Result, TenantId, ValidCall,
};
use switchboard_journal::{
    AuditLog, CallLog, EvidenceIndex, Inbox, JournalExt, Membership, MemoryJournal, NewCall, News,
    Opened, Recorded, Selection, StoredWebhook, Write, WriteError, state::Fact,
};
use switchboard_router::{AuditEntry, AuditTopic};

#[derive(Debug, Default)]
pub(crate) struct Scribe {
    inner: MemoryJournal,
    told: Mutex<Vec<(CallId, Timestamp, Fact)>>,
}

impl Scribe {
    /// Every call with its history, oldest first.
    pub(crate) async fn past(&self) -> Vec<PastCall> {
        let mut past = Vec::new();
        for call in self.inner.list().await.unwrap() {
            let request = self.inner.request(call.id).await.unwrap().unwrap();
            let told = self.told.lock();
            let facts =
                told.iter().filter(|(id, _, _)| *id == call.id).map(|(_, at, fact)| (*at, fact));
            past.push(PastCall::of(&call, request, facts));
        }
        past
    }

    /// The same as of a ledger whose events are gone.
    pub(crate) async fn without_history(&self) -> Vec<PastCall> {
        let mut past = Vec::new();
        for call in self.inner.list().await.unwrap() {
            past.push(PastCall::new(&call, self.inner.request(call.id).await.unwrap().unwrap()));
        }
        past
    }
}

#[async_trait]
impl CallLog for Scribe {
    async fn open(&self, call: NewCall) -> Result<Opened> {
        self.inner.open(call).await
    }

    async fn write(&self, id: CallId, write: Write, at: Timestamp) -> Result<Recorded, WriteError> {
        let facts = write.facts.clone();
        let written = self.inner.write(id, write, at).await?;
        self.told.lock().extend(facts.into_iter().map(|fact| (id, at, fact)));
        Ok(written)
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
impl EvidenceIndex for Scribe {
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
impl Inbox for Scribe {
    async fn store_webhook(&self, webhook: &StoredWebhook) -> Result<bool> {
        self.inner.store_webhook(webhook).await
    }

    async fn mark_handled(&self, webhook: &StoredWebhook, at: Timestamp) -> Result<()> {
        self.inner.mark_handled(webhook, at).await
    }

    async fn pending_webhooks(&self) -> Result<Vec<StoredWebhook>> {
        self.inner.pending_webhooks().await
    }
}

#[async_trait]
impl Membership for Scribe {
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
impl AuditLog for Scribe {
    async fn append_audit(&self, decision: &AuditEntry) -> Result<u64> {
        self.inner.append_audit(decision).await
    }

    async fn audit_entries(&self, topic: AuditTopic, after: u64) -> Result<Vec<(u64, AuditEntry)>> {
        self.inner.audit_entries(topic, after).await
    }
}
