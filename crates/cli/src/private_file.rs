//! Files that only their owner can read, since they hold what was said or whole phone numbers. They are
//! written beside their place and moved there, so that they are complete or not there.

use std::{
    io::{self, Write},
    path::Path,
};

use tempfile::NamedTempFile;

/// A new file in the folder of `path`.
pub(crate) fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    tempfile::Builder::new()
        .prefix(".switchboard-")
        .tempfile_in(folder.unwrap_or_else(|| Path::new(".")))
}

/// Moves the file to its place, once it is on disk. Without `replace`, nothing may be there.
pub(crate) fn keep(mut file: NamedTempFile, path: &Path, replace: bool) -> io::Result<()> {
    file.flush()?;
    file.as_file().sync_all()?;
    let kept = if replace { file.persist(path) } else { file.persist_noclobber(path) };
    kept.map(drop).map_err(|error| error.error)
}
