//! The ledger in one file.
//!
//! | file | why it is there |
//! |---|---|
//! | `file.rs` | makes the file and settles how it is written |
//! | `private.rs` | whether it is its owner's alone |
//! | `schema.rs` | migrations, and whether the law is in it |
//! | `writer.rs` | one writer, which commits for everybody who waits |
//! | `processes.rs` | who has the ledger open, and who is gone |
//! | `news.rs` | what other processes wrote to a process's calls |
//! | `queries.rs` | calls, their attempts and what happened to them |
//! | `stock.rs` | what attempts take: certainty, slots, rooms and budgets |
//! | `decisions.rs` | what was decided that is about no single call |
//! | `inbox.rs` | webhooks, kept before they are handled |
//! | `check.rs` | whether it is sound |
//! | `upkeep.rs` | erasing and sweeping |
//! | `backup.rs` | a copy while calls go on |

mod backup;
mod check;
mod decisions;
mod file;
mod inbox;
mod news;
mod private;
mod processes;
mod queries;
mod schema;
mod stock;
mod upkeep;
mod writer;

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use jiff::Timestamp;
use parking_lot::Mutex;
use rusqlite::Connection;
use switchboard_core::{
    AttemptId, Call, CallId, Error, PhoneNumber, ProviderCallId, ProviderId, Result, TenantId,
    ValidCall,
};
use switchboard_journal::{Journal, Letter, NewCall, News, Opened, Recorded, Selection, Write};
use switchboard_router::{Decision, Topic};

use crate::{
    change::Opening,
    decision::{DecisionRow, after},
    history::Entry,
    key::{Domain, HashKey},
    refusal::{Halt, failed},
    row::{escape, micros},
    select::UNSETTLED,
};
use processes::Presence;
use queries::Answer;
use writer::Writer;

/// How many connections wait for readers.
const READERS: usize = 4;

/// Why a transaction did not happen.
#[derive(Debug)]
enum Stop {
    /// A rule forbids it: nothing is wrong with the ledger.
    Refused(Error),
    /// The database failed.
    Broken(rusqlite::Error),
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Stop::Broken(error)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Refused(error)
    }
}

/// Keeps calls in one SQLite file, `journal_mode=WAL` and `synchronous=FULL`. Other processes may
/// open the same file; beside it, in a directory of its name and `-processes`, stands a locked file
/// for each that has.
///
/// It needs a Tokio runtime, on whose threads for blocking work it reads and writes.
pub struct SqliteJournal {
    path: PathBuf,
    key: HashKey,
    writer: Arc<Writer>,
    readers: Arc<Mutex<Vec<Connection>>>,
    halt: Arc<Halt>,
    /// Whose calls are ours. What still waits to be written has its own hold on it.
    presence: Mutex<Arc<Presence>>,
}

impl SqliteJournal {
    /// Opens the ledger in this file, with a hash key of its own; makes both, and the directory,
    /// where they are missing.
    ///
    /// # Errors
    /// `Configuration` where the file is no ledger, is damaged, was made by a newer version, lacks
    /// a rule or has a key that the configuration has to give; `Journal` where the disk fails.
    pub async fn open(path: impl Into<PathBuf>) -> Result<Self> {
        Self::open_with_key(path, None).await
    }

    /// The same with a hash key from the configuration, which is then not kept in the file.
    ///
    /// # Errors
    /// As for [`SqliteJournal::open`]; `Configuration` where the ledger was made with another key.
    pub async fn open_with_key(path: impl Into<PathBuf>, key: Option<HashKey>) -> Result<Self> {
        let path = path.into();
        let opened = path.clone();
        let opened = blocking(move || file::open(&opened, key)).await?;
        Ok(Self::new(path, opened))
    }

    /// `synchronous=NORMAL`, which acknowledges before the disk does: what the power-loss test has
    /// to find wanting. Never for calls.
    ///
    /// # Errors
    /// As for [`SqliteJournal::open`].
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
            halt,
            presence: Mutex::new(Arc::new(opened.presence)),
        }
    }

    fn presence(&self) -> Arc<Presence> {
        Arc::clone(&self.presence.lock())
    }

    /// What stands for a person in this ledger.
    pub fn key(&self) -> &HashKey {
        &self.key
    }

    /// Everything that happened to a call, in order. Empty where there is no such call.
    ///
    /// # Errors
    /// `Journal` where it cannot be read.
    pub async fn history(&self, id: CallId) -> Result<Vec<Entry>> {
        self.read(move |connection| queries::history(connection, id)).await
    }

    /// Runs on a connection that only reads, in one snapshot.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Answer<T> + Send + 'static,
    ) -> Result<T> {
        self.halt.check()?;
        let (path, readers) = (self.path.clone(), Arc::clone(&self.readers));
        blocking(move || {
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
                    let mut readers = readers.lock();
                    if readers.len() < READERS {
                        readers.push(connection);
                    }
                    Ok(read)
                }
                Err(Stop::Refused(error)) => Err(error),
                Err(Stop::Broken(source)) => Err(failed("reading", source)),
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

/// Runs where threads may block. While it runs, a paused Tokio clock stands still.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(source) => Err(failed("running", source)),
    }
}

