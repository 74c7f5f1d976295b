//! Claims batches, and goes on with them until nothing waits.

use std::{collections::BTreeSet, time::Duration};

use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use switchboard::{
    CallId, Engine,
    core::{CallFlag, CallFlagKind},
    engine::{CallEvent, CallEventKind},
    journal::server::{
        BatchRow, BatchState, RowOutcome, RowSettled, RowState, RowsQuery, StoredBatch,
    },
};
use tokio::{
    sync::{
        broadcast::{self, error::RecvError},
        watch,
    },
    task::JoinSet,
};
use uuid::Uuid;

use crate::{
    Service,
    batches::row::{self, Tried},
};

/// For how long a batch is claimed.
const LEASE: Duration = Duration::from_secs(60);
/// How often a claim is renewed.
const RENEW_EVERY: Duration = Duration::from_secs(20);
/// Batches that this process goes on with at the same time.
const MOST: usize = 8;
/// Calls of a batch that are not decided, at most: the batch follows the pace of the providers, and
/// no call waits until it expires.
const UNDECIDED: usize = 16;
/// So many calls without the first words that a rule asks for stop a batch: one may be a slip, two
/// show that the agent does it.
const TOO_MANY_FLAGGED: usize = 2;
/// The store is asked this often: other processes accept batches, and leases end.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// Submits what waits until `stopping` is true, and then gives back what it has claimed.
pub(crate) async fn submit(service: Service, mut stopping: watch::Receiver<bool>) {
    let mut running = JoinSet::new();
    while !*stopping.borrow() {
        while running.try_join_next().is_some() {}
        // Begins before the look at what waits, so that no time passes unnoticed.
        let later = service.clock().sleep(ASK_EVERY);
        if running.len() < MOST
            && let Some((batch, claim)) = claim(&service).await
        {
            let one = One { service: service.clone(), batch, claim, stopping: stopping.clone() };
            running.spawn(one.run());
            continue;
        }
        if let Err(error) = service.store().end_batches(service.clock().now()).await {
            tracing::warn!(%error, "which batches are over could not be noted");
        }
        tokio::select! {
            biased;
            // True, or whoever would say so is gone.
            _ = stopping.wait_for(|stopping| *stopping) => break,
            () = service.batches().notified() => {}
            () = later => {}
        }
    }
    while running.join_next().await.is_some() {}
}

async fn claim(service: &Service) -> Option<(StoredBatch, Uuid)> {
    let claim = Uuid::new_v4();
    match service.store().claim_batch(claim, service.clock().now(), LEASE).await {
        Ok(claimed) => claimed.map(|batch| (batch, claim)),
        Err(error) => {
            tracing::warn!(%error, "a batch could not be claimed");
            None
        }
    }
}

/// A batch that this process goes on with.
struct One {
    service: Service,
    batch: StoredBatch,
    claim: Uuid,
    stopping: watch::Receiver<bool>,
}

fn first_words(flag: &CallFlag) -> bool {
    flag.kind == CallFlagKind::FirstWordsMissing
}

/// True if this event flags the first words of a call, or if events were missed.
fn flags(event: &Result<CallEvent, RecvError>) -> bool {
    match event {
        Ok(event) => {
            matches!(&event.kind, CallEventKind::Flagged(flag) if first_words(flag))
        }
        Err(RecvError::Lagged(_)) => true,
        Err(RecvError::Closed) => false,
    }
}

/// Waits until the first words of a call are flagged, or events were missed.
async fn until_flagged(events: &mut broadcast::Receiver<CallEvent>) {
    loop {
        let event = events.recv().await;
        if matches!(event, Err(RecvError::Closed)) {
            std::future::pending::<()>().await;
        }
        if flags(&event) {
            return;
        }
    }
}

/// Waits until a call is decided, or cannot be followed any more: then it holds nobody up.
fn decided(engine: Engine, call: CallId) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        let _ = engine.decided(call).await;
    })
}

/// What comes after a row.
enum Next {
    Row(Option<CallId>),
    Wait(Duration),
    /// Nothing waits any more, or the claim is lost.
    Over,
    /// The journal fails, or the process stops.
    Stop,
}

impl One {
    async fn run(mut self) {
        let done = if self.batch.state() == BatchState::Cancelled {
            self.look_after().await
        } else {
            self.go_on().await
        };
        let given_back = match done {
            Ok(()) => self.service.store().release_batch(self.batch.id, self.claim).await,
            // Its claim ends by itself: somebody goes on after a while.
            Err(error) => Err(error),
        };
        if let Err(error) = given_back {
            tracing::warn!(batch = %self.batch.id, %error, "a batch stands still for a while");
        }
    }

