//! A ledger of either kind, with the operations for its maintenance.
//!
//! Placing calls only needs a [`Journal`]. Checking, copying and erasing are not in that trait,
//! because a journal in memory does not need them.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use switchboard_core::{CallId, Error, ErrorKind, PhoneNumber, Result};
use switchboard_journal::{Journal, Selection, server::ServerStore};

#[cfg(feature = "postgres")]
use crate::postgres::PostgresJournal;
#[cfg(feature = "sqlite")]
use crate::sqlite::SqliteJournal;
use crate::{
    commit::CommitObserver,
    history::{CallRecord, Entry},
    key::HashKey,
    look::Look,
    maintenance::{Backup, Check, CheckProgress, Erased, Retention, Swept},
};

/// The error for a database that this program was built without.
#[cfg(not(all(feature = "sqlite", feature = "postgres")))]
fn not_built(database: &str, feature: &str) -> Error {
    Error::new(
        ErrorKind::Configuration,
        format!("this program was built without {database}: build it with the feature `{feature}`"),
    )
}

/// An open ledger. Clones refer to the same ledger.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use switchboard_ledger::Ledger;
///
/// let directory = tempfile::tempdir().unwrap();
/// let ledger = Ledger::file(directory.path().join("calls.db"), None).await?;
/// assert!(ledger.check().await?.is_consistent());
/// ledger.backup(&directory.path().join("calls.backup.db")).await?;
/// # Ok::<(), switchboard_core::Error>(())
/// # }).unwrap();
/// ```
#[derive(Debug, Clone)]
pub enum Ledger {
    /// A SQLite file.
    #[cfg(feature = "sqlite")]
    Sqlite(Arc<SqliteJournal>),
    /// A PostgreSQL database, which several processes can share.
    #[cfg(feature = "postgres")]
    Postgres(Arc<PostgresJournal>),
}

impl Ledger {
    /// Opens the ledger in this file, and creates it if it does not exist.
    ///
    /// # Errors
    /// The same as for `SqliteJournal::open_with_key`; `Configuration` if the program was built
    /// without the feature `sqlite`.
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
    /// The same as for `PostgresJournal::connect_with_key`; `Configuration` if the program was
    /// built without the feature `postgres`.
    pub async fn postgres(url: &str, key: Option<HashKey>) -> Result<Self> {
        #[cfg(feature = "postgres")]
        return Ok(Self::Postgres(Arc::new(PostgresJournal::connect_with_key(url, key).await?)));
        #[cfg(not(feature = "postgres"))]
        {
            let (_, _) = (url, key);
            Err(not_built("PostgreSQL", "postgres"))
        }
    }

    /// The version of the schema that an opened ledger has, for each database that this program was
    /// built with: `sqlite`, `postgres`.
    pub fn schema_versions() -> impl Iterator<Item = (&'static str, usize)> {
        [
            #[cfg(feature = "sqlite")]
            ("sqlite", crate::sqlite::SCHEMA_VERSION),
            #[cfg(feature = "postgres")]
            ("postgres", crate::postgres::SCHEMA_VERSION),
        ]
        .into_iter()
    }

    /// Looks at the ledger in this file, which must exist, without changing it: an older one is not
    /// brought up to this version. Searching for damage ends after `patience`.
    ///
    /// # Errors
    /// `Configuration` if the file is no ledger or others may read it, or if the program was built
    /// without the feature `sqlite`; `Journal` if it cannot be read.
    pub async fn look_at_file(path: impl Into<PathBuf>, patience: Duration) -> Result<Look> {
        #[cfg(feature = "sqlite")]
        return crate::sqlite::look(path.into(), patience).await;
        #[cfg(not(feature = "sqlite"))]
        {
            let (_, _): (PathBuf, Duration) = (path.into(), patience);
            Err(not_built("SQLite", "sqlite"))
        }
    }

    /// Looks at the ledger at `postgres://user:password@host/database` without changing it, for at
    /// most this long.
    ///
    /// # Errors
    /// `Configuration` for a wrong address, or if the program was built without the feature
    /// `postgres`; `Timeout`; `Journal` if it cannot be read.
    pub async fn look_at_postgres(url: &str, patience: Duration) -> Result<Look> {
        #[cfg(feature = "postgres")]
        return crate::postgres::look(url, patience).await;
        #[cfg(not(feature = "postgres"))]
        {
            let (_, _) = (url, patience);
            Err(not_built("PostgreSQL", "postgres"))
        }
    }

