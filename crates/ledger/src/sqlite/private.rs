//! The ledger is its owner's alone.
//!
//! It holds numbers and conversations. A file that others may read or change is refused rather than
//! mended: whoever could read it may have done so, and whoever made it so may have meant another
//! file. What a link names is looked at, and not the link.

use std::path::Path;

use switchboard_core::Result;

/// Looks at the file, at what SQLite keeps beside it, and at the directory of the locks. None of
/// them is opened: to close one would take SQLite's locks from every other journal of this process
/// that has it.
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
        // Beside the file itself, as SQLite does.
        let mut name = OsString::from(ledger.canonicalize().unwrap_or_else(|_| ledger.to_owned()));
        name.push(end);
        name.into()
    };
    let files: [std::path::PathBuf; 5] =
        [ledger.to_owned(), beside("-wal"), beside("-shm"), beside("-journal"), locks.to_owned()];
    let me = rustix::process::geteuid().as_raw();
    for file in &files {
        // One that is not there is made with its owner's rights alone.
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

/// Elsewhere the user's own directory is what keeps others out.
#[cfg(not(unix))]
pub(crate) fn check(_ledger: &Path, _locks: &Path) -> Result<()> {
    Ok(())
}
