//! The ledger in PostgreSQL, for several processes that share their calls.
//!
//! | file | why it is there |
//! |---|---|
//! | `schema.rs` | migrations, whether the law is in them, and whether the server keeps what it is given |
//! | `options.rs` | what a process brings with it |
//! | `processes.rs` | who has the ledger open, and who was silent for too long |
//! | `news.rs` | what other processes wrote to a process's calls |
//! | `queries.rs` | calls, their attempts and what happened to them |
//! | `stock.rs` | what attempts take: certainty, slots, rooms and budgets |
//! | `decisions.rs` | what was decided that is about no single call |
//! | `inner.rs` | connections and transactions |
//! | `inbox.rs` | webhooks, kept before they are handled |
//! | `locks.rs` | locks on what is no row |
//! | `check.rs` | whether it is sound |
//! | `upkeep.rs` | erasing and sweeping |
//!
//! The server groups the commits of connections that wait at the same time: there is no writer of
//! our own.

mod check;
mod decisions;
mod inbox;
mod inner;
mod locks;
mod news;
mod options;
mod processes;
mod queries;
mod schema;
mod stock;
mod upkeep;

use std::{
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{
    Executor, PgConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use switchboard_core::{
    AttemptId, Call, CallId, Error, ErrorKind, PhoneNumber, ProviderCallId, ProviderId, Result,
    TenantId, ValidCall,
};
use switchboard_journal::{Journal, Letter, NewCall, News, Opened, Recorded, Selection, Write};
use switchboard_router::{Decision, Topic};

use crate::{
    change::Opening,
    decision::{DecisionRow, after},
    history::Entry,
    key::HashKey,
    refusal::{Halt, failed},
    row::{escape, micros},
    select::UNSETTLED,
};
use inner::{Inner, TRIES, carry_out, read};
pub use options::PostgresOptions;

const CONNECTIONS: u32 = 16;
const PATIENCE: Duration = Duration::from_secs(10);
/// A commit is answered when it is on the disk. A process that is stopped inside a transaction
/// loses it, and its locks, after half a minute; whoever waits for them waits a little longer.
const SETTLE: &str = "SET synchronous_commit = on; SET idle_in_transaction_session_timeout = '30s'; SET lock_timeout = '40s'";

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

impl PostgresJournal {
    /// Connects to the ledger at `postgres://user:password@host/database`, with a hash key of its
    /// own; makes the tables where they are missing.
    ///
    /// # Errors
    /// `Configuration` where the URL is wrong, the server does not keep what it is given
    /// (`fsync=off`), the schema is newer or lacks a rule, or the ledger has another key; `Journal`
    /// where the server cannot be reached.
    pub async fn connect(url: &str) -> Result<Self> {
        Self::connect_with_key(url, None).await
    }

    /// The same with a hash key from the configuration, which is then not kept in the database.
    ///
    /// # Errors
    /// As for [`PostgresJournal::connect`].
    pub async fn connect_with_key(url: &str, key: Option<HashKey>) -> Result<Self> {
        let options = PostgresOptions { key, ..PostgresOptions::default() };
        Self::connect_with(url, options).await
    }

    /// The same with everything that may be said of it.
    ///
    /// # Errors
    /// As for [`PostgresJournal::connect`].
    pub async fn connect_with(url: &str, options: PostgresOptions) -> Result<Self> {
        let (key, lease) = (options.key, options.lease_micros());
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
            .after_connect(|connection, _| {
                Box::pin(async move { connection.execute(SETTLE).await.map(|_| ()) })
            })
            .connect_with(options.application_name("switchboard"))
            .await
            .map_err(|source| failed("connecting", source))?;
        let key = schema::prepare(&pool, key).await?;
        let epoch =
            processes::join(&pool, lease).await.map_err(|source| failed("being opened", source))?;
        Ok(Self {
            inner: Arc::new(Inner {
                pool,
                key,
                halt: Halt::default(),
                epoch: AtomicI64::new(epoch),
                lease,
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

    /// Says that this process is gone, so that nobody waits for its lease, and closes all
    /// connections.
    pub async fn close(&self) {
        // Where it cannot be said, the lease says it.
        let _ = processes::leave(&self.inner.pool, self.inner.epoch()).await;
        self.inner.pool.close().await;
    }
}

impl std::fmt::Debug for PostgresJournal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresJournal").finish_non_exhaustive()
    }
}

#[async_trait]
impl Journal for PostgresJournal {
    async fn open(&self, call: NewCall) -> Result<Opened> {
        let (inner, new) = (Arc::clone(&self.inner), Opening::new(call, &self.inner.key)?);
        carry_out(async move { inner.open(&new).await }).await
    }

    async fn write(&self, id: CallId, write: Write, at: Timestamp) -> Result<Recorded> {
        let inner = Arc::clone(&self.inner);
        carry_out(async move { inner.write(id, &write, at).await }).await
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

    async fn is_alone(&self, attempt: AttemptId) -> Result<bool> {
        let mut snapshot = self.inner.snapshot().await?;
        read(queries::is_alone(&mut snapshot, attempt).await)
    }

    async fn is_alone_by_task(&self, attempt: AttemptId) -> Result<bool> {
        let mut snapshot = self.inner.snapshot().await?;
        read(queries::is_alone_by_task(&mut snapshot, attempt).await)
    }

    async fn rings(&self, tenant: &TenantId, to: &PhoneNumber, since: Timestamp) -> Result<u32> {
        let mut snapshot = self.inner.snapshot().await?;
        let person = self.inner.key.person(to);
        read(queries::rings(&mut snapshot, tenant.as_str(), &person, micros(since)).await)
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
        let unsettled = Selection { statuses: UNSETTLED.to_vec(), ..Selection::default() };
        self.select(&unsettled).await
    }

    async fn take_in(&self, letter: &Letter) -> Result<bool> {
        let (inner, letter) = (Arc::clone(&self.inner), letter.clone());
        carry_out(async move { inner.take_in(&letter).await }).await
    }

    async fn handled(&self, letter: &Letter, at: Timestamp) -> Result<()> {
        let (inner, letter) = (Arc::clone(&self.inner), letter.clone());
        carry_out(async move { inner.handled(&letter, at).await }).await
    }

    async fn unhandled(&self) -> Result<Vec<Letter>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(inbox::unhandled(&mut snapshot).await)
    }

    async fn beat(&self, _at: Timestamp) -> Result<()> {
        let inner = &self.inner;
        inner.halt.check()?;
        let lives = async {
            if !processes::beat(&inner.pool, inner.epoch()).await? {
                let epoch = processes::join(&inner.pool, inner.lease).await?;
                inner.epoch.store(epoch, Ordering::SeqCst);
            }
            Ok(())
        };
        lives.await.map_err(|source: sqlx::Error| failed("saying that this process lives", source))
    }

    async fn take_over(&self, _at: Timestamp) -> Result<Vec<Call>> {
        let inner = Arc::clone(&self.inner);
        carry_out(async move { inner.take_over().await }).await
    }

    async fn news(&self) -> Result<Vec<News>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(news::news(&mut snapshot, self.inner.epoch()).await)
    }

    async fn acted(&self, acted: &[News]) -> Result<()> {
        let (inner, acted) = (Arc::clone(&self.inner), acted.to_vec());
        carry_out(async move { inner.acted(&acted).await }).await
    }

    async fn decide(&self, decision: &Decision) -> Result<u64> {
        let (inner, row) = (Arc::clone(&self.inner), DecisionRow::new(decision)?);
        carry_out(async move { inner.decide(&row).await }).await
    }

    async fn decisions(&self, topic: Topic, since: u64) -> Result<Vec<(u64, Decision)>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(decisions::decisions(&mut snapshot, topic, after(since)).await)
    }

    fn tag(&self, to: &PhoneNumber) -> Option<String> {
        Some(self.inner.key.tag(to))
    }

    fn is_shared(&self) -> bool {
        true
    }
}
