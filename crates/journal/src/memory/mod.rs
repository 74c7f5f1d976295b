//! A journal that lasts as long as the process: for tests, demonstrations, simulations and callers
//! that keep records themselves.
//!
//! | file | purpose |
//! |---|---|
//! | `store.rs` | calls and the rules on them |
//! | `reservations.rs` | what attempts reserve: slots and budgets |
//! | `feed.rs` | the feed, webhook endpoints and deliveries |
//! | `events.rs` | the traits of the feed, of endpoints and of deliveries |
//! | `keys.rs`, `key_table.rs` | API keys |
//! | `batches.rs`, `batch_table.rs` | batches |
//! | `lists.rs`, `list_table.rs` | lists of numbers |
//! | `people.rs`, `people_table.rs` | what is remembered about people |
//! | `sessions.rs` | who is signed in |
//! | `search.rs` | pages of calls |
//! | `spending.rs` | what calls cost |

mod batch_table;
mod batches;
mod events;
mod feed;
mod key_table;
mod keys;
mod list_table;
mod lists;
mod people;
mod people_table;
mod reservations;
mod search;
mod sessions;
mod spending;
mod store;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;
use parking_lot::Mutex;
use store::Store;
use switchboard_core::{
    AttemptId, Call, CallId, CalleeHistory, PhoneNumber, ProviderCallId, ProviderId, Result,
    TenantId, ValidCall,
};
use switchboard_router::{AuditEntry, AuditTopic};

use crate::{
    AuditLog, AuditQuery, CallLog, EvidenceIndex, Inbox, Membership, NewCall, News, Opened,
    Recorded, Selection, StoredWebhook, Write, WriteError, server::FeedSignal,
};

pub use reservations::Reservations;

/// Keeps calls in memory. `Debug` shows how many, not which.
pub struct MemoryJournal {
    store: Arc<Mutex<Store>>,
    signal: Arc<FeedSignal>,
    /// The number of this process among those that share the store.
    member: AtomicU64,
    lease: Option<Duration>,
}

impl MemoryJournal {
    /// An empty journal for one process.
    pub fn new() -> Self {
        Self::of(Arc::default(), Arc::default(), None)
    }

    /// An empty journal that several processes share, or that outlives them in a simulation:
    /// [`MemoryJournal::another`] is the handle of the next process. A process that does not renew
    /// its lease in time counts as dead.
    pub fn shared(lease: Duration) -> Self {
        Self::of(Arc::default(), Arc::default(), Some(lease))
    }

    /// A handle of another process to the same journal.
    #[must_use]
    pub fn another(&self) -> Self {
        Self::of(Arc::clone(&self.store), Arc::clone(&self.signal), self.lease)
    }

    fn of(store: Arc<Mutex<Store>>, signal: Arc<FeedSignal>, lease: Option<Duration>) -> Self {
        let member = store.lock().join();
        Self { store, signal, member: AtomicU64::new(member), lease }
    }

    /// Events were written.
    fn wrote(&self) {
        self.signal.written();
        self.signal.moved();
    }

    /// Ends this process: it counts as dead at once.
    pub fn leave(&self) {
        self.store.lock().leave(self.member());
    }

    fn member(&self) -> u64 {
        self.member.load(Ordering::SeqCst)
    }
}

