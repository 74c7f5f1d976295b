//! A journal in memory that remembers every fact, as a ledger does, so that a replay has what it
//! needs.

use async_trait::async_trait;
use jiff::Timestamp;
use parking_lot::Mutex;
use switchboard_backtest::PastCall;
use switchboard_core::{CallId, Result};
use switchboard_journal::{
    CallLog, JournalExt,
    conformance::{HookedJournal, Hooks, Written},
    state::Fact,
};

pub(crate) type Scribe = HookedJournal<History>;

/// Every fact that was written.
#[derive(Debug, Default)]
pub(crate) struct History(Mutex<Vec<(CallId, Timestamp, Fact)>>);

#[async_trait]
impl Hooks for History {
    async fn wrote(&self, written: Written<'_>) -> Result<()> {
        if written.accepted {
            let facts = written.facts.iter().cloned();
            self.0.lock().extend(facts.map(|fact| (written.call, written.at, fact)));
        }
        Ok(())
    }
}

/// Every call with its history, oldest first.
pub(crate) async fn past(scribe: &Scribe) -> Vec<PastCall> {
    let mut past = Vec::new();
    for call in scribe.inner.list().await.unwrap() {
        let request = scribe.inner.request(call.id).await.unwrap().unwrap();
        let told = scribe.hooks.0.lock();
        let facts =
            told.iter().filter(|(id, _, _)| *id == call.id).map(|(_, at, fact)| (*at, fact));
        past.push(PastCall::of(&call, request, facts));
    }
    past
}

/// The same as of a ledger whose events are gone.
pub(crate) async fn without_history(scribe: &Scribe) -> Vec<PastCall> {
    let mut past = Vec::new();
    for call in scribe.inner.list().await.unwrap() {
        past.push(PastCall::new(&call, scribe.inner.request(call.id).await.unwrap().unwrap()));
    }
    past
}
