//! What the journal's calls say of the providers: read at the start, and followed from then on.
//!
//! The calls are the evidence, and there is no second copy of it: what is kept here is made of them
//! anew by every process.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use switchboard_core::{Call, Result};
use switchboard_journal::{Pages, Selection};
use tokio::sync::oneshot;

use crate::{shared::Shared, take_up, trials};

/// How long a start waits for what is to be learnt.
const PATIENCE: Duration = Duration::from_millis(500);
/// What guardrails look back, where there are any.
const LONGEST_EXPERIMENT: Duration = Duration::from_secs(90 * 24 * 60 * 60);

impl Shared {
    /// A call that came to rest, or to its bill.
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

/// Learns at the start. Nobody waits long for it: with many calls to read, the first plans are made
/// of what is known by then.
///
/// # Errors
/// `Journal` where it cannot be read, as far as that is known in time.
pub(crate) async fn begin(inner: &Arc<Shared>) -> Result<()> {
    trials::catch_up(inner).await?;
    let (strong, (told, learnt)) = (Arc::clone(inner), oneshot::channel());
    inner.spawn(async move {
        let done = match take_up::bills(&strong).await {
            Ok(()) => learn(&strong).await.map(|_| ()),
            Err(error) => Err(error),
        };
        if let Err(Err(error)) = told.send(done) {
            tracing::error!(%error, "what the journal's calls say could not be read");
        }
    });
    tokio::select! {
        biased;
        learnt = learnt => learnt.unwrap_or(Ok(())),
        () = inner.clock.sleep(PATIENCE) => Ok(()),
    }
}

/// What other processes learnt since the last time.
pub(crate) async fn catch_up(inner: &Arc<Shared>) -> Result<()> {
    let (from, mut over) = {
        let learnt = inner.learnt.lock();
        (learnt.to, learnt.open.clone())
    };
    if !over.is_empty() {
        for call in inner.journal.unfinished().await? {
            over.remove(&call.id);
        }
    }
    for id in over {
        // One that was erased meanwhile says nothing any more, and one that rings again is not
        // over.
        let call = inner.journal.get(id).await?;
        if let Some(call) = &call {
            inner.learn_from(call);
        }
        if call.is_none_or(|call| call.status.is_settled()) {
            inner.learnt.lock().open.remove(&id);
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
    let mut learnt = inner.learnt.lock();
    learnt.to = latest;
    learnt.open.extend(open);
    Ok(calls)
}
