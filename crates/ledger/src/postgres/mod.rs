//! The ledger in PostgreSQL, which several processes can share.
//!
//! | file | purpose |
//! |---|---|
//! | `schema.rs` | migrations, and checks that all constraints exist and the server is durable |
//! | `options.rs` | options of a connection |
//! | `processes.rs` | which processes have the ledger open, and whose lease has expired |
//! | `news.rs` | what other processes wrote to the calls of a process |
//! | `queries.rs` | calls, their attempts and events |
//! | `reservations.rs` | what attempts reserve: the agent, slots and budgets |
//! | `audit.rs` | decisions that are not about a single call |
//! | `feed.rs` | what programs outside are told, in one order |
//! | `endpoints.rs` | where that is sent |
//! | `deliveries.rs` | which event still has to go to which endpoint |
//! | `events.rs` | the traits of these three |
//! | `inner.rs` | connections and transactions |
//! | `keys.rs` | API keys |
//! | `sessions.rs` | who is signed in |
//! | `batches.rs`, `batch_erasure.rs` | batches and their rows; erasure and retention of these |
//! | `lists.rs` | lists of numbers |
//! | `people.rs`, `people_journal.rs` | what is remembered about people, and what it forbids |
//! | `search.rs` | pages of calls |
//! | `inbox.rs` | webhooks, stored before they are handled |
//! | `look.rs` | a look that changes nothing |
//! | `locks.rs` | advisory locks |
//! | `check.rs` | consistency check |
//! | `maintenance.rs` | erasure and retention |
//!
//! The server groups the commits of concurrent connections, so no separate writer is needed.

mod audit;
mod batch_erasure;
mod batches;
mod check;
mod deliveries;
mod endpoints;
mod events;
mod feed;
mod inbox;
mod inner;
mod keys;
mod lists;
mod locks;
mod look;
mod maintenance;
mod news;
mod options;
mod people;
mod people_journal;
mod processes;
mod queries;
mod reservations;
mod schema;
mod search;
mod server_rows;
mod sessions;
mod spending;
mod tx;

