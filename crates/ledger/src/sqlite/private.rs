//! Checks that only the owner of the ledger can access it.
//!
//! The ledger contains phone numbers and conversations. A file that others may read or change is
//! rejected rather than fixed: others may already have read it, and the configured path may be the
//! wrong file. Links are followed.

use std::path::Path;

use switchboard_core::Result;

/// Checks the file, the files that SQLite keeps next to it, and the directory of the locks. None of
/// them is opened, because closing one would release the SQLite locks of all other journals in this
/// process.
#[cfg(unix)]
pub(crate) fn check(ledger: &Path, locks: &Path) -> Result<()> {
    use std::{ffi::OsString, fs, os::unix::fs::MetadataExt};

    use switchboard_core::{Error, ErrorKind};

    let refuse = |file: &Path, what: String| {
        Err(Error::new(
            ErrorKind::Configuration,
            format!("the ledger's file {} {what}", file.display()),
        )
        .with_field("ledger"))
    };
    let beside = |end: &str| {
        // Next to the file itself, like SQLite.
        let mut name = OsString::from(ledger.canonicalize().unwrap_or_else(|_| ledger.to_owned()));
        name.push(end);
        name.into()
    };
    let files: [std::path::PathBuf; 5] =
        [ledger.to_owned(), beside("-wal"), beside("-shm"), beside("-journal"), locks.to_owned()];
    let me = rustix::process::geteuid().as_raw();
    for file in &files {
        // A missing file will be created with access for its owner only.
        let Ok(found) = fs::metadata(file) else {
            continue;
        };
        let mode = found.mode() & 0o777;
        if mode & 0o077 != 0 {
            let (end, own) = if found.is_dir() {
                ("others can look into it or change it", "700")
            } else {
                ("others can read or change it", "600")
            };
            let shown = file.display();
            return refuse(
                file,
                format!("has mode {mode:03o}: {end}. Take it from them with: chmod {own} {shown}"),
            );
        }
        if found.uid() != me {
            let owner = found.uid();
            return refuse(
                file,
                format!(
                    "belongs to another user ({owner}, and this process runs as {me}): run it as that user, or name another file"
                ),
            );
        }
    }
    Ok(())
}

/// On other systems the user's directory keeps others out.
#[cfg(not(unix))]
pub(crate) fn check(_ledger: &Path, _locks: &Path) -> Result<()> {
    Ok(())
}