    /// The journal for placing calls.
    pub fn journal(&self) -> Arc<dyn Journal> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ledger) => Arc::clone(ledger) as Arc<dyn Journal>,
            #[cfg(feature = "postgres")]
            Self::Postgres(ledger) => Arc::clone(ledger) as Arc<dyn Journal>,
        }
    }

    /// What a server keeps beside the calls.
    pub fn server(&self) -> Arc<dyn ServerStore> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ledger) => Arc::clone(ledger) as Arc<dyn ServerStore>,
            #[cfg(feature = "postgres")]
            Self::Postgres(ledger) => Arc::clone(ledger) as Arc<dyn ServerStore>,
        }
    }

    /// Has this observer told about each commit of this process, for metrics. A ledger has one
    /// observer: the first one stays.
    pub fn observe(&self, observer: Arc<dyn CommitObserver>) {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ledger) => ledger.observe(observer),
            #[cfg(feature = "postgres")]
            Self::Postgres(ledger) => ledger.observe(observer),
        }
    }

    /// Returns all events of a call, in order. After an erasure they have a kind but no content.
    /// Empty if the call does not exist.
    ///
    /// # Errors
    /// `Journal` if it cannot be read.
    pub async fn history(&self, id: CallId) -> Result<Vec<Entry>> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ledger) => ledger.history(id).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(ledger) => ledger.history(id).await,
        }
    }

    /// The calls of a selection, oldest first, with their requests and events. A large ledger is read
    /// page by page: [`Selection::limit`], and [`Selection::after`] the last call of the page before.
    /// It costs less than to read each call by itself.
    ///
    /// # Errors
    /// `Journal` if they cannot be read.
    pub async fn records(&self, selection: &Selection) -> Result<Vec<CallRecord>> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ledger) => ledger.records(selection).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(ledger) => ledger.records(selection).await,
        }
    }

    /// Checks everything that can be verified without a provider. Calls can be placed meanwhile.
    /// They are read in pages, so a ledger of any size can be checked.
    ///
    /// # Errors
    /// `Journal` if the ledger cannot be read at all. Wrong content is not an error but a
    /// [`Problem`](crate::Problem).
    pub async fn check(&self) -> Result<Check> {
        self.check_and_tell(|_| ()).await
    }

    /// Does the same as [`Ledger::check`], and tells meanwhile how far it is.
    ///
    /// # Errors
    /// As [`Ledger::check`].
    pub async fn check_and_tell(
        &self,
        tell: impl Fn(CheckProgress) + Send + Sync,
    ) -> Result<Check> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ledger) => ledger.check(&tell).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(ledger) => ledger.check(&tell).await,
        }
    }

    /// Makes a consistent copy while calls are placed. When this returns, the copy is checked and
    /// on disk. It is a ledger in one file. It still contains what is erased later, so copies need
    /// a retention policy of their own.
    ///
    /// # Errors
    /// `Conflict` if the file exists; `Configuration` if it cannot be created; `Unsupported` for
    /// PostgreSQL, which has its own tools; `Journal` if the ledger cannot be read.
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

    /// Destroys the data of a person in all tenants: number, request, content, responses and error
    /// messages. Their calls stay, with times, states and a keyed hash of the number; see
    /// [`crate::maintenance`] for each column. Erasing again has no further effect.
    ///
    /// It does not reach data elsewhere: logs, backups, the providers' records, the free space of
    /// the disk.
    ///
    /// # Errors
    /// `Conflict` with the code `not_settled` if one of the calls may still change, including
    /// `Indeterminate` and `Stalled`: the message names them, and nothing was destroyed. `Conflict`
    /// with the code `still_in_file` if everything was destroyed but a long read of another process
    /// keeps the old pages in the file: erase again when it has finished.
    pub async fn erase(&self, person: &PhoneNumber, at: Timestamp) -> Result<Erased> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ledger) => ledger.erase(person, at).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(ledger) => ledger.erase(person, at).await,
        }
    }

    /// Destroys data of finished calls that is older than its retention. The age of a call is the
    /// time since it last changed.
    ///
    /// # Errors
    /// `Journal` if the ledger cannot be read or written. What was destroyed until then stays
    /// destroyed.
    pub async fn sweep(&self, retention: &Retention, at: Timestamp) -> Result<Swept> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ledger) => ledger.sweep(retention, at).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(ledger) => ledger.sweep(retention, at).await,
        }
    }

    /// Eight hexadecimal digits that identify a person in logs. Two people may have the same tag,
    /// so no decision may depend on it.
    pub fn tag(&self, person: &PhoneNumber) -> String {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ledger) => ledger.key().tag(person),
            #[cfg(feature = "postgres")]
            Self::Postgres(ledger) => ledger.key().tag(person),
        }
    }
}