use std::{
    num::NonZeroUsize,
    str::FromStr,
    sync::{
        Arc, OnceLock,
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
    AttemptId, Call, CallId, CalleeHistory, Error, ErrorKind, PhoneNumber, ProviderCallId,
    ProviderId, Result, TenantId, ValidCall,
};
use switchboard_journal::{
    AuditLog, AuditQuery, CallLog, EvidenceIndex, Inbox, Membership, NewCall, News, Opened,
    Recorded, Selection, StoredWebhook, Write, WriteError,
};
use switchboard_router::{AuditEntry, AuditTopic};
use tokio::sync::Semaphore;

use crate::{
    audit::DecisionRow,
    change::NewCallRow,
    commit::{CommitObserver, Observed},
    history::{CallRecord, Entry},
    key::HashKey,
    refusal::{Halt, failed},
    row::{after, escape, micros},
    select::UNSETTLED,
};
use inner::{Inner, TRIES, carry_out, read};
pub(crate) use look::look;
pub use options::PostgresOptions;
pub(crate) use schema::SCHEMA_VERSION;

/// Transactions at the same time.
const CONNECTIONS: u32 = 16;

/// Slots are counted under a lock, one attempt after the other: more at once only wait for it, keep
/// connections from everything else meanwhile, and are too late to be sent when their turn comes.
const RESERVES_AT_ONCE: NonZeroUsize = NonZeroUsize::new(4).unwrap();

/// How long the server may take to give a connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// Commits return when they are on disk. A process that stops within a transaction loses it and its
/// locks after half a minute; others wait a little longer for these locks.
///
/// A server that can tell also ends what a killed process was waiting for: otherwise the statement
/// stays in the queue for its lock, and keeps the locks that it has from those who take over.
const SETTLE: &str = "SET synchronous_commit = on; SET idle_in_transaction_session_timeout = '30s'; SET lock_timeout = '40s'; \
                      DO $$ BEGIN PERFORM set_config('client_connection_check_interval', '1s', false); \
                      EXCEPTION WHEN OTHERS THEN NULL; END $$";

/// Stores calls in PostgreSQL with `synchronous_commit=on`. Several processes may share one ledger.
pub struct PostgresJournal {
    inner: Arc<Inner>,
}

impl PostgresJournal {
    /// Connects to the ledger at `postgres://user:password@host/database`, with a hash key that is
    /// stored in it. Creates the tables if they do not exist.
    ///
    /// # Errors
    /// `Configuration` if the URL is invalid, the server is not durable (`fsync=off`), the schema
    /// is newer or lacks a constraint, or the ledger has another key; `Journal` if the server
    /// cannot be reached.
    pub async fn connect(url: &str) -> Result<Self> {
        Self::connect_with_key(url, None).await
    }

    /// Like [`PostgresJournal::connect`] with a hash key from the configuration, which is not
    /// stored in the database.
    ///
    /// # Errors
    /// The same as for [`PostgresJournal::connect`].
    pub async fn connect_with_key(url: &str, key: Option<HashKey>) -> Result<Self> {
        let options = PostgresOptions { key, ..PostgresOptions::default() };
        Self::connect_with(url, options).await
    }

    /// Like [`PostgresJournal::connect`] with all options.
    ///
    /// # Errors
    /// The same as for [`PostgresJournal::connect`].
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
            // One of them listens.
            .max_connections(CONNECTIONS + 1)
            .acquire_timeout(PATIENCE)
            .after_connect(|connection, _| {
                Box::pin(async move { connection.execute(SETTLE).await.map(|_| ()) })
            })
            .connect_with(options.clone().application_name("switchboard"))
            .await
            .map_err(|source| failed("connecting", source))?;
        let lives = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE)
            .connect_lazy_with(options.application_name("switchboard lease"));
        let key = schema::prepare(&pool, key).await?;
        let epoch =
            processes::join(&pool, lease).await.map_err(|source| failed("being opened", source))?;
        Ok(Self {
            inner: Arc::new(Inner {
                pool,
                turns: Arc::new(Semaphore::new(CONNECTIONS as usize)),
                lives,
                key,
                halt: Halt::default(),
                epoch: AtomicI64::new(epoch),
                lease,
                signal: Arc::default(),
                listening: OnceLock::new(),
                observed: Observed::default(),
            }),
        })
    }

    /// The key of the hashes in this ledger.
    pub fn key(&self) -> &HashKey {
        &self.inner.key
    }

    pub(crate) fn observe(&self, observer: Arc<dyn CommitObserver>) {
        self.inner.observed.set(observer);
    }

    /// Returns all events of a call, in order. Empty if the call does not exist.
    ///
    /// # Errors
    /// `Journal` if it cannot be read.
    pub async fn history(&self, id: CallId) -> Result<Vec<Entry>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(queries::history(&mut snapshot, id).await)
    }

    pub(crate) async fn records(&self, selection: &Selection) -> Result<Vec<CallRecord>> {
        let mut snapshot = self.inner.snapshot().await?;
        let connection: &mut PgConnection = &mut snapshot;
        let mut records = Vec::new();
        for call in read(queries::select(connection, selection).await)? {
            records.push(CallRecord {
                request: read(queries::request(connection, call.id).await)?,
                history: read(queries::history(connection, call.id).await)?,
                call,
            });
        }
        Ok(records)
    }

    /// Ends the lease of this process, so that others can take over its calls immediately, and
    /// closes all connections.
    pub async fn close(&self) {
        // If this fails, the lease expires.
        let _ = processes::leave(&self.inner.pool, self.inner.epoch()).await;
        self.inner.lives.close().await;
        self.inner.pool.close().await;
    }
}

impl std::fmt::Debug for PostgresJournal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresJournal").finish_non_exhaustive()
    }
}

#[async_trait]
impl CallLog for PostgresJournal {
    async fn open(&self, call: NewCall) -> Result<Opened> {
        let (inner, new) = (Arc::clone(&self.inner), NewCallRow::new(call, &self.inner.key)?);
        Ok(carry_out(async move { inner.open(&new, None).await }).await?.0)
    }

