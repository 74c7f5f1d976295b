//! A journal that lasts as long as the process: for tests, demonstrations, simulations and callers
//! that keep records themselves.
//!
//! | file | why it is there |
//! |---|---|
//! | `books.rs` | calls, and the rules on them |
//! | `stock.rs` | what attempts take: slots and budgets |

mod books;
mod stock;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use books::Books;
use jiff::Timestamp;
use parking_lot::Mutex;
use switchboard_core::{
    AttemptId, Call, CallId, PhoneNumber, ProviderCallId, ProviderId, Result, TenantId, ValidCall,
};
use switchboard_router::{AuditEntry, AuditTopic};

use crate::{
    AuditLog, CallLog, EvidenceIndex, Inbox, Membership, NewCall, News, Opened, Recorded,
    Selection, StoredWebhook, Write, WriteError,
};

pub use stock::Stock;

/// Keeps calls in memory. `Debug` shows how many, not which.
pub struct MemoryJournal {
    books: Arc<Mutex<Books>>,
    /// Which of the processes that share the books this one is.
    member: AtomicU64,
    lease: Option<Duration>,
}

impl MemoryJournal {
    /// An empty one, of one process.
    pub fn new() -> Self {
        Self::of(Arc::default(), None)
    }

    /// An empty one that several processes share, or that outlives them in a simulation:
    /// [`MemoryJournal::another`] is the next one's. Who is silent for longer than the lease is
    /// taken for gone.
    pub fn shared(lease: Duration) -> Self {
        Self::of(Arc::default(), Some(lease))
    }

    /// The same journal in the hands of another process.
    #[must_use]
    pub fn another(&self) -> Self {
        Self::of(Arc::clone(&self.books), self.lease)
    }

    fn of(books: Arc<Mutex<Books>>, lease: Option<Duration>) -> Self {
        let member = books.lock().join();
        Self { books, member: AtomicU64::new(member), lease }
    }

    /// This process is gone, which the operating system knows at once.
    pub fn leave(&self) {
        self.books.lock().leave(self.member());
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
            .field("calls", &self.books.lock().len())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl CallLog for MemoryJournal {
    async fn open(&self, call: NewCall) -> Result<Opened> {
        self.books.lock().open(call, self.member())
    }

    async fn write(&self, id: CallId, write: Write, at: Timestamp) -> Result<Recorded, WriteError> {
        self.books.lock().write(id, write, at, self.member())
    }

    async fn get(&self, id: CallId) -> Result<Option<Call>> {
        Ok(self.books.lock().get(id).map(|call| Call::clone(&call)))
    }

    async fn request(&self, id: CallId) -> Result<Option<Arc<ValidCall>>> {
        Ok(self.books.lock().request(id))
    }

    async fn select(&self, selection: &Selection) -> Result<Vec<Call>> {
        Ok(self.books.lock().select(selection))
    }

    async fn unfinished(&self) -> Result<Vec<Call>> {
        Ok(self.books.lock().unfinished())
    }
}

#[async_trait]
impl EvidenceIndex for MemoryJournal {
    async fn owner(&self, provider: &ProviderId, id: &ProviderCallId) -> Result<Option<CallId>> {
        Ok(self.books.lock().owner(provider, id))
    }

    async fn call_of(&self, attempt: AttemptId) -> Result<Option<CallId>> {
        Ok(self.books.lock().call_of(attempt))
    }

    async fn is_unambiguous_by_agent(&self, attempt: AttemptId) -> Result<bool> {
        Ok(self.books.lock().is_unambiguous_by_agent(attempt))
    }

    async fn is_unambiguous_by_task(&self, attempt: AttemptId) -> Result<bool> {
        Ok(self.books.lock().is_unambiguous_by_task(attempt))
    }

    async fn rings(&self, tenant: &TenantId, to: &PhoneNumber, since: Timestamp) -> Result<u32> {
        Ok(self.books.lock().rings(tenant, to, since))
    }
}

#[async_trait]
impl Inbox for MemoryJournal {
    async fn store_webhook(&self, letter: &StoredWebhook) -> Result<bool> {
        Ok(self.books.lock().store_webhook(letter))
    }

    async fn mark_handled(&self, letter: &StoredWebhook, _at: Timestamp) -> Result<()> {
        self.books.lock().mark_handled(letter);
        Ok(())
    }

    async fn pending_webhooks(&self) -> Result<Vec<StoredWebhook>> {
        Ok(self.books.lock().pending_webhooks())
    }
}

#[async_trait]
impl Membership for MemoryJournal {
    async fn beat(&self, at: Timestamp) -> Result<()> {
        if !self.books.lock().beat(self.member(), at) {
            let mut books = self.books.lock();
            let member = books.join();
            books.beat(member, at);
            self.member.store(member, Ordering::SeqCst);
        }
        Ok(())
    }

    async fn take_over(&self, at: Timestamp) -> Result<Vec<Call>> {
        Ok(self.books.lock().take_over(self.member(), self.lease, at))
    }

    async fn news(&self) -> Result<Vec<News>> {
        Ok(self.books.lock().news(self.member()))
    }

    async fn acted(&self, news: &[News]) -> Result<()> {
        self.books.lock().acted(self.member(), news);
        Ok(())
    }

    fn is_shared(&self) -> bool {
        self.lease.is_some()
    }
}

#[async_trait]
impl AuditLog for MemoryJournal {
    async fn append_audit(&self, decision: &AuditEntry) -> Result<u64> {
        Ok(self.books.lock().append_audit(decision))
    }

    async fn audit_entries(&self, topic: AuditTopic, after: u64) -> Result<Vec<(u64, AuditEntry)>> {
        Ok(self.books.lock().audit_entries(topic, after))
    }
}
