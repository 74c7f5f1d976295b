//! The ledger in a SQLite file.
//!
//! | file | purpose |
//! |---|---|
//! | `file.rs` | creates and configures the file |
//! | `directory.rs` | creates directories that outlast a loss of power |
//! | `private.rs` | checks that only its owner can access it |
//! | `schema.rs` | migrations, and a check that all constraints exist |
//! | `writer.rs` | one writer, which commits for all waiting callers |
//! | `processes.rs` | which processes have the ledger open, and which are dead |
//! | `news.rs` | what other processes wrote to the calls of a process |
//! | `queries.rs` | calls, their attempts and events |
//! | `reservations.rs` | what attempts reserve: the agent, slots and budgets |
//! | `audit.rs` | decisions that are not about a single call |
//! | `feed.rs` | what programs outside are told, in one order |
//! | `endpoints.rs` | where that is sent |
//! | `deliveries.rs` | which event still has to go to which endpoint |
//! | `events.rs` | the traits of these three |
//! | `keys.rs` | API keys |
//! | `sessions.rs` | who is signed in |
//! | `batches.rs`, `batch_erasure.rs` | batches and their rows; erasure and retention of these |
//! | `lists.rs` | lists of numbers |
//! | `people.rs`, `people_journal.rs` | what is remembered about people, and what it forbids |
//! | `search.rs` | pages of calls |
//! | `inbox.rs` | webhooks, stored before they are handled |
//! | `look.rs` | a look that changes nothing |
//! | `check.rs` | consistency check |
//! | `maintenance.rs` | erasure and retention |
//! | `backup.rs` | a copy while calls are placed |

mod audit;
mod backup;
mod batch_erasure;
mod batches;
mod check;
mod deliveries;
mod directory;
mod endpoints;
mod events;
mod feed;
mod file;
mod inbox;
mod keys;
mod lists;
mod look;
mod maintenance;
mod news;
mod people;
mod people_journal;
mod private;
mod processes;
mod queries;
mod reservations;
mod schema;
mod search;
mod server_rows;
mod sessions;
mod spending;
mod tx;
mod writer;

pub(crate) use look::look;

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use jiff::Timestamp;
use parking_lot::Mutex;
use rusqlite::Connection;
use switchboard_core::{
    AttemptId, Call, CallId, CalleeHistory, PhoneNumber, ProviderCallId, ProviderId, Result,
    TenantId, ValidCall,
};
use switchboard_journal::{
    AuditLog, AuditQuery, CallLog, EvidenceIndex, Inbox, Membership, NewCall, News, Opened,
    Recorded, Selection, StoredWebhook, Write, WriteError, server::FeedSignal,
};
use switchboard_router::{AuditEntry, AuditTopic};
use tokio::sync::Semaphore;

pub(crate) use self::schema::SCHEMA_VERSION;
use crate::{
    audit::DecisionRow,
    change::NewCallRow,
    commit::CommitObserver,
    history::{CallRecord, Entry},
    key::{Domain, HashKey},
    refusal::{Halt, failed},
    row::{after, escape, micros},
    select::UNSETTLED,
};
use processes::Presence;
use tx::{TxError, TxResult};
use writer::Writer;

/// How many reads there are at a time. Each has a connection of its own, which is kept: opening one
/// takes longer than most reads.
const READERS: usize = 16;

/// Stores calls in one SQLite file with `journal_mode=WAL` and `synchronous=FULL`. Other processes
/// may open the same file. Next to it, a directory with its name and `-processes` contains a locked
/// file for each process.
///
/// It needs a Tokio runtime, and reads and writes on its blocking threads.
pub struct SqliteJournal {
    path: PathBuf,
    key: HashKey,
    writer: Arc<Writer>,
    /// Connections of readers that are not in use.
    readers: Arc<Mutex<Vec<Connection>>>,
    reading: Arc<Semaphore>,
    halt: Arc<Halt>,
    signal: FeedSignal,
    /// This process, as owner of calls. Pending writes keep it alive too.
    presence: Mutex<Arc<Presence>>,
}

impl SqliteJournal {
    /// Opens the ledger in this file, with a hash key that is stored in it. Creates the file, the
    /// key and the directory if they do not exist.
    ///
    /// # Errors
    /// `Configuration` if the file is not a ledger, is damaged, was created by a newer version,
    /// lacks a constraint or has a key that the configuration has to specify; `Journal` if the disk
    /// fails.
    pub async fn open(path: impl Into<PathBuf>) -> Result<Self> {
        Self::open_with_key(path, None).await
    }

    /// Like [`SqliteJournal::open`] with a hash key from the configuration, which is not stored in
    /// the file.
    ///
    /// # Errors
    /// The same as for [`SqliteJournal::open`]; `Configuration` if the ledger was created with
    /// another key.
    pub async fn open_with_key(path: impl Into<PathBuf>, key: Option<HashKey>) -> Result<Self> {
        let path = path.into();
        let opened = path.clone();
        let opened = blocking(move || file::open(&opened, key)).await?;
        Ok(Self::new(path, opened))
    }

