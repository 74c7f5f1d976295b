//! One ledger's connections: transactions that are begun again where others stood in their way, and
//! never after a failure.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use sqlx::{PgPool, Postgres, Transaction};
use switchboard_core::{Call, CallId, Error, Result};
use switchboard_journal::{Letter, News, Opened, Recorded, Write};

use crate::{
    change::Opening,
    decision::DecisionRow,
    key::{Domain, HashKey},
    postgres::{
        Stop, decisions, inbox, news, processes,
        queries::{self, Answer},
    },
    refusal::{self, Halt, failed},
    row::micros,
};

/// How often a transaction is begun again that the server undid because another stood in its way.
pub(super) const TRIES: usize = 10;

const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

/// Connections, and who this process is.
pub(super) struct Inner {
    pub(super) pool: PgPool,
    pub(super) key: HashKey,
    pub(super) halt: Halt,
    /// Whose calls are ours.
    pub(super) epoch: AtomicI64,
    /// Microseconds.
    pub(super) lease: i64,
}

pub(super) fn read<T>(answer: Answer<T>) -> Result<T> {
    answer.map_err(|stop| match stop {
        Stop::Refused(error) => error,
        Stop::Busy => refusal::callee_busy(None),
        Stop::Again(source) | Stop::Broken(source) => failed("reading", source),
    })
}

impl Inner {
    pub(super) async fn snapshot(&self) -> Result<Transaction<'static, Postgres>> {
        self.halt.check()?;
        self.pool.begin_with(SNAPSHOT).await.map_err(|source| failed("reading", source))
    }

    /// Nothing is written yet where this fails.
    pub(super) async fn begin(&self) -> Result<Transaction<'static, Postgres>> {
        self.halt.check()?;
        self.pool.begin_with(BEGIN).await.map_err(|source| failed("writing", source))
    }

    /// Commits what is to be kept. `Ok(None)`: it may be begun again.
    pub(super) async fn end<T>(
        &self,
        change: Transaction<'static, Postgres>,
        answer: Answer<T>,
        last_try: bool,
    ) -> Result<Option<T>, Stop> {
        let stop = match answer {
            Ok(value) => match change.commit().await {
                Ok(()) => return Ok(Some(value)),
                Err(error) => error.into(),
            },
            Err(stop) => {
                // Where this fails too, the server ends the transaction with its connection.
                let _ = change.rollback().await;
                stop
            }
        };
        match stop {
            Stop::Again(_) if !last_try => Ok(None),
            stop => Err(stop),
        }
    }

    pub(super) fn refuse(&self, stop: Stop) -> Error {
        match stop {
            Stop::Refused(error) => error,
            Stop::Busy => refusal::callee_busy(None),
            Stop::Again(source) => failed("writing: others kept standing in the way", source),
            Stop::Broken(source) => {
                self.halt.set();
                failed("writing", source)
            }
        }
    }

    pub(super) fn epoch(&self) -> i64 {
        self.epoch.load(Ordering::SeqCst)
    }

    pub(super) async fn open(&self, new: &Opening) -> Result<Opened> {
        for tried in 1.. {
            let mut change = self.begin().await?;
            let answer = queries::open(&mut change, new, self.epoch()).await;
            match self.end(change, answer, tried == TRIES).await {
                Ok(Some(opened)) => return Ok(opened),
                Ok(None) => {}
                Err(stop) => return Err(self.refuse(stop)),
            }
        }
        Err(Halt::error())
    }

    pub(super) async fn write(&self, id: CallId, write: &Write, at: Timestamp) -> Result<Recorded> {
        for tried in 1.. {
            let mut change = self.begin().await?;
            let answer = queries::write(&mut change, id, write, at, self.epoch()).await;
            match self.end(change, answer, tried == TRIES).await {
                Ok(Some(recorded)) => return Ok(recorded),
                Ok(None) => {}
                Err(Stop::Busy) => {
                    let mut snapshot = self.snapshot().await?;
                    return Err(refusal::callee_busy(read(
                        queries::holder(&mut snapshot, id).await,
                    )?));
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

    pub(super) async fn take_in(&self, letter: &Letter) -> Result<bool> {
        let hash = self.key.hash(Domain::Letter, &letter.body);
        let mut change = self.begin().await?;
        let answer = inbox::take_in(&mut change, letter, &hash).await;
        self.ended(change, answer).await
    }

    pub(super) async fn handled(&self, letter: &Letter, at: Timestamp) -> Result<()> {
        let hash = self.key.hash(Domain::Letter, &letter.body);
        let mut change = self.begin().await?;
        let answer = inbox::handled(&mut change, letter.attempt, &hash, micros(at)).await;
        self.ended(change, answer).await
    }

    pub(super) async fn acted(&self, acted: &[News]) -> Result<()> {
        let mut change = self.begin().await?;
        let answer = news::acted(&mut change, acted, self.epoch()).await;
        self.ended(change, answer).await
    }

    pub(super) async fn decide(&self, row: &DecisionRow) -> Result<u64> {
        let mut change = self.begin().await?;
        let answer = decisions::decide(&mut change, row).await;
        self.ended(change, answer).await
    }

    /// The end of a change that takes one row, or one lock, and stands in nobody's way.
    pub(super) async fn ended<T>(
        &self,
        change: Transaction<'static, Postgres>,
        answer: Answer<T>,
    ) -> Result<T> {
        match self.end(change, answer, true).await {
            Ok(Some(value)) => Ok(value),
            Ok(None) => Err(Halt::error()),
            Err(stop) => Err(self.refuse(stop)),
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Nobody waits for it, and where there is no runtime any more, the lease says it.
        if !self.pool.is_closed()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let (pool, epoch) = (self.pool.clone(), self.epoch());
            runtime.spawn(async move { processes::leave(&pool, epoch).await });
        }
    }
}

/// Carries a write to its end even where nobody waits for it any more.
pub(super) async fn carry_out<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    match tokio::spawn(work).await {
        Ok(result) => result,
        Err(source) => Err(failed("writing", source)),
    }
}