    async fn open_with_history(
        &self,
        call: NewCall,
        since: Timestamp,
    ) -> Result<(Opened, CalleeHistory)> {
        let (inner, new) = (Arc::clone(&self.inner), NewCallRow::new(call, &self.inner.key)?);
        carry_out(async move { inner.open(&new, Some(micros(since))).await }).await
    }

    async fn write(&self, id: CallId, write: Write, at: Timestamp) -> Result<Recorded, WriteError> {
        let inner = Arc::clone(&self.inner);
        Ok(carry_out(async move { inner.write(id, &write, at).await }).await?)
    }

    async fn get(&self, id: CallId) -> Result<Option<Call>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(queries::call(&mut snapshot, id).await)
    }

    async fn request(&self, id: CallId) -> Result<Option<Arc<ValidCall>>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(queries::request(&mut snapshot, id).await)
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

    fn tag(&self, to: &PhoneNumber) -> Option<String> {
        Some(self.inner.key.tag(to))
    }
}

#[async_trait]
impl EvidenceIndex for PostgresJournal {
    async fn owner(&self, provider: &ProviderId, id: &ProviderCallId) -> Result<Option<CallId>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(queries::owner(&mut snapshot, provider.as_str(), &escape(id.as_str())).await)
    }

    async fn call_of(&self, attempt: AttemptId) -> Result<Option<CallId>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(queries::call_of(&mut snapshot, attempt).await)
    }

    async fn is_unambiguous_by_agent(&self, attempt: AttemptId) -> Result<bool> {
        let mut snapshot = self.inner.snapshot().await?;
        read(queries::is_unambiguous_by_agent(&mut snapshot, attempt).await)
    }

    async fn is_unambiguous_by_task(&self, attempt: AttemptId) -> Result<bool> {
        let mut snapshot = self.inner.snapshot().await?;
        read(queries::is_unambiguous_by_task(&mut snapshot, attempt).await)
    }

    async fn rings(&self, tenant: &TenantId, to: &PhoneNumber, since: Timestamp) -> Result<u32> {
        let mut snapshot = self.inner.snapshot().await?;
        let person = self.inner.key.person(to);
        read(queries::rings(&mut snapshot, tenant.as_str(), &person, micros(since)).await)
    }
}

#[async_trait]
impl Inbox for PostgresJournal {
    async fn store_webhook(&self, webhook: &StoredWebhook) -> Result<bool> {
        let (inner, webhook) = (Arc::clone(&self.inner), webhook.clone());
        carry_out(async move { inner.store_webhook(&webhook).await }).await
    }

    async fn mark_handled(&self, webhook: &StoredWebhook, at: Timestamp) -> Result<()> {
        let (inner, webhook) = (Arc::clone(&self.inner), webhook.clone());
        carry_out(async move { inner.mark_handled(&webhook, at).await }).await
    }

    async fn pending_webhooks(&self) -> Result<Vec<StoredWebhook>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(inbox::pending_webhooks(&mut snapshot).await)
    }
}

#[async_trait]
impl Membership for PostgresJournal {
    async fn beat(&self, _at: Timestamp) -> Result<()> {
        let inner = &self.inner;
        inner.halt.check()?;
        let lives = async {
            if !processes::beat(&inner.lives, inner.epoch()).await? {
                let epoch = processes::join(&inner.lives, inner.lease).await?;
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

    fn is_shared(&self) -> bool {
        true
    }

    fn reserves_at_once(&self) -> Option<NonZeroUsize> {
        Some(RESERVES_AT_ONCE)
    }
}

#[async_trait]
impl AuditLog for PostgresJournal {
    async fn append_audit(&self, decision: &AuditEntry) -> Result<u64> {
        let (inner, row) = (Arc::clone(&self.inner), DecisionRow::new(decision)?);
        carry_out(async move { inner.append_audit(&row).await }).await
    }

    async fn audit_entries(&self, topic: AuditTopic, since: u64) -> Result<Vec<(u64, AuditEntry)>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(audit::audit_entries(&mut snapshot, topic, after(since)).await)
    }

    async fn audit_page(&self, query: &AuditQuery) -> Result<Vec<(u64, AuditEntry)>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(audit::audit_page(&mut snapshot, query).await)
    }
}
