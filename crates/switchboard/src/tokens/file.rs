//! A file that only its owner can read.
//!
//! It is replaced whole: a new file with mode 0600 is written to disk and takes the old one's name,
//! so that a crash leaves the old tokens or the new ones. A file that others can read is refused
//! rather than repaired: somebody may have read it already.

use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind as IoKind, Read, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use switchboard_core::{Error, ErrorKind, Result};

/// No login is longer. What is, is another file.
const LONGEST: u64 = 64 * 1024;

/// The text of a file, `None` where there is no file.
pub(super) fn read(path: &Path) -> Result<Option<String>> {
    // Looked at before it is opened: opening a pipe would wait for its writer.
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => {
            return Err(problem(path, "is no file: name one with token_store = \"file:PATH\""));
        }
        Ok(_) => {}
        Err(error) if error.kind() == IoKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(path, "cannot be read", &error)),
    }
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == IoKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(path, "cannot be read", &error)),
    };
    only_mine(&file, path)?;
    let mut text = String::new();
    file.take(LONGEST + 1)
        .read_to_string(&mut text)
        .map_err(|error| failed(path, "cannot be read", &error))?;
    if text.len() as u64 > LONGEST {
        return Err(problem(path, "is too long for what a login writes"));
    }
    Ok(Some(text))
}

/// Puts `text` there, on disk when it returns.
pub(super) fn write(path: &Path, text: &str) -> Result<()> {
    static TURN: AtomicU64 = AtomicU64::new(0);
    let turn = TURN.fetch_add(1, Ordering::Relaxed);
    let directory = directory_of(path)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.{turn}.new", std::process::id()));
    let fresh = directory.join(name);
    // Of an earlier process with this id that died here.
    let _ = fs::remove_file(&fresh);
    let written = options()
        .write(true)
        .create_new(true)
        .open(&fresh)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&fresh, path))
        .and_then(|()| sync_directory(&directory));
    written.map_err(|error| {
        let _ = fs::remove_file(&fresh);
        failed(path, "cannot be written", &error)
    })
}

/// Takes it away; false where there was none.
pub(super) fn remove(path: &Path) -> Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == IoKind::NotFound => Ok(false),
        Err(error) => Err(failed(path, "cannot be removed", &error)),
    }
}

/// The file beside it that renewals lock. It stays: a lock file that comes and goes locks nothing.
pub(super) fn open_lock(path: &Path) -> Result<File> {
    directory_of(path)?;
    options().write(true).create(true).truncate(false).open(path).map_err(|error| {
        failed(path, "cannot be opened, and tokens are renewed under its lock only", &error)
    })
}

/// The directory of a file, made where it is missing.
fn directory_of(path: &Path) -> Result<PathBuf> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        Some(_) | None => PathBuf::from("."),
    };
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .recursive(true)
        .create(&directory)
        .map_err(|error| failed(&directory, "cannot be made", &error))?;
    Ok(directory)
}

fn options() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn only_mine(file: &File, path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file
        .metadata()
        .map_err(|error| failed(path, "cannot be read", &error))?
        .permissions()
        .mode()
        & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let message = format!(
        "has mode {mode:03o}: others can read or change it. Log out and in again if they may have, or take it from them with: chmod 600 {}",
        path.display()
    );
    Err(problem(path, &message))
}

/// Elsewhere the user's own directory is what keeps others out.
#[cfg(not(unix))]
fn only_mine(_file: &File, _path: &Path) -> Result<()> {
    Ok(())
}

#[cfg(unix)]
fn sync_directory(directory: &Path) -> std::io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_directory: &Path) -> std::io::Result<()> {
    Ok(())
}

fn failed(path: &Path, what: &str, error: &std::io::Error) -> Error {
    problem(path, &format!("{what}: {error}"))
}

fn problem(path: &Path, what: &str) -> Error {
    Error::new(ErrorKind::Configuration, format!("the token file {} {what}", path.display()))
        .with_field("token_store")
}
