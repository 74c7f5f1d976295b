//! A ledger of either kind, for whoever looks after it.
//!
//! Placing calls needs a [`Journal`] and nothing else, and one that keeps nothing has nothing to
//! look after: checking, copying and erasing are therefore not in that trait.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;
use switchboard_core::{CallId, Error, ErrorKind, PhoneNumber, Result};
use switchboard_journal::Journal;

#[cfg(feature = "postgres")]
use crate::postgres::PostgresJournal;
#[cfg(feature = "sqlite")]
use crate::sqlite::SqliteJournal;
use crate::{
    history::Entry,
    key::HashKey,
    upkeep::{Backup, Check, Erased, Retention, Swept},
};

/// A database that this program was built without.
#[cfg(not(all(feature = "sqlite", feature = "postgres")))]
fn not_built(database: &str, feature: &str) -> Error {
    Error::new(
        ErrorKind::Configuration,
        format!("this program was built without {database}: build it with the feature `{feature}`"),
    )
}

/// A ledger that is open. A clone is the same ledger.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use switchboard_ledger::Ledger;
///
/// let directory = tempfile::tempdir().unwrap();
/// let ledger = Ledger::file(directory.path().join("calls.db"), None).await?;
/// assert!(ledger.check().await?.is_sound());
/// ledger.backup(&directory.path().join("calls.backup.db")).await?;
/// # Ok::<(), switchboard_core::Error>(())
/// # }).unwrap();
/// ```
#[derive(Debug, Clone)]
pub enum Ledger {
    /// In one file.
    #[cfg(feature = "sqlite")]
    Sqlite(Arc<SqliteJournal>),
    /// In a database that several processes share.
    #[cfg(feature = "postgres")]
    Postgres(Arc<PostgresJournal>),
}

impl Ledger {
    /// Opens the ledger in this file, and makes it where it is missing.
    ///
    /// # Errors
    /// As for `SqliteJournal::open_with_key`; `Configuration` in a program that was built without
    /// the feature `sqlite`.
    pub async fn file(path: impl Into<PathBuf>, key: Option<HashKey>) -> Result<Self> {
        #[cfg(feature = "sqlite")]
        return Ok(Self::Sqlite(Arc::new(SqliteJournal::open_with_key(path, key).await?)));
        #[cfg(not(feature = "sqlite"))]
        {
            let (_, _): (PathBuf, Option<HashKey>) = (path.into(), key);
            Err(not_built("SQLite", "sqlite"))
        }
    }

    /// Connects to the ledger at `postgres://user:password@host/database`.
    ///
    /// # Errors
    /// As for `PostgresJournal::connect_with_key`; `Configuration` in a program that was built
    /// without the feature `postgres`.
    pub async fn postgres(url: &str, key: Option<HashKey>) -> Result<Self> {
        #[cfg(feature = "postgres")]
        return Ok(Self::Postgres(Arc::new(PostgresJournal::connect_with_key(url, key).await?)));
        #[cfg(not(feature = "postgres"))]
        {
            let (_, _) = (url, key);
            Err(not_built("PostgreSQL", "postgres"))
        }
    }

    /// What a router writes to.
    pub fn journal(&self) -> Arc<dyn Journal> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ledger) => Arc::clone(ledger) as Arc<dyn Journal>,
            #[cfg(feature = "postgres")]
            Self::Postgres(ledger) => Arc::clone(ledger) as Arc<dyn Journal>,
        }
    }

    /// Everything that happened to a call, in order; the kinds without contents where it was
    /// erased. Empty where there is no such call.
    ///
    /// # Errors
    /// `Journal` where it cannot be read.
    pub async fn history(&self, id: CallId) -> Result<Vec<Entry>> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ledger) => ledger.history(id).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(ledger) => ledger.history(id).await,
        }
    }

    /// Everything that can be verified without asking a provider. Calls go on meanwhile, and are
    /// read a few at a time: a ledger of any size can be checked.
    ///
    /// # Errors
    /// `Journal` where it cannot be read at all. What is read and is wrong is no error, but a
    /// [`Problem`](crate::Problem).
    pub async fn check(&self) -> Result<Check> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ledger) => ledger.check().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(ledger) => ledger.check().await,
        }
    }

    /// A copy as of one moment, checked and on the disk when this returns, while calls go on. The
    /// copy is a ledger in one file; it keeps what is erased later, so copies have a retention of
    /// their own.
    ///
    /// # Errors
    /// `Conflict` where there is a file of this name already; `Configuration` where it cannot be
    /// made there; `Unsupported` in PostgreSQL, which brings its own tools; `Journal` where the
    /// ledger cannot be read.
    #[cfg_attr(
        not(feature = "sqlite"),
        expect(unused_variables, reason = "PostgreSQL brings its own tools")
    )]
    pub async fn backup(&self, to: &Path) -> Result<Backup> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ledger) => ledger.backup(to).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => Err(Error::new(
                ErrorKind::Unsupported,
                "a ledger in PostgreSQL is copied with the server's own tools: run `pg_dump --format=custom`",
            )),
        }
    }

    /// Destroys what is known of a person, in every tenant: number, request, what was said and
    /// answered, the words of errors. Their calls stay, as times, states and a keyed hash of the
    /// number; see [`crate::upkeep`] for each column. Twice is once.
    ///
    /// What was written elsewhere is out of its reach: logs, backups, the providers' own records,
    /// the free space of the disk.
    ///
    /// # Errors
    /// `Conflict` with the code `not_settled` where one of the calls may still go on,
    /// `Indeterminate` and `Stalled` included: the message names them and nothing was destroyed.
    /// `Conflict` with the code `still_in_file` where all was destroyed and another process's long
    /// read keeps the old pages in the file: erase again when it is done.
    pub async fn erase(&self, person: &PhoneNumber, at: Timestamp) -> Result<Erased> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ledger) => ledger.erase(person, at).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(ledger) => ledger.erase(person, at).await,
        }
    }

    /// Destroys what is older than it may become, of calls that are over. The age of a call is the
    /// time since it last changed.
    ///
    /// # Errors
    /// `Journal` where the ledger cannot be read or written. What was destroyed until then stays
    /// so.
    pub async fn sweep(&self, retention: &Retention, at: Timestamp) -> Result<Swept> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ledger) => ledger.sweep(retention, at).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(ledger) => ledger.sweep(retention, at).await,
        }
    }

    /// Eight hex digits that stand for a person in logs. Two people may share one: it is for
    /// reading, not for deciding.
    pub fn tag(&self, person: &PhoneNumber) -> String {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ledger) => ledger.key().tag(person),
            #[cfg(feature = "postgres")]
            Self::Postgres(ledger) => ledger.key().tag(person),
        }
    }
}