    /// Opens with `synchronous=NORMAL`, which acknowledges writes before they are on disk. Only for
    /// the power-loss test, which must detect it; never for calls.
    ///
    /// # Errors
    /// The same as for [`SqliteJournal::open`].
    #[cfg(feature = "test-util")]
    #[doc(hidden)]
    pub async fn open_forgetful(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        let opened = path.clone();
        let opened = blocking(move || file::open_forgetful(&opened)).await?;
        Ok(Self::new(path, opened))
    }

    fn new(path: PathBuf, opened: file::Opened) -> Self {
        let halt = Arc::new(Halt::default());
        Self {
            path,
            key: opened.key,
            writer: Arc::new(Writer::new(opened.connection, Arc::clone(&halt))),
            readers: Arc::default(),
            reading: Arc::new(Semaphore::new(READERS)),
            halt,
            signal: FeedSignal::default(),
            presence: Mutex::new(Arc::new(opened.presence)),
        }
    }

    fn presence(&self) -> Arc<Presence> {
        Arc::clone(&self.presence.lock())
    }

    /// The key of the hashes in this ledger.
    pub fn key(&self) -> &HashKey {
        &self.key
    }

    pub(crate) fn observe(&self, observer: Arc<dyn CommitObserver>) {
        self.writer.observed.set(observer);
    }

    /// Returns all events of a call, in order. Empty if the call does not exist.
    ///
    /// # Errors
    /// `Journal` if it cannot be read.
    pub async fn history(&self, id: CallId) -> Result<Vec<Entry>> {
        self.read(move |connection| queries::history(connection, id)).await
    }

    pub(crate) async fn records(&self, selection: &Selection) -> Result<Vec<CallRecord>> {
        let selection = selection.clone();
        self.read(move |connection| queries::records(connection, &selection)).await
    }

    async fn opened(
        &self,
        call: NewCall,
        since: Option<Timestamp>,
    ) -> Result<(Opened, CalleeHistory)> {
        let (opening, mine) = (NewCallRow::new(call, &self.key)?, self.presence());
        let since = since.map(micros);
        let opened = self
            .writer
            .run_without_savepoint(move |connection| {
                queries::open(connection, opening, mine.epoch(), since)
            })
            .await?;
        if matches!(opened, (Opened::New(_), _)) {
            self.wrote();
        }
        Ok(opened)
    }

    /// Runs a read on a read-only connection, in one snapshot.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> TxResult<T> + Send + 'static,
    ) -> Result<T> {
        self.halt.check()?;
        let turn = Arc::clone(&self.reading).acquire_owned().await;
        let turn = turn.map_err(|source| failed("reading", source))?;
        let (path, readers) = (self.path.clone(), Arc::clone(&self.readers));
        blocking(move || {
            // Kept as long as the connection is, even if nobody waits for the result any more.
            let _turn = turn;
            let waiting = readers.lock().pop();
            let mut connection = match waiting {
                Some(connection) => connection,
                None => file::reader(&path)?,
            };
            let read = (|| {
                let snapshot = connection.transaction()?;
                let read = work(&snapshot)?;
                snapshot.finish()?;
                Ok(read)
            })();
            match read {
                Ok(read) => {
                    readers.lock().push(connection);
                    Ok(read)
                }
                Err(TxError::Refused(error)) => Err(error),
                Err(TxError::Failed(source)) => Err(failed("reading", source)),
            }
        })
        .await
    }
}

impl std::fmt::Debug for SqliteJournal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteJournal").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Runs on a blocking thread. Meanwhile a paused Tokio clock stands still.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(source) => Err(failed("running", source)),
    }
}

#[async_trait]
impl CallLog for SqliteJournal {
    async fn open(&self, call: NewCall) -> Result<Opened> {
        Ok(self.opened(call, None).await?.0)
    }

    async fn open_with_history(
        &self,
        call: NewCall,
        since: Timestamp,
    ) -> Result<(Opened, CalleeHistory)> {
        self.opened(call, Some(since)).await
    }

    async fn write(&self, id: CallId, write: Write, at: Timestamp) -> Result<Recorded, WriteError> {
        let (mine, key) = (self.presence(), self.key);
        let (recorded, published) = self
            .writer
            .run(move |connection| queries::write(connection, id, write, at, (mine.epoch(), &key)))
            .await?;
        if published {
            self.wrote();
        }
        Ok(recorded)
    }

    async fn get(&self, id: CallId) -> Result<Option<Call>> {
        self.read(move |connection| queries::call(connection, id)).await
    }

