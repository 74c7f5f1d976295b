//! The connections of one ledger. Transactions are retried after conflicts and never after a
//! failure.

use std::{
    ops::{Deref, DerefMut},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicI64, Ordering},
    },
    time::Instant,
};

use jiff::Timestamp;
use sqlx::{PgConnection, PgPool, Postgres, Transaction, pool::PoolConnection};
use switchboard_core::{Call, CallId, CalleeHistory, Error, Result};
use switchboard_journal::{
    Denied, News, Opened, Recorded, StoredWebhook, Write, server::FeedSignal,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::AbortHandle,
};

use crate::{
    audit::DecisionRow,
    change::NewCallRow,
    commit::Observed,
    key::{Domain, HashKey},
    postgres::{
        audit, inbox, news, processes, queries,
        tx::{TxError, TxResult},
    },
    refusal::{Halt, failed},
    row::micros,
};

/// How often a transaction is tried that the server rolls back because of conflicts.
pub(super) const TRIES: usize = 10;

const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

/// The connections, and the identity of this process.
pub(super) struct Inner {
    pub(super) pool: PgPool,
    /// Whose turn it is at the connections: for as long as others need. How long the pool waits
    /// then only says whether the server answers, and a busy process does not take itself for one
    /// whose ledger failed.
    pub(super) turns: Arc<Semaphore>,
    /// A connection of its own for the lease: it has to be renewed however many wait for the others.
    pub(super) lives: PgPool,
    pub(super) key: HashKey,
    pub(super) halt: Halt,
    /// The epoch of this process, which owns the calls with the same epoch.
    pub(super) epoch: AtomicI64,
    /// The duration of the lease in microseconds.
    pub(super) lease: i64,
    pub(super) signal: Arc<FeedSignal>,
    /// The task that hears what other processes say about the feed, once it was started.
    pub(super) listening: OnceLock<AbortHandle>,
    pub(super) observed: Observed,
}

/// A transaction, and its turn at a connection.
pub(super) struct Held {
    transaction: Transaction<'static, Postgres>,
    turn: OwnedSemaphorePermit,
}

impl Deref for Held {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.transaction
    }
}

impl DerefMut for Held {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }
}

pub(super) fn read<T>(answer: TxResult<T>) -> Result<T> {
    answer.map_err(|stop| match stop {
        TxError::Refused(error) => error,
        TxError::Busy => Denied::CalleeBusy { by: None }.into(),
        TxError::Retry(source) | TxError::Failed(source) => failed("reading", source),
    })
}

impl Inner {
    pub(super) async fn snapshot(&self) -> Result<Held> {
        self.start(SNAPSHOT, "reading").await
    }

