//! Creates and configures the file.

use std::{fs::OpenOptions, io, path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags, config::DbConfig};
use switchboard_core::{Error, ErrorKind, Result};

use crate::{
    key::HashKey,
    refusal::failed,
    sqlite::{
        directory::make_directory,
        private,
        processes::{self, Presence},
        schema::{migrate, settle_key},
    },
};

/// How long to wait for another process that holds the ledger.
const PATIENCE: Duration = Duration::from_secs(10);
const STATEMENTS: usize = 64;
/// The page cache of the writer in KiB (negative, so 16 MiB): hashes of people are random, so each
/// new call touches another page of their index. Not larger, because some commits scan the whole
/// cache.
const CACHE: i64 = -16_384;
/// The number of pages in the write-ahead log, 16 MiB, before they are copied into the ledger: each
/// copy syncs the disk twice.
const LOG: i64 = 4_000;

/// An opened ledger file.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) connection: Connection,
    pub(crate) key: HashKey,
    pub(crate) presence: Presence,
}

/// Opens the file, and creates it if it does not exist.
pub(crate) fn open(path: &Path, key: Option<HashKey>) -> Result<Opened> {
    let made = make(path).and_then(|()| processes::directory(path));
    let directory = made.map_err(|source| {
        Error::new(ErrorKind::Configuration, format!("{} cannot be made or opened", path.display()))
            .with_field("ledger")
            .with_source(source)
    })?;
    private::check(path, &directory)?;
    let mut connection = connect(path)?;
    keep(&connection)?;
    migrate(&mut connection)?;
    let key = settle_key(&mut connection, key)?;
    let presence = processes::enter(&mut connection, &directory)?;
    Ok(Opened { connection, key, presence })
}

/// Like [`open`], with commits that are acknowledged before they are on disk.
#[cfg(feature = "test-util")]
pub(crate) fn open_forgetful(path: &Path) -> Result<Opened> {
    let opened = open(path, None)?;
    opened
        .connection
        .pragma_update(None, "synchronous", "NORMAL")
        .map_err(|source| failed("being opened", source))?;
    Ok(opened)
}

/// Opens a read-only connection.
pub(crate) fn reader(path: &Path) -> Result<Connection> {
    let connection = connect(path)?;
    connection
        .pragma_update(None, "query_only", true)
        .map_err(|source| failed("being opened", source))?;
    Ok(connection)
}

/// Opens a connection that can write.
pub(crate) fn connect(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let settle = || -> rusqlite::Result<Connection> {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(PATIENCE)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        // Erased and replaced data must not stay in free pages.
        connection.pragma_update(None, "secure_delete", true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
        Ok(connection)
    };
    settle().map_err(|source| failed("being opened", source))
}

/// Uses a write-ahead log, with every commit synced to disk before it returns.
fn keep(connection: &Connection) -> Result<()> {
    let mode = wal(connection).map_err(|source| match source.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => {
            Error::new(
                ErrorKind::Configuration,
                "the file is no ledger, or is damaged: name another file, or restore a backup",
            )
            .with_field("ledger")
            .with_source(source)
        }
        _ => failed("being opened", source),
    })?;
    let full = || -> rusqlite::Result<i64> {
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "wal_autocheckpoint", LOG)?;
        connection.pragma_update(None, "cache_size", CACHE)?;
        connection.pragma_query_value(None, "synchronous", |row| row.get(0))
    };
    let synchronous = full().map_err(|source| failed("being opened", source))?;
    if mode != "wal" || synchronous != 2 {
        return Err(Error::new(
            ErrorKind::Configuration,
            format!("the file's disk cannot keep a write-ahead log (journal mode {mode}): put the ledger on a local disk"),
        )
        .with_field("ledger"));
    }
    Ok(())
}

/// SQLite does not wait for another process that is changing the mode, but it does wait to begin a
/// transaction.
fn wal(connection: &Connection) -> rusqlite::Result<String> {
    let mut tries = 0;
    loop {
        match connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)) {
            Err(error)
                if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
                    && tries < 50 =>
            {
                tries += 1;
                connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK")?;
            }
            result => return result,
        }
    }
}

/// The file contains phone numbers and conversations, so only its owner may read it. An existing
/// file is not opened, because closing it would release the SQLite locks of all other journals in
/// this process.
fn make(path: &Path) -> io::Result<()> {
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        make_directory(directory)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_file() => Ok(()),
        made => made.map(|_| ()),
    }
}
