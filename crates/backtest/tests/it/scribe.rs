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
    Journal, Letter, MemoryJournal, NewCall, News, Opened, Recorded, Selection, Write, state::Fact,
};
use switchboard_router::{Decision, Topic};

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
impl Journal for Scribe {
    async fn open(&self, call: NewCall) -> Result<Opened> {
        self.inner.open(call).await
    }

    async fn write(&self, id: CallId, write: Write, at: Timestamp) -> Result<Recorded> {
        let facts = write.facts.clone();
        let written = self.inner.write(id, write, at).await?;
        self.told.lock().extend(facts.into_iter().map(|fact| (id, at, fact)));
        Ok(written)
    }

    async fn is_alone(&self, attempt: AttemptId) -> Result<bool> {
        self.inner.is_alone(attempt).await
    }

    async fn is_alone_by_task(&self, attempt: AttemptId) -> Result<bool> {
        self.inner.is_alone_by_task(attempt).await
    }

    async fn rings(&self, tenant: &TenantId, to: &PhoneNumber, since: Timestamp) -> Result<u32> {
        self.inner.rings(tenant, to, since).await
    }

    async fn take_in(&self, letter: &Letter) -> Result<bool> {
        self.inner.take_in(letter).await
    }

    async fn handled(&self, letter: &Letter, at: Timestamp) -> Result<()> {
        self.inner.handled(letter, at).await
    }

    async fn unhandled(&self) -> Result<Vec<Letter>> {
        self.inner.unhandled().await
    }

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

    async fn decide(&self, decision: &Decision) -> Result<u64> {
        self.inner.decide(decision).await
    }

    async fn decisions(&self, topic: Topic, after: u64) -> Result<Vec<(u64, Decision)>> {
        self.inner.decisions(topic, after).await
    }

    fn is_shared(&self) -> bool {
        self.inner.is_shared()
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
