//! The ledger in one file.
//!
//! | file | why it is there |
//! |---|---|
//! | `file.rs` | makes the file and settles how it is written |
//! | `schema.rs` | migrations, and whether the law is in it |
//! | `writer.rs` | one writer, which commits for everybody who waits |
//! | `queries.rs` | every SQL text |

mod file;
mod queries;
mod schema;
mod writer;

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use jiff::Timestamp;
use parking_lot::Mutex;
use rusqlite::Connection;
use switchboard_core::{AttemptId, Call, CallId, Error, ProviderCallId, ProviderId, Result, ValidCall};
use switchboard_router::{Journal, NewCall, Opened, Recorded, Selection, state::Fact};

use crate::{
    change::Opening,
    history::Entry,
    key::HashKey,
    refusal::{Halt, failed},
    row::escape,
    select::UNSETTLED,
};
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

/// Keeps calls in one SQLite file, `journal_mode=WAL` and `synchronous=FULL`. Other processes may open the same file.
///
/// It needs a Tokio runtime, on whose threads for blocking work it reads and writes.
pub struct SqliteJournal {
    path: PathBuf,
    key: HashKey,
    writer: Arc<Writer>,
    readers: Arc<Mutex<Vec<Connection>>>,
    halt: Arc<Halt>,
}

impl SqliteJournal {
    /// Opens the ledger in this file, with a hash key of its own; makes both, and the directory, where they are missing.
    ///
    /// # Errors
    /// `Configuration` where the file is no ledger, is damaged, was made by a newer version, lacks a rule or has a key that the
    /// configuration has to give; `Journal` where the disk fails.
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
        let (connection, key) = blocking(move || file::open(&opened, key)).await?;
        let halt = Arc::new(Halt::default());
        Ok(Self {
            path,
            key,
            writer: Arc::new(Writer::new(connection, Arc::clone(&halt))),
            readers: Arc::default(),
            halt,
        })
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
    async fn read<T: Send + 'static>(&self, work: impl FnOnce(&Connection) -> Answer<T> + Send + 'static) -> Result<T> {
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
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(source) => Err(failed("running", source)),
    }
}

#[async_trait]
impl Journal for SqliteJournal {
    async fn open(&self, call: NewCall) -> Result<Opened> {
        let opening = Opening::new(call, &self.key)?;
        self.writer.run(move |connection| queries::open(connection, opening)).await
    }

    async fn record(&self, id: CallId, fact: Fact, at: Timestamp) -> Result<Recorded> {
        self.writer.run(move |connection| queries::record(connection, id, fact, at)).await
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

    async fn list(&self) -> Result<Vec<Call>> {
        self.select(&Selection::default()).await
    }

    async fn select(&self, selection: &Selection) -> Result<Vec<Call>> {
        let selection = selection.clone();
        self.read(move |connection| queries::select(connection, &selection)).await
    }

    async fn unfinished(&self) -> Result<Vec<Call>> {
        let unsettled = Selection {
            statuses: UNSETTLED.to_vec(),
            ..Selection::default()
        };
        self.select(&unsettled).await
    }
}
