//! A journal in memory that a test has its word in.

use std::{num::NonZeroUsize, sync::Arc};

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{
    AttemptId, Call, CallId, CalleeHistory, ListName, PhoneNumber, ProviderCallId, ProviderId,
    Result, TenantId, ValidCall,
};
use switchboard_router::{AuditEntry, AuditTopic};

use crate::{
    AuditLog, AuditQuery, CallLog, ConsentId, EvidenceIndex, Inbox, ListHasher, ListHead,
    ListNumbers, Membership, MemoryJournal, NewCall, NewConsent, NewList, News, NumberListStore,
    Opened, OptOut, People, Person, PersonEvent, Recorded, Selection, StoredWebhook, TakeBack,
    Withdrawal, Write, WriteError, state::Fact,
};

/// What a test does before and after the steps of a journal. A hook that fails fails its step.
#[async_trait]
pub trait Hooks: Send + Sync {
    /// Before calls or evidence are read.
    async fn reads(&self) -> Result<()> {
        Ok(())
    }

    /// Before a call is opened.
    async fn opens(&self) -> Result<()> {
        Ok(())
    }

    /// Before facts are written.
    async fn writes(&self, facts: &[Fact]) -> Result<()> {
        let _ = facts;
        Ok(())
    }

    /// After facts were written, or denied.
    async fn wrote(&self, written: Written<'_>) -> Result<()> {
        let _ = written;
        Ok(())
    }

    /// How many attempts may be reserved at the same time. `None`: as many as the journal allows.
    fn reserves_at_once(&self) -> Option<NonZeroUsize> {
        None
    }

    /// Before a webhook is stored.
    async fn stores_webhook(&self) -> Result<()> {
        Ok(())
    }

    /// Before a webhook is marked as handled.
    async fn marks_handled(&self) -> Result<()> {
        Ok(())
    }
}

/// A write that the journal has answered.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// The call.
    pub call: CallId,
    /// What was to be written.
    pub facts: &'a [Fact],
    /// When.
    pub at: Timestamp,
    /// True if it was written, false if it was denied.
    pub accepted: bool,
}

/// A journal in memory with hooks. All that the hooks leave alone is as in the journal itself.
pub struct HookedJournal<H> {
    /// The journal.
    pub inner: Arc<MemoryJournal>,
    /// What a test does.
    pub hooks: H,
}

impl<H> std::fmt::Debug for HookedJournal<H> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HookedJournal")
    }
}

impl<H: Default> Default for HookedJournal<H> {
    fn default() -> Self {
        Self { inner: Arc::default(), hooks: H::default() }
    }
}

#[async_trait]
impl<H: Hooks> CallLog for HookedJournal<H> {
    async fn open(&self, call: NewCall) -> Result<Opened> {
        self.hooks.opens().await?;
        self.inner.open(call).await
    }

    async fn open_with_history(
        &self,
        call: NewCall,
        since: Timestamp,
    ) -> Result<(Opened, CalleeHistory)> {
        self.hooks.opens().await?;
        self.inner.open_with_history(call, since).await
    }

    async fn write(&self, id: CallId, write: Write, at: Timestamp) -> Result<Recorded, WriteError> {
        self.hooks.writes(&write.facts).await?;
        let facts = write.facts.clone();
        let recorded = self.inner.write(id, write, at).await;
        let accepted = recorded.is_ok();
        self.hooks.wrote(Written { call: id, facts: &facts, at, accepted }).await?;
        recorded
    }

    async fn get(&self, id: CallId) -> Result<Option<Call>> {
        self.hooks.reads().await?;
        self.inner.get(id).await
    }

    async fn request(&self, id: CallId) -> Result<Option<Arc<ValidCall>>> {
        self.hooks.reads().await?;
        self.inner.request(id).await
    }

    async fn select(&self, selection: &Selection) -> Result<Vec<Call>> {
        self.hooks.reads().await?;
        self.inner.select(selection).await
    }

    async fn unfinished(&self) -> Result<Vec<Call>> {
        self.hooks.reads().await?;
        self.inner.unfinished().await
    }
}

#[async_trait]
impl<H: Hooks> EvidenceIndex for HookedJournal<H> {
    async fn owner(&self, provider: &ProviderId, id: &ProviderCallId) -> Result<Option<CallId>> {
        self.hooks.reads().await?;
        self.inner.owner(provider, id).await
    }