    /// A connection for one statement, which is a snapshot of its own: it needs no transaction.
    pub(super) async fn single(&self) -> Result<(PoolConnection<Postgres>, OwnedSemaphorePermit)> {
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| Halt::error())?;
        self.halt.check()?;
        let connection = self.pool.acquire().await.map_err(|source| failed("reading", source))?;
        Ok((connection, turn))
    }

    /// If this fails, nothing was written.
    pub(super) async fn begin(&self) -> Result<Held> {
        self.start(BEGIN, "writing").await
    }

    async fn start(&self, begin: &'static str, what: &'static str) -> Result<Held> {
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| Halt::error())?;
        // It may have failed meanwhile.
        self.halt.check()?;
        // On a task of its own, which ends even if the caller stops waiting: a begin that is dropped
        // half way leaves its connection in a transaction that the pool does not know of.
        let pool = self.pool.clone();
        let begun = tokio::spawn(async move { pool.begin_with(begin).await }).await;
        let begun = begun.map_err(|source| failed(what, source))?;
        let transaction = begun.map_err(|source| failed(what, source))?;
        Ok(Held { transaction, turn })
    }

    /// Commits or rolls back. `Ok(None)` means that the transaction may be retried.
    pub(super) async fn end<T>(
        &self,
        change: Held,
        answer: TxResult<T>,
        last_try: bool,
    ) -> Result<Option<T>, TxError> {
        let Held { transaction, turn: _turn } = change;
        let stop = match answer {
            Ok(value) => {
                let begun = Instant::now();
                match transaction.commit().await {
                    Ok(()) => {
                        self.observed.committed(begun.elapsed(), None);
                        return Ok(Some(value));
                    }
                    Err(error) => error.into(),
                }
            }
            Err(stop) => {
                // If this fails too, the server ends the transaction together with the connection.
                let _ = transaction.rollback().await;
                stop
            }
        };
        match stop {
            TxError::Retry(_) if !last_try => Ok(None),
            stop => Err(stop),
        }
    }

    pub(super) fn refuse(&self, stop: TxError) -> Error {
        match stop {
            TxError::Refused(error) => error,
            TxError::Busy => Denied::CalleeBusy { by: None }.into(),
            TxError::Retry(source) => failed("writing: others kept standing in the way", source),
            TxError::Failed(source) => {
                self.halt.set();
                failed("writing", source)
            }
        }
    }

    pub(super) fn epoch(&self) -> i64 {
        self.epoch.load(Ordering::SeqCst)
    }

    pub(super) async fn open(
        &self,
        new: &NewCallRow,
        since: Option<i64>,
    ) -> Result<(Opened, CalleeHistory)> {
        for tried in 1.. {
            let mut change = self.begin().await?;
            let answer = queries::open(&mut change, new, self.epoch(), since).await;
            match self.end(change, answer, tried == TRIES).await {
                Ok(Some(opened)) => {
                    if matches!(opened, (Opened::New(_), _)) {
                        self.signal.written();
                    }
                    return Ok(opened);
                }
                Ok(None) => {}
                Err(stop) => return Err(self.refuse(stop)),
            }
        }
        Err(Halt::error())
    }

    pub(super) async fn write(&self, id: CallId, write: &Write, at: Timestamp) -> Result<Recorded> {
        for tried in 1.. {
            let mut change = self.begin().await?;
            let writer = (self.epoch(), &self.key);
            let answer = queries::write(&mut change, id, write, at, writer).await;
            match self.end(change, answer, tried == TRIES).await {
                Ok(Some((recorded, published))) => {
                    if published {
                        self.signal.written();
                    }
                    return Ok(recorded);
                }
                Ok(None) => {}
                Err(TxError::Busy) => {
                    let mut snapshot = self.snapshot().await?;
                    let by = read(queries::holder(&mut snapshot, id).await)?;
                    return Err(Denied::CalleeBusy { by }.into());
                }
                Err(stop) => return Err(self.refuse(stop)),
            }
        }
        Err(Halt::error())
    }

    pub(super) async fn take_over(&self) -> Result<Vec<Call>> {
        for tried in 1.. {
            let mut change = self.begin().await?;
            let answer = processes::take_over(&mut change, self.epoch()).await;
            match self.end(change, answer, tried == TRIES).await {
                Ok(Some(calls)) => return Ok(calls),
                Ok(None) => {}
                Err(stop) => return Err(self.refuse(stop)),
            }
        }
        Err(Halt::error())
    }

    pub(super) async fn store_webhook(&self, webhook: &StoredWebhook) -> Result<bool> {
        let hash = self.key.hash(Domain::StoredWebhook, &webhook.body);
        let mut change = self.begin().await?;
        let answer = inbox::store_webhook(&mut change, webhook, &hash).await;
        self.ended(change, answer).await
    }

    pub(super) async fn mark_handled(&self, webhook: &StoredWebhook, at: Timestamp) -> Result<()> {
        let hash = self.key.hash(Domain::StoredWebhook, &webhook.body);
        let mut change = self.begin().await?;
        let answer = inbox::mark_handled(&mut change, webhook.attempt, &hash, micros(at)).await;
        self.ended(change, answer).await
    }

    pub(super) async fn acted(&self, acted: &[News]) -> Result<()> {
        let mut change = self.begin().await?;
        let answer = news::acted(&mut change, acted, self.epoch()).await;
        self.ended(change, answer).await
    }

    pub(super) async fn append_audit(&self, row: &DecisionRow) -> Result<u64> {
        let mut change = self.begin().await?;
        let answer = audit::append_audit(&mut change, row).await;
        self.ended(change, answer).await
    }

    /// Ends a transaction on what is kept beside the calls. If it fails, the ledger goes on: nothing
    /// about a phone depends on it, and whoever failed tries again.
    pub(super) async fn ended_beside<T>(&self, change: Held, answer: TxResult<T>) -> Result<T> {
        match self.end(change, answer, true).await {
            Ok(Some(value)) => Ok(value),
            Ok(None) => Err(Halt::error()),
            Err(TxError::Failed(source)) => Err(failed("writing", source)),
            Err(stop) => Err(self.refuse(stop)),
        }
    }

    /// Starts the task that hears what other processes say about the feed, if it was not started.
    pub(super) fn listen<Listening: Future<Output = ()> + Send + 'static>(
        &self,
        listen: fn(PgPool, Arc<FeedSignal>) -> Listening,
    ) {
        self.listening.get_or_init(|| {
            let listening = listen(self.pool.clone(), Arc::clone(&self.signal));
            tokio::spawn(listening).abort_handle()
        });
    }

    /// Ends a transaction that changes one row, or takes one lock, and cannot conflict.
    pub(super) async fn ended<T>(&self, change: Held, answer: TxResult<T>) -> Result<T> {
        match self.end(change, answer, true).await {
            Ok(Some(value)) => Ok(value),
            Ok(None) => Err(Halt::error()),
            Err(stop) => Err(self.refuse(stop)),
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(listening) = self.listening.get() {
            listening.abort();
        }
        // Nobody waits for this; without a runtime, the lease expires.
        if !self.pool.is_closed()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let (pool, epoch) = (self.pool.clone(), self.epoch());
            runtime.spawn(async move { processes::leave(&pool, epoch).await });
        }
    }
}

/// Completes a write even if the caller stops waiting.
pub(super) async fn carry_out<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    match tokio::spawn(work).await {
        Ok(result) => result,
        Err(source) => Err(failed("writing", source)),
    }
}
