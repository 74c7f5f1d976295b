//! A process between whom and the disk stands a library that writes everything down.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::Log;

/// What a process left: its log, and its ledger as the real disk holds it.
#[derive(Debug)]
pub struct Watched {
    /// What it asked of the disk.
    pub log: Log,
    /// Where it did so.
    pub directory: PathBuf,
    /// The library that stood in between.
    pub library: PathBuf,
}

/// Where the writer puts its ledger, below the directory that is watched; it makes the directories
/// itself.
pub const LEDGER: &str = "state/ledger/calls.db";

/// Runs a process that writes until it ends, in this directory.
///
/// # Panics
/// Where there is no C compiler, or the writer fails.
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

/// With the compiler that SQLite was built with.
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

/// Every file below a directory, and what is in it. What SQLite shares in memory is no file.
///
/// # Panics
/// Where it cannot be read.
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