#[async_trait]
impl Journal for SqliteJournal {
    async fn open(&self, call: NewCall) -> Result<Opened> {
        let (opening, mine) = (Opening::new(call, &self.key)?, self.presence());
        self.writer
            .run_whole(move |connection| queries::open(connection, opening, mine.epoch()))
            .await
    }

    async fn write(&self, id: CallId, write: Write, at: Timestamp) -> Result<Recorded> {
        let mine = self.presence();
        self.writer
            .run(move |connection| queries::write(connection, id, write, at, mine.epoch()))
            .await
    }

    async fn get(&self, id: CallId) -> Result<Option<Call>> {
        self.read(move |connection| queries::call(connection, id)).await
    }

    async fn request(&self, id: CallId) -> Result<Option<Arc<ValidCall>>> {
        self.read(move |connection| queries::request(connection, id)).await
    }

    async fn owner(&self, provider: &ProviderId, id: &ProviderCallId) -> Result<Option<CallId>> {
        let (provider, id) = (provider.as_str().to_owned(), escape(id.as_str()));
        self.read(move |connection| Ok(queries::owner(connection, &provider, &id)?)).await
    }

    async fn call_of(&self, attempt: AttemptId) -> Result<Option<CallId>> {
        self.read(move |connection| queries::call_of(connection, attempt)).await
    }

    async fn is_alone(&self, attempt: AttemptId) -> Result<bool> {
        self.read(move |connection| queries::is_alone(connection, attempt)).await
    }

    async fn is_alone_by_task(&self, attempt: AttemptId) -> Result<bool> {
        self.read(move |connection| queries::is_alone_by_task(connection, attempt)).await
    }

    async fn rings(&self, tenant: &TenantId, to: &PhoneNumber, since: Timestamp) -> Result<u32> {
        let (tenant, person) = (tenant.clone(), self.key.person(to));
        self.read(move |connection| {
            queries::rings(connection, tenant.as_str(), &person, micros(since))
        })
        .await
    }

    async fn list(&self) -> Result<Vec<Call>> {
        self.select(&Selection::default()).await
    }

    async fn select(&self, selection: &Selection) -> Result<Vec<Call>> {
        let selection = selection.clone();
        self.read(move |connection| queries::select(connection, &selection)).await
    }

    async fn unfinished(&self) -> Result<Vec<Call>> {
        let unsettled = Selection { statuses: UNSETTLED.to_vec(), ..Selection::default() };
        self.select(&unsettled).await
    }

    async fn take_in(&self, letter: &Letter) -> Result<bool> {
        let (letter, hash) = (letter.clone(), self.key.hash(Domain::Letter, &letter.body));
        self.writer.run_whole(move |connection| inbox::take_in(connection, &letter, &hash)).await
    }

    async fn handled(&self, letter: &Letter, at: Timestamp) -> Result<()> {
        let (attempt, hash) = (letter.attempt, self.key.hash(Domain::Letter, &letter.body));
        self.writer
            .run_whole(move |connection| inbox::handled(connection, attempt, &hash, micros(at)))
            .await
    }

    async fn unhandled(&self) -> Result<Vec<Letter>> {
        self.read(inbox::unhandled).await
    }

    /// The lock says that this process lives. What is left to see is whether somebody took the
    /// lock's file away.
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

    async fn decide(&self, decision: &Decision) -> Result<u64> {
        let row = DecisionRow::new(decision)?;
        self.writer.run_whole(move |connection| decisions::decide(connection, &row)).await
    }

    async fn decisions(&self, topic: Topic, since: u64) -> Result<Vec<(u64, Decision)>> {
        self.read(move |connection| decisions::decisions(connection, topic, after(since))).await
    }

    fn tag(&self, to: &PhoneNumber) -> Option<String> {
        Some(self.key.tag(to))
    }

    fn is_shared(&self) -> bool {
        true
    }
}
