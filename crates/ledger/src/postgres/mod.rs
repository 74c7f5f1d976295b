//! The ledger in PostgreSQL, for several processes that share their calls.
//!
//! | file | why it is there |
//! |---|---|
//! | `schema.rs` | migrations, whether the law is in them, and whether the server keeps what it is given |
//! | `queries.rs` | every SQL text |
//!
//! The server groups the commits of connections that wait at the same time: there is no writer of our own.

mod queries;
mod schema;

use std::{str::FromStr, sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{
    Executor, PgConnection, PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use switchboard_core::{AttemptId, Call, CallId, Error, ErrorKind, ProviderCallId, ProviderId, Result, ValidCall};
use switchboard_router::{Journal, NewCall, Opened, Recorded, Selection, state::Fact};

use crate::{
    change::Opening,
    history::Entry,
    key::HashKey,
    refusal::{self, Halt, failed},
    row::escape,
    select::UNSETTLED,
};
use queries::Answer;

const CONNECTIONS: u32 = 16;
const PATIENCE: Duration = Duration::from_secs(10);
/// How often a transaction is begun again that the server undid because another stood in its way.
const TRIES: usize = 10;

/// A commit is answered when it is on the disk. A process that is stopped inside a transaction loses it, and its locks, after half
/// a minute; whoever waits for them waits a little longer.
const SETTLE: &str = "SET synchronous_commit = on; SET idle_in_transaction_session_timeout = '30s'; SET lock_timeout = '40s'";
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

/// Why a transaction did not happen.
#[derive(Debug)]
enum Stop {
    /// A rule forbids it: nothing is wrong with the ledger.
    Refused(Error),
    /// The callee is on another call.
    Busy,
    /// The server undid it because another stood in its way: it may be begun again.
    Again(sqlx::Error),
    /// The server failed, or nobody knows.
    Broken(sqlx::Error),
}

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|error| error.code());
        match code.as_deref() {
            // Serialization failure, deadlock.
            Some("40001" | "40P01") => Stop::Again(error),
            Some(_) | None => Stop::Broken(error),
        }
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Refused(error)
    }
}

/// Keeps calls in PostgreSQL, `synchronous_commit=on`. Several processes may share one ledger.
pub struct PostgresJournal {
    inner: Arc<Inner>,
}

struct Inner {
    pool: PgPool,
    key: HashKey,
    halt: Halt,
}

impl PostgresJournal {
    /// Connects to the ledger at `postgres://user:password@host/database`, with a hash key of its own; makes the tables where they
    /// are missing.
    ///
    /// # Errors
    /// `Configuration` where the URL is wrong, the server does not keep what it is given (`fsync=off`), the schema is newer or lacks a
    /// rule, or the ledger has another key; `Journal` where the server cannot be reached.
    pub async fn connect(url: &str) -> Result<Self> {
        Self::connect_with_key(url, None).await
    }

    /// The same with a hash key from the configuration, which is then not kept in the database.
    ///
    /// # Errors
    /// As for [`PostgresJournal::connect`].
    pub async fn connect_with_key(url: &str, key: Option<HashKey>) -> Result<Self> {
        let options = PgConnectOptions::from_str(url).map_err(|source| {
            Error::new(
                ErrorKind::Configuration,
                "is no address of a PostgreSQL database: write postgres://user@host/database",
            )
            .with_field("ledger")
            .with_source(source)
        })?;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .after_connect(|connection, _| Box::pin(async move { connection.execute(SETTLE).await.map(|_| ()) }))
            .connect_with(options.application_name("switchboard"))
            .await
            .map_err(|source| failed("connecting", source))?;
        let key = schema::prepare(&pool, key).await?;
        Ok(Self {
            inner: Arc::new(Inner {
                pool,
                key,
                halt: Halt::default(),
            }),
        })
    }

    /// What stands for a person in this ledger.
    pub fn key(&self) -> &HashKey {
        &self.inner.key
    }

    /// Everything that happened to a call, in order. Empty where there is no such call.
    ///
    /// # Errors
    /// `Journal` where it cannot be read.
    pub async fn history(&self, id: CallId) -> Result<Vec<Entry>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(queries::history(&mut snapshot, id).await)
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.inner.pool.close().await;
    }
}

