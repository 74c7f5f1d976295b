//! A copy of the file while calls go on.
//!
//! Copying the file with the tools of the system makes a copy of two moments, and leaves out what
//! stands in the write-ahead log. SQLite copies row by row as of one moment, and what was deleted
//! is not in the copy.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use rusqlite::Connection;
use switchboard_core::{Error, ErrorKind, Result};
use uuid::Uuid;

use crate::{refusal::failed, sqlite::file, upkeep::Backup};

/// Under another name until it is whole, so that nobody takes half a copy for one.
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
        // Unlike a rename this never takes another file's place.
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

/// A file that is not whole yet; it goes away with this.
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

/// SQLite takes an empty file for one that is not there: the copy has the rights that it was made
/// with.
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
