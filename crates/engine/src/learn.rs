//! Measures the providers from the journal's calls: past ones at the start, new ones as they end.
//!
//! The calls are the only stored evidence: every process computes these measurements from them
//! again.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use switchboard_core::{Call, Result};
use switchboard_journal::{Pages, Selection};
use tokio::sync::oneshot;

use crate::{shared::Shared, take_up, trials};

/// How long the start waits for past calls to be read.
const PATIENCE: Duration = Duration::from_millis(500);
/// How far back calls are read if experiments have guardrails.
const LONGEST_EXPERIMENT: Duration = Duration::from_secs(90 * 24 * 60 * 60);

impl Shared {
    /// Learns from a call that is settled or whose bill came.
    pub(crate) fn learn_from(&self, call: &Call) {
        if call.status.is_settled() {
            self.quality.write().observe(call);
        }
        if call.experiment.is_some() {
            self.watch.lock().observe(call);
        }
    }
}

pub(crate) async fn learn(inner: &Shared) -> Result<usize> {
    let window = inner.quality.read().settings().window;
    let guarded = inner.config().policy.experiments.iter().any(|one| !one.guardrails.is_empty());
    let back = if guarded { window.max(LONGEST_EXPERIMENT) } else { window };
    let since = inner.now().checked_sub(back).unwrap_or(Timestamp::MIN);
    let calls = read(inner, since).await?;
    trials::guard(inner).await?;
    Ok(calls)
}

/// Learns from past calls at the start. Waits only briefly: with many calls to read, the first
/// plans use what is known by then.
///
/// # Errors
/// `Journal` if it cannot be read, as far as that is known in time.
pub(crate) async fn begin(inner: &Arc<Shared>) -> Result<()> {
    trials::catch_up(inner).await?;
    let (strong, (result, learnt)) = (Arc::clone(inner), oneshot::channel());
    inner.spawn(async move {
        let done = match take_up::bills(&strong).await {
            Ok(()) => learn(&strong).await.map(|_| ()),
            Err(error) => Err(error),
        };
        if let Err(Err(error)) = result.send(done) {
            tracing::error!(%error, "the journal's past calls could not be read");
        }
    });
    tokio::select! {
        biased;
        learnt = learnt => learnt.unwrap_or(Ok(())),
        () = inner.clock.sleep(PATIENCE) => Ok(()),
    }
}

/// Learns from calls of other processes since the last time.
pub(crate) async fn catch_up(inner: &Arc<Shared>) -> Result<()> {
    let (from, mut over) = {
        let learnt = inner.learned.lock();
        (learnt.to, learnt.open.clone())
    };
    if !over.is_empty() {
        for call in inner.journal.unfinished().await? {
            over.remove(&call.id);
        }
    }
    for id in over {
        // An erased call teaches nothing any more, and a redialled one is not over.
        let call = inner.journal.get(id).await?;
        if let Some(call) = &call {
            inner.learn_from(call);
        }
        if call.is_none_or(|call| call.status.is_settled()) {
            inner.learned.lock().open.remove(&id);
        }
    }
    read(inner, from).await.map(|_| ())
}

async fn read(inner: &Shared, since: Timestamp) -> Result<usize> {
    let selection =
        Selection { after: Some(Selection::from_moment(since)), ..Selection::default() };
    let mut pages = Pages::new(&*inner.journal, selection);
    let (mut calls, mut latest, mut open) = (0, since, Vec::new());
    while let Some(page) = pages.next().await? {
        for call in &page {
            inner.learn_from(call);
            latest = latest.max(call.created_at);
            open.extend((!call.status.is_settled()).then_some(call.id));
        }
        calls += page.len();
    }
    let mut learnt = inner.learned.lock();
    learnt.to = latest;
    learnt.open.extend(open);
    Ok(calls)
}
