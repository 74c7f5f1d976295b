//! Makes a copy of the file while calls are placed.
//!
//! Copying the file with system tools would mix states of different times and omit the write-ahead
//! log. SQLite copies a consistent state row by row, and deleted data is not in the copy.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use rusqlite::Connection;
use switchboard_core::{Error, ErrorKind, Result};
use uuid::Uuid;

use crate::{maintenance::Backup, refusal::failed, sqlite::file};

/// The copy has another name until it is complete, so that a partial copy is never mistaken for a
/// whole one.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<Backup> {
    let cannot = |source: io::Error| {
        Error::new(ErrorKind::Configuration, format!("{} cannot be made", to.display()))
            .with_field("to")
            .with_source(source)
    };
    let exists = || {
        Error::new(
            ErrorKind::Conflict,
            format!("{} is there already: name another file", to.display()),
        )
        .with_code("backup_exists")
        .with_field("to")
    };
    if to.symlink_metadata().is_ok() {
        return Err(exists());
    }
    let half = half(to).map_err(cannot)?;
    let whole = fill(from, &half.0).and_then(|()| {
        let bytes = File::open(&half.0)
            .and_then(|file| file.sync_all().and_then(|()| file.metadata()))
            .map_err(cannot)?
            .len();
        // Unlike a rename, this never replaces another file.
        match fs::hard_link(&half.0, to) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(exists()),
            Err(_) if to.symlink_metadata().is_ok() => return Err(exists()),
            Err(_) => fs::rename(&half.0, to).map_err(cannot)?,
        }
        Ok(bytes)
    });
    drop(half);
    let bytes = whole?;
    #[cfg(unix)]
    File::open(directory(to)).and_then(|directory| directory.sync_all()).map_err(cannot)?;
    Ok(Backup::new(to.to_owned(), bytes))
}

/// An incomplete copy, which is deleted when this is dropped.
struct Half(PathBuf);

impl Drop for Half {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn directory(file: &Path) -> &Path {
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        Some(_) | None => Path::new("."),
    }
}

fn half(to: &Path) -> io::Result<Half> {
    let name = to.file_name().ok_or(io::ErrorKind::InvalidFilename)?.to_string_lossy();
    let path = directory(to).join(format!(".{name}.{}", Uuid::new_v4().simple()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&path).map(|_| Half(path))
}

/// SQLite treats an empty file like a missing one, so the copy keeps the permissions of the file
/// created here.
fn fill(from: &Path, half: &Path) -> Result<()> {
    let ledger = file::connect(from)?;
    let copied = || -> rusqlite::Result<String> {
        let name = half.to_str().ok_or_else(|| rusqlite::Error::InvalidPath(half.to_owned()))?;
        ledger.execute("VACUUM INTO ?1", [name])?;
        let copy = Connection::open(half)?;
        copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
    };
    match copied() {
        Ok(said) if said == "ok" => Ok(()),
        Ok(_) => Err(Error::new(
            ErrorKind::Journal,
            "the copy is damaged, and so may be the ledger: check it",
        )),
        Err(source) => Err(failed("being copied", source)),
    }
}
