//! Runs a process with a library that logs all its disk operations.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::Log;

/// The result of a process: its log, and its ledger on the real disk.
#[derive(Debug)]
pub struct Watched {
    /// The disk operations.
    pub log: Log,
    /// The watched directory.
    pub directory: PathBuf,
    /// The path of the library.
    pub library: PathBuf,
}

/// The path of the ledger in the watched directory. The writer creates the directories.
pub const LEDGER: &str = "state/ledger/calls.db";

/// Runs the writer in this directory until it ends.
///
/// # Panics
/// If there is no C compiler, or the writer fails.
pub fn run(program: &Path, habit: &str, place: &Path) -> Watched {
    let place = place.canonicalize().unwrap();
    let (directory, log, acks) = (place.join("disk"), place.join("log"), place.join("acks"));
    fs::create_dir(&directory).unwrap();
    let library = library(&place);
    let ended = Command::new(program)
        .arg("write")
        .args([directory.join(LEDGER).as_os_str(), acks.as_os_str(), habit.as_ref()])
        .env("LD_PRELOAD", &library)
        .env("POWER_DIRECTORY", &directory)
        .env("POWER_LOG", &log)
        .env("POWER_ACKS", &acks)
        .status()
        .unwrap();
    assert!(ended.success(), "the writer ended with {ended}");
    Watched { log: Log::read(&log, &directory), directory, library }
}

/// Builds the library with the compiler that SQLite was built with.
fn library(place: &Path) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("power_loss/disk.c");
    let library = place.join("disk.so");
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let built = Command::new(compiler)
        .args(["-O1", "-Wall", "-shared", "-fPIC", "-o"])
        .arg(&library)
        .arg(source)
        .args(["-ldl", "-lpthread"])
        .status()
        .unwrap();
    assert!(built.success(), "the library did not compile: {built}");
    library
}

/// All files below a directory with their content, without the shared memory files of SQLite.
///
/// # Panics
/// If it cannot be read.
pub fn files(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![directory.to_owned()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if !path.to_string_lossy().ends_with("-shm") {
                let content = fs::read(&path).unwrap();
                files.insert(path.strip_prefix(directory).unwrap().to_owned(), content);
            }
        }
    }
    files
}