impl Default for MemoryJournal {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for MemoryJournal {
    fn drop(&mut self) {
        self.leave();
    }
}

impl std::fmt::Debug for MemoryJournal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryJournal")
            .field("calls", &self.store.lock().len())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl CallLog for MemoryJournal {
    async fn open(&self, call: NewCall) -> Result<Opened> {
        let opened = self.store.lock().open(call, self.member());
        self.wrote();
        opened
    }

    async fn open_with_history(
        &self,
        call: NewCall,
        since: Timestamp,
    ) -> Result<(Opened, CalleeHistory)> {
        let mut store = self.store.lock();
        let (tenant, to) = (call.request.tenant.clone(), call.request.to);
        let history = store.people.history(&tenant, &to, store.rings_of(&to, since));
        let opened = store.open(call, self.member());
        drop(store);
        self.wrote();
        Ok(match opened? {
            Opened::New(call) => (Opened::New(call), history),
            before @ (Opened::Replayed(_) | Opened::Changed(_)) => {
                (before, CalleeHistory::default())
            }
        })
    }

    async fn write(&self, id: CallId, write: Write, at: Timestamp) -> Result<Recorded, WriteError> {
        let written = self.store.lock().write(id, write, at, self.member());
        self.wrote();
        written
    }

    async fn get(&self, id: CallId) -> Result<Option<Call>> {
        Ok(self.store.lock().get(id).map(|call| Call::clone(&call)))
    }

    async fn request(&self, id: CallId) -> Result<Option<Arc<ValidCall>>> {
        Ok(self.store.lock().request(id))
    }

    async fn select(&self, selection: &Selection) -> Result<Vec<Call>> {
        Ok(self.store.lock().select(selection))
    }

    async fn unfinished(&self) -> Result<Vec<Call>> {
        Ok(self.store.lock().unfinished())
    }
}

#[async_trait]
impl EvidenceIndex for MemoryJournal {
    async fn owner(&self, provider: &ProviderId, id: &ProviderCallId) -> Result<Option<CallId>> {
        Ok(self.store.lock().owner(provider, id))
    }

    async fn call_of(&self, attempt: AttemptId) -> Result<Option<CallId>> {
        Ok(self.store.lock().call_of(attempt))
    }

    async fn is_unambiguous_by_agent(&self, attempt: AttemptId) -> Result<bool> {
        Ok(self.store.lock().is_unambiguous_by_agent(attempt))
    }

    async fn is_unambiguous_by_task(&self, attempt: AttemptId) -> Result<bool> {
        Ok(self.store.lock().is_unambiguous_by_task(attempt))
    }

    async fn rings(&self, tenant: &TenantId, to: &PhoneNumber, since: Timestamp) -> Result<u32> {
        Ok(self.store.lock().rings(tenant, to, since))
    }
}

#[async_trait]
impl Inbox for MemoryJournal {
    async fn store_webhook(&self, webhook: &StoredWebhook) -> Result<bool> {
        Ok(self.store.lock().store_webhook(webhook))
    }

    async fn mark_handled(&self, webhook: &StoredWebhook, _at: Timestamp) -> Result<()> {
        self.store.lock().mark_handled(webhook);
        Ok(())
    }

    async fn pending_webhooks(&self) -> Result<Vec<StoredWebhook>> {
        Ok(self.store.lock().pending_webhooks())
    }
}

#[async_trait]
impl Membership for MemoryJournal {
    async fn beat(&self, at: Timestamp) -> Result<()> {
        if !self.store.lock().beat(self.member(), at) {
            let mut store = self.store.lock();
            let member = store.join();
            store.beat(member, at);
            self.member.store(member, Ordering::SeqCst);
        }
        Ok(())
    }

    async fn take_over(&self, at: Timestamp) -> Result<Vec<Call>> {
        Ok(self.store.lock().take_over(self.member(), self.lease, at))
    }

    async fn news(&self) -> Result<Vec<News>> {
        Ok(self.store.lock().news(self.member()))
    }

    async fn acted(&self, news: &[News]) -> Result<()> {
        self.store.lock().acted(self.member(), news);
        Ok(())
    }

    fn is_shared(&self) -> bool {
        self.lease.is_some()
    }
}

#[async_trait]
impl AuditLog for MemoryJournal {
    async fn append_audit(&self, entry: &AuditEntry) -> Result<u64> {
        Ok(self.store.lock().append_audit(entry))
    }

    async fn audit_entries(&self, topic: AuditTopic, after: u64) -> Result<Vec<(u64, AuditEntry)>> {
        Ok(self.store.lock().audit_entries(topic, after))
    }

    async fn audit_page(&self, query: &AuditQuery) -> Result<Vec<(u64, AuditEntry)>> {
        Ok(self.store.lock().audit_page(query))
    }
}