impl std::fmt::Debug for PostgresJournal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresJournal").finish_non_exhaustive()
    }
}

fn read<T>(answer: Answer<T>) -> Result<T> {
    answer.map_err(|stop| match stop {
        Stop::Refused(error) => error,
        Stop::Busy => refusal::callee_busy(None),
        Stop::Again(source) | Stop::Broken(source) => failed("reading", source),
    })
}

impl Inner {
    async fn snapshot(&self) -> Result<Transaction<'static, Postgres>> {
        self.halt.check()?;
        self.pool.begin_with(SNAPSHOT).await.map_err(|source| failed("reading", source))
    }

    /// Nothing is written yet where this fails.
    async fn begin(&self) -> Result<Transaction<'static, Postgres>> {
        self.halt.check()?;
        self.pool.begin_with(BEGIN).await.map_err(|source| failed("writing", source))
    }

    /// Commits what is to be kept. `Ok(None)`: it may be begun again.
    async fn end<T>(&self, change: Transaction<'static, Postgres>, answer: Answer<T>, last_try: bool) -> Result<Option<T>, Stop> {
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

    fn refuse(&self, stop: Stop) -> Error {
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

    async fn open(&self, new: &Opening) -> Result<Opened> {
        for tried in 1.. {
            let mut change = self.begin().await?;
            let answer = queries::open(&mut change, new).await;
            match self.end(change, answer, tried == TRIES).await {
                Ok(Some(opened)) => return Ok(opened),
                Ok(None) => {}
                Err(stop) => return Err(self.refuse(stop)),
            }
        }
        Err(Halt::error())
    }

    async fn record(&self, id: CallId, fact: &Fact, at: Timestamp) -> Result<Recorded> {
        for tried in 1.. {
            let mut change = self.begin().await?;
            let answer = queries::record(&mut change, id, fact.clone(), at).await;
            match self.end(change, answer, tried == TRIES).await {
                Ok(Some(recorded)) => return Ok(recorded),
                Ok(None) => {}
                Err(Stop::Busy) => {
                    let mut snapshot = self.snapshot().await?;
                    return Err(refusal::callee_busy(read(queries::holder(&mut snapshot, id).await)?));
                }
                Err(stop) => return Err(self.refuse(stop)),
            }
        }
        Err(Halt::error())
    }
}

/// Carries a write to its end even where nobody waits for it any more.
async fn carry_out<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    match tokio::spawn(work).await {
        Ok(result) => result,
        Err(source) => Err(failed("writing", source)),
    }
}

#[async_trait]
impl Journal for PostgresJournal {
    async fn open(&self, call: NewCall) -> Result<Opened> {
        let (inner, new) = (Arc::clone(&self.inner), Opening::new(call, &self.inner.key)?);
        carry_out(async move { inner.open(&new).await }).await
    }

    async fn record(&self, id: CallId, fact: Fact, at: Timestamp) -> Result<Recorded> {
        let inner = Arc::clone(&self.inner);
        carry_out(async move { inner.record(id, &fact, at).await }).await
    }

    async fn get(&self, id: CallId) -> Result<Option<Call>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(queries::call(&mut snapshot, id).await)
    }

    async fn request(&self, id: CallId) -> Result<Option<Arc<ValidCall>>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(queries::request(&mut snapshot, id).await)
    }

    async fn owner(&self, provider: &ProviderId, id: &ProviderCallId) -> Result<Option<CallId>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(queries::owner(&mut snapshot, provider.as_str(), &escape(id.as_str())).await)
    }

    async fn call_of(&self, attempt: AttemptId) -> Result<Option<CallId>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(queries::call_of(&mut snapshot, attempt).await)
    }

    async fn list(&self) -> Result<Vec<Call>> {
        self.select(&Selection::default()).await
    }

    async fn select(&self, selection: &Selection) -> Result<Vec<Call>> {
        let mut snapshot = self.inner.snapshot().await?;
        let connection: &mut PgConnection = &mut snapshot;
        read(queries::select(connection, selection).await)
    }

    async fn unfinished(&self) -> Result<Vec<Call>> {
        let unsettled = Selection {
            statuses: UNSETTLED.to_vec(),
            ..Selection::default()
        };
        self.select(&unsettled).await
    }
}