    async fn call_of(&self, attempt: AttemptId) -> Result<Option<CallId>> {
        self.hooks.reads().await?;
        self.inner.call_of(attempt).await
    }

    async fn is_unambiguous_by_agent(&self, attempt: AttemptId) -> Result<bool> {
        self.hooks.reads().await?;
        self.inner.is_unambiguous_by_agent(attempt).await
    }

    async fn is_unambiguous_by_task(&self, attempt: AttemptId) -> Result<bool> {
        self.hooks.reads().await?;
        self.inner.is_unambiguous_by_task(attempt).await
    }

    async fn rings(&self, tenant: &TenantId, to: &PhoneNumber, since: Timestamp) -> Result<u32> {
        self.hooks.reads().await?;
        self.inner.rings(tenant, to, since).await
    }
}

#[async_trait]
impl<H: Hooks> Inbox for HookedJournal<H> {
    async fn store_webhook(&self, webhook: &StoredWebhook) -> Result<bool> {
        self.hooks.stores_webhook().await?;
        self.inner.store_webhook(webhook).await
    }

    async fn mark_handled(&self, webhook: &StoredWebhook, at: Timestamp) -> Result<()> {
        self.hooks.marks_handled().await?;
        self.inner.mark_handled(webhook, at).await
    }

    async fn pending_webhooks(&self) -> Result<Vec<StoredWebhook>> {
        self.inner.pending_webhooks().await
    }
}

#[async_trait]
impl<H: Hooks> Membership for HookedJournal<H> {
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

    fn reserves_at_once(&self) -> Option<NonZeroUsize> {
        self.hooks.reserves_at_once().or_else(|| self.inner.reserves_at_once())
    }
}

#[async_trait]
impl<H: Hooks> AuditLog for HookedJournal<H> {
    async fn append_audit(&self, entry: &AuditEntry) -> Result<u64> {
        self.inner.append_audit(entry).await
    }

    async fn audit_entries(&self, topic: AuditTopic, after: u64) -> Result<Vec<(u64, AuditEntry)>> {
        self.inner.audit_entries(topic, after).await
    }

    async fn audit_page(&self, query: &AuditQuery) -> Result<Vec<(u64, AuditEntry)>> {
        self.inner.audit_page(query).await
    }
}

#[async_trait]
impl<H: Hooks> People for HookedJournal<H> {
    async fn history(
        &self,
        tenant: &TenantId,
        to: &PhoneNumber,
        since: Timestamp,
    ) -> Result<CalleeHistory> {
        self.hooks.reads().await?;
        self.inner.history(tenant, to, since).await
    }

    async fn opt_out(&self, to: &PhoneNumber, opt_out: &OptOut) -> Result<bool> {
        self.inner.opt_out(to, opt_out).await
    }

    async fn take_back_opt_out(&self, to: &PhoneNumber, request: &TakeBack) -> Result<()> {
        self.inner.take_back_opt_out(to, request).await
    }

    async fn add_consent(&self, to: &PhoneNumber, consent: &NewConsent) -> Result<bool> {
        self.inner.add_consent(to, consent).await
    }

    async fn withdraw_consent(
        &self,
        to: &PhoneNumber,
        id: ConsentId,
        withdrawal: &Withdrawal,
    ) -> Result<bool> {
        self.inner.withdraw_consent(to, id, withdrawal).await
    }

    async fn note(&self, to: &PhoneNumber, event: &PersonEvent) -> Result<()> {
        self.inner.note(to, event).await
    }

    async fn person(&self, to: &PhoneNumber) -> Result<Person> {
        self.hooks.reads().await?;
        self.inner.person(to).await
    }
}

#[async_trait]
impl<H: Hooks> NumberListStore for HookedJournal<H> {
    fn list_hasher(&self) -> ListHasher {
        self.inner.list_hasher()
    }

    async fn list_heads(&self) -> Result<Vec<ListHead>> {
        self.inner.list_heads().await
    }

    async fn number_list(&self, name: &ListName) -> Result<Option<(ListHead, ListNumbers)>> {
        self.inner.number_list(name).await
    }

    async fn import_list(&self, list: NewList) -> Result<ListHead> {
        self.inner.import_list(list).await
    }

    async fn remove_list(&self, name: &ListName) -> Result<Option<ListHead>> {
        self.inner.remove_list(name).await
    }
}