    /// Submits the rows in their order, one after the other, so that at most the first one that
    /// waits is on its way.
    async fn go_on(&mut self) -> switchboard::Result<()> {
        let clock = std::sync::Arc::clone(self.service.clock());
        let mut undecided: FuturesUnordered<BoxFuture<'static, ()>> = FuturesUnordered::new();
        let mut renewed = clock.uptime();
        let mut wait = Duration::ZERO;
        let mut events = self.service.switchboard().engine().events();
        let mut flagged = false;
        loop {
            flagged |= until_flagged(&mut events).now_or_never().is_some();
            if std::mem::take(&mut flagged) && self.first_words_are_missing().await? {
                self.stop().await;
                return Ok(());
            }
            if clock.uptime().saturating_sub(renewed) >= RENEW_EVERY {
                renewed = clock.uptime();
                let now = clock.now();
                let store = self.service.store();
                if !store.renew_batch(self.batch.id, self.claim, now, LEASE).await? {
                    return Ok(());
                }
            }
            if *self.stopping.borrow() {
                return Ok(());
            }
            let is_full = undecided.len() >= UNDECIDED;
            if is_full || !wait.is_zero() {
                let pause = if is_full { RENEW_EVERY } else { wait.min(RENEW_EVERY) };
                let slept = clock.sleep(pause);
                tokio::select! {
                    biased;
                    _ = self.stopping.wait_for(|stopping| *stopping) => return Ok(()),
                    Some(()) = undecided.next(), if is_full => {}
                    () = until_flagged(&mut events) => flagged = true,
                    () = slept => wait = wait.saturating_sub(pause),
                }
                continue;
            }
            match self.row().await? {
                Next::Row(call) => {
                    let engine = self.service.switchboard().engine();
                    undecided.extend(call.map(|call| decided(engine.clone(), call)));
                }
                Next::Wait(time) => wait = time,
                Next::Over => return Ok(()),
                Next::Stop => {
                    let later = clock.sleep(ASK_EVERY);
                    tokio::select! {
                        biased;
                        _ = self.stopping.wait_for(|stopping| *stopping) => {}
                        () = later => {}
                    }
                    return Ok(());
                }
            }
        }
    }

    /// True if so many calls of the batch are flagged that no further one may follow.
    async fn first_words_are_missing(&self) -> switchboard::Result<bool> {
        let (mut flagged, mut after) = (BTreeSet::new(), 0);
        loop {
            let query =
                RowsQuery { state: Some(RowState::Submitted), after, limit: RowsQuery::MOST };
            let page = self.service.store().batch_results(self.batch.id, query).await?;
            let calls = page.iter().filter_map(|result| result.call.as_ref());
            let lacking = calls.filter(|(call, _)| call.flags.iter().any(first_words));
            flagged.extend(lacking.map(|(call, _)| call.id));
            match page.last() {
                Some(last) if page.len() == RowsQuery::MOST as usize => after = last.row.number,
                Some(_) | None => return Ok(flagged.len() >= TOO_MANY_FLAGGED),
            }
        }
    }

    async fn stop(&self) {
        let batch = self.batch.id;
        tracing::warn!(%batch, "agents leave out what they have to say first: the batch is cancelled");
        if let Err(problem) = self.service.stop_batch(batch).await {
            tracing::warn!(%batch, %problem, "the batch could not be cancelled");
        }
    }

    /// Submits the first row that waits.
    async fn row(&self) -> switchboard::Result<Next> {
        let query = RowsQuery { state: Some(RowState::Waiting), after: 0, limit: 1 };
        let Some(row) = self.service.store().batch_rows(self.batch.id, query).await?.pop() else {
            return Ok(Next::Over);
        };
        let tried = match &row.request {
            Some(request) => row::submit(&self.service, &self.batch, request).await,
            None => Tried::Rejected(row::internal("the row is not there")),
        };
        let (outcome, call) = match tried {
            Tried::Call(call) => (RowOutcome::Submitted(call.id), Some(call.id)),
            Tried::Rejected(problem) => (RowOutcome::Rejected(problem), None),
            Tried::NotNow(wait) => return Ok(Next::Wait(wait)),
            Tried::Stop => return Ok(Next::Stop),
        };
        self.settle(&row, outcome).await?;
        Ok(Next::Row(call))
    }

    /// Records what became of a row. A call that comes too late is taken back.
    async fn settle(&self, row: &BatchRow, outcome: RowOutcome) -> switchboard::Result<()> {
        let call: Option<CallId> = match &outcome {
            RowOutcome::Submitted(call) => Some(*call),
            RowOutcome::Rejected(_) => None,
        };
        let store = self.service.store();
        let settled = store.settle_row(self.batch.id, row.number, outcome).await?;
        match (settled, call) {
            (RowSettled::TooLate, Some(call)) => {
                self.service.switchboard().engine().withdraw(call).await.map(|_| ())
            }
            (RowSettled::TooLate | RowSettled::Recorded | RowSettled::Before, _) => Ok(()),
        }
    }

    /// The batch was cancelled, and the process that had it is gone: the row that was the first to
    /// wait may have become a call that nobody took back.
    async fn look_after(&self) -> switchboard::Result<()> {
        let query = RowsQuery { state: Some(RowState::Cancelled), after: 0, limit: 1 };
        let Some(row) = self.service.store().batch_rows(self.batch.id, query).await?.pop() else {
            return Ok(());
        };
        let Some(request) = &row.request else {
            return Ok(());
        };
        match row::find(&self.service, &self.batch, request).await? {
            Some(call) => self.settle(&row, RowOutcome::Submitted(call.id)).await,
            None => Ok(()),
        }
    }
}
