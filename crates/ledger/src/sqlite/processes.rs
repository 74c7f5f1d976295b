//! Which processes have the ledger open, proven by the operating system.
//!
//! Each open journal holds a lock on a file of its own, in a directory next to the ledger. The
//! system releases the lock however a process ends, so a process whose lock can be taken, or whose
//! file is missing, is dead. This is detected immediately, and never for a process that is only
//! slow. Joining and looking for dead processes happen in write transactions, of which there is one
//! at a time, so nobody can look between the creation of a file and its locking.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, TransactionBehavior};
use switchboard_core::{Call, CallId, Error, ErrorKind, Result};

use crate::{
    refusal::failed,
    select::NEEDS_OWNER,
    sqlite::{
        directory::make_directory,
        news,
        queries::{self, CALL_COLUMNS},
        tx::{TxError, TxResult},
    },
};

const JOIN: &str =
    "INSERT INTO processes (started_at) VALUES (CAST(unixepoch('subsec') * 1000000 AS INTEGER))";
const KNOWN: &str = "SELECT epoch FROM processes";
const FORGET: &str = "DELETE FROM processes WHERE epoch = ?1";

/// One open journal. Its calls can be taken over once this is dropped.
#[derive(Debug)]
pub(crate) struct Presence {
    epoch: i64,
    directory: PathBuf,
    /// The locked file.
    _file: File,
}

impl Drop for Presence {
    fn drop(&mut self) {
        // If this fails, the next process that looks removes the file.
        let _ = fs::remove_file(lock_file(&self.directory, self.epoch));
    }
}

/// Next to the file itself and not to a link, because all processes have to use the same directory.
pub(crate) fn directory(ledger: &Path) -> io::Result<PathBuf> {
    let mut name = OsString::from(ledger.canonicalize()?);
    name.push("-processes");
    Ok(name.into())
}

fn lock_file(directory: &Path, epoch: i64) -> PathBuf {
    directory.join(format!("{epoch}.lock"))
}

/// Joins in a separate transaction.
pub(crate) fn enter(connection: &mut Connection, directory: &Path) -> Result<Presence> {
    let broken = |source| failed("being opened", source);
    let change =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(broken)?;
    let presence = join(&change, directory).map_err(|stop| match stop {
        TxError::Refused(error) => error,
        TxError::Failed(source) => broken(source),
    })?;
    change.commit().map_err(broken)?;
    Ok(presence)
}

/// Takes the next epoch. Must be called in a write transaction.
pub(crate) fn join(connection: &Connection, directory: &Path) -> TxResult<Presence> {
    connection.prepare_cached(JOIN)?.execute([])?;
    let epoch = connection.last_insert_rowid();
    let lock = || -> io::Result<File> {
        make_directory(directory)?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(lock_file(directory, epoch))?;
        file.try_lock()?;
        Ok(file)
    };
    let file = lock().map_err(|source| {
        Error::new(
            ErrorKind::Configuration,
            format!(
                "{} cannot keep locks: put the ledger on a local disk that may be written",
                directory.display()
            ),
        )
        .with_field("ledger")
        .with_source(source)
    })?;
    Ok(Presence { epoch, directory: directory.to_owned(), _file: file })
}

/// How many processes hold a lock in this directory. Must be called in a write transaction.
pub(crate) fn seen(directory: &Path) -> usize {
    let files = fs::read_dir(directory).into_iter().flatten().flatten();
    let locks = files
        .map(|file| file.path())
        .filter(|file| file.extension().is_some_and(|end| end == "lock"));
    locks.filter(|file| File::open(file).is_ok_and(|file| file.try_lock().is_err())).count()
}

impl Presence {
    pub(crate) fn epoch(&self) -> i64 {
        self.epoch
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// False if another process considers this one dead, or will as soon as it looks.
    pub(crate) fn is_known(&self, connection: &Connection) -> TxResult<bool> {
        Ok(lock_file(&self.directory, self.epoch).exists()
            && known(connection)?.contains(&self.epoch))
    }

    /// True if the process is proven dead. A lock that cannot be checked counts as held.
    fn sees_gone(&self, epoch: i64) -> bool {
        match File::open(lock_file(&self.directory, epoch)) {
            Ok(file) => file.try_lock().is_ok(),
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        }
    }

    /// How many processes are not proven dead, this one included. What is read here is committed, so
    /// its lock is taken already: looking disturbs nobody.
    pub(crate) fn living(&self, connection: &Connection) -> TxResult<u32> {
        let others = known(connection)?.into_iter().filter(|epoch| *epoch != self.epoch);
        let living = others.filter(|epoch| !self.sees_gone(*epoch)).count();
        Ok(u32::try_from(living).unwrap_or(u32::MAX).saturating_add(1))
    }

    /// Takes over the calls of dead processes, oldest first. Must be called in a write transaction.
    pub(crate) fn take_over(&self, connection: &Connection) -> TxResult<Vec<Call>> {
        let known = known(connection)?;
        if !known.contains(&self.epoch) {
            return Ok(Vec::new());
        }
        for epoch in known.into_iter().filter(|epoch| *epoch != self.epoch) {
            if self.sees_gone(epoch) {
                connection.prepare_cached(FORGET)?.execute([epoch])?;
                let _ = fs::remove_file(lock_file(&self.directory, epoch));
            }
        }
        let take = format!(
            "UPDATE calls SET epoch = ?1 WHERE {NEEDS_OWNER} AND status <> 'closed' AND epoch <> ?1 \
             AND epoch NOT IN (SELECT epoch FROM processes) RETURNING {CALL_COLUMNS}"
        );
        let mut statement = connection.prepare_cached(&take)?;
        let rows = statement.query_map([self.epoch], queries::call_row)?;
        let mut calls = Vec::new();
        for row in rows.collect::<rusqlite::Result<Vec<_>>>()? {
            let attempts = queries::attempts(connection, CallId::new(row.id))?;
            calls.extend(row.read(attempts)?);
        }
        calls.sort_unstable_by_key(|call| call.id);
        news::take_over(connection, self.epoch)?;
        Ok(calls)
    }
}

fn known(connection: &Connection) -> rusqlite::Result<Vec<i64>> {
    let mut statement = connection.prepare_cached(KNOWN)?;
    let rows = statement.query_map([], |row| row.get(0))?;
    rows.collect()
}