    async fn request(&self, id: CallId) -> Result<Option<Arc<ValidCall>>> {
        self.read(move |connection| queries::request(connection, id)).await
    }

    async fn select(&self, selection: &Selection) -> Result<Vec<Call>> {
        let selection = selection.clone();
        self.read(move |connection| queries::select(connection, &selection)).await
    }

    async fn unfinished(&self) -> Result<Vec<Call>> {
        let unsettled = Selection { statuses: UNSETTLED.to_vec(), ..Selection::default() };
        self.select(&unsettled).await
    }

    fn tag(&self, to: &PhoneNumber) -> Option<String> {
        Some(self.key.tag(to))
    }
}

#[async_trait]
impl EvidenceIndex for SqliteJournal {
    async fn owner(&self, provider: &ProviderId, id: &ProviderCallId) -> Result<Option<CallId>> {
        let (provider, id) = (provider.as_str().to_owned(), escape(id.as_str()));
        self.read(move |connection| Ok(queries::owner(connection, &provider, &id)?)).await
    }

    async fn call_of(&self, attempt: AttemptId) -> Result<Option<CallId>> {
        self.read(move |connection| queries::call_of(connection, attempt)).await
    }

    async fn is_unambiguous_by_agent(&self, attempt: AttemptId) -> Result<bool> {
        self.read(move |connection| queries::is_unambiguous_by_agent(connection, attempt)).await
    }

    async fn is_unambiguous_by_task(&self, attempt: AttemptId) -> Result<bool> {
        self.read(move |connection| queries::is_unambiguous_by_task(connection, attempt)).await
    }

    async fn rings(&self, tenant: &TenantId, to: &PhoneNumber, since: Timestamp) -> Result<u32> {
        let (tenant, person) = (tenant.clone(), self.key.person(to));
        self.read(move |connection| {
            queries::rings(connection, tenant.as_str(), &person, micros(since))
        })
        .await
    }
}

#[async_trait]
impl Inbox for SqliteJournal {
    async fn store_webhook(&self, webhook: &StoredWebhook) -> Result<bool> {
        let (webhook, hash) =
            (webhook.clone(), self.key.hash(Domain::StoredWebhook, &webhook.body));
        self.writer
            .run_without_savepoint(move |connection| {
                inbox::store_webhook(connection, &webhook, &hash)
            })
            .await
    }

    async fn mark_handled(&self, webhook: &StoredWebhook, at: Timestamp) -> Result<()> {
        let (attempt, hash) =
            (webhook.attempt, self.key.hash(Domain::StoredWebhook, &webhook.body));
        self.writer
            .run_without_savepoint(move |connection| {
                inbox::mark_handled(connection, attempt, &hash, micros(at))
            })
            .await
    }

    async fn pending_webhooks(&self) -> Result<Vec<StoredWebhook>> {
        self.read(inbox::pending_webhooks).await
    }
}

#[async_trait]
impl Membership for SqliteJournal {
    /// The lock proves that this process is alive. Only a deleted lock file has to be detected.
    async fn beat(&self, _at: Timestamp) -> Result<()> {
        let mine = self.presence();
        let asked = Arc::clone(&mine);
        if self.read(move |connection| asked.is_known(connection)).await? {
            return Ok(());
        }
        let directory = mine.directory().to_owned();
        let new =
            self.writer.run(move |connection| processes::join(connection, &directory)).await?;
        *self.presence.lock() = Arc::new(new);
        Ok(())
    }

    async fn take_over(&self, _at: Timestamp) -> Result<Vec<Call>> {
        let mine = self.presence();
        self.writer.run(move |connection| mine.take_over(connection)).await
    }

    async fn news(&self) -> Result<Vec<News>> {
        let mine = self.presence();
        self.read(move |connection| news::news(connection, mine.epoch())).await
    }

    async fn acted(&self, acted: &[News]) -> Result<()> {
        let (mine, acted) = (self.presence(), acted.to_vec());
        self.writer.run(move |connection| news::acted(connection, &acted, mine.epoch())).await
    }

    fn is_shared(&self) -> bool {
        true
    }
}

#[async_trait]
impl AuditLog for SqliteJournal {
    async fn append_audit(&self, decision: &AuditEntry) -> Result<u64> {
        let row = DecisionRow::new(decision)?;
        self.writer
            .run_without_savepoint(move |connection| audit::append_audit(connection, &row))
            .await
    }

    async fn audit_entries(&self, topic: AuditTopic, since: u64) -> Result<Vec<(u64, AuditEntry)>> {
        self.read(move |connection| audit::audit_entries(connection, topic, after(since))).await
    }

    async fn audit_page(&self, query: &AuditQuery) -> Result<Vec<(u64, AuditEntry)>> {
        let query = query.clone();
        self.read(move |connection| audit::audit_page(connection, &query)).await
    }
}
