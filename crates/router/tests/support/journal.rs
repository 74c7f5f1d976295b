//! A journal that can fail or dawdle at any fact.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{AttemptId, Call, CallId, Error, ProviderCallId, ProviderId, Result, ValidCall};
use switchboard_router::{Journal, MemoryJournal, NewCall, Opened, Recorded, Selection, state::Fact};

/// What happens to a fact before it is written down.
pub(crate) enum Meddle {
    No,
    /// It is not written down.
    Fail(Error),
    /// It takes this long.
    Delay(Duration),
}

type Before = Box<dyn Fn(&Fact) -> Meddle + Send + Sync>;

/// Keeps calls in memory, after a test had its word.
pub(crate) struct Meddling {
    inner: MemoryJournal,
    before: Before,
}

impl Meddling {
    pub(crate) fn new(before: impl Fn(&Fact) -> Meddle + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            inner: MemoryJournal::new(),
            before: Box::new(before),
        })
    }
}

impl std::fmt::Debug for Meddling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Meddling")
    }
}

#[async_trait]
impl Journal for Meddling {
    async fn open(&self, call: NewCall) -> Result<Opened> {
        self.inner.open(call).await
    }

    async fn record(&self, id: CallId, fact: Fact, at: Timestamp) -> Result<Recorded> {
        match (self.before)(&fact) {
            Meddle::No => {}
            Meddle::Fail(error) => return Err(error),
            Meddle::Delay(by) => tokio::time::sleep(by).await,
        }
        self.inner.record(id, fact, at).await
    }

    async fn get(&self, id: CallId) -> Result<Option<Call>> {
        self.inner.get(id).await
    }

    async fn request(&self, id: CallId) -> Result<Option<Arc<ValidCall>>> {
        self.inner.request(id).await
    }

    async fn owner(&self, provider: &ProviderId, id: &ProviderCallId) -> Result<Option<CallId>> {
        self.inner.owner(provider, id).await
    }

    async fn call_of(&self, attempt: AttemptId) -> Result<Option<CallId>> {
        self.inner.call_of(attempt).await
    }

    async fn list(&self) -> Result<Vec<Call>> {
        self.inner.list().await
    }

    async fn select(&self, selection: &Selection) -> Result<Vec<Call>> {
        self.inner.select(selection).await
    }

    async fn unfinished(&self) -> Result<Vec<Call>> {
        self.inner.unfinished().await
    }
}
