//! A simulated disk that keeps synced data, and a random part of the rest.

use std::{
    collections::{BTreeMap, HashMap},
    fmt, fs,
    path::{Path, PathBuf},
};

use super::{Deed, Target};
use crate::fuzz::Chance;

/// The size of a sector, which is written atomically.
const SECTOR: usize = 512;

/// Which unsynced changes survive a power loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// None.
    Nothing,
    /// All.
    Everything,
    /// A random part: for each file a different share, and for each write different sectors.
    Some,
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "nothing that was not synced",
            Self::Everything => "everything",
            Self::Some => "some of what was not synced",
        })
    }
}

#[derive(Clone, Copy)]
enum Change<'log> {
    Write(usize, &'log [u8]),
    Truncate(usize),
}

#[derive(Default)]
struct File<'log> {
    synced: Vec<u8>,
    /// The unsynced changes, each with the index of its operation.
    waiting: Vec<(usize, Change<'log>)>,
}

#[derive(Clone, Copy)]
enum Entry {
    File(usize),
    Directory,
}

#[derive(Default)]
struct Directory {
    synced: BTreeMap<PathBuf, Entry>,
    /// The unsynced changes of names, each with the index of its operation. `None` removes the
    /// name.
    waiting: Vec<(usize, PathBuf, Option<Entry>)>,
}

/// A disk at a position in the log.
pub struct Disk<'log> {
    files: Vec<File<'log>>,
    directories: HashMap<PathBuf, Directory>,
    syncing: HashMap<u64, (&'log Target, usize)>,
    done: usize,
    forgets_names: bool,
}

impl fmt::Debug for Disk<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disk").field("done", &self.done).finish_non_exhaustive()
    }
}

impl Default for Disk<'_> {
    fn default() -> Self {
        Self {
            files: Vec::new(),
            directories: HashMap::from([(PathBuf::new(), Directory::default())]),
            syncing: HashMap::new(),
            done: 0,
            forgets_names: false,
        }
    }
}

impl<'log> Disk<'log> {
    /// An empty disk that ignores syncs of directories, like the disk of a program that forgot to
    /// request them.
    pub fn that_forgets_names() -> Self {
        Self { forgets_names: true, ..Self::default() }
    }

    /// Applies the next operation.
    ///
    /// # Panics
    /// If the operation is impossible, for example a sync that ends but never began.
    pub fn take(&mut self, deed: &'log Deed) {
        let now = self.done;
        self.done += 1;
        match deed {
            Deed::MakeDirectory(path) => {
                self.directories.insert(path.clone(), Directory::default());
                self.name(path, Some(Entry::Directory));
            }
            Deed::Create { path, file } => {
                assert_eq!(*file, self.files.len(), "files are numbered in order");
                self.files.push(File::default());
                self.name(path, Some(Entry::File(*file)));
            }
            Deed::Unlink(path) => self.name(path, None),
            Deed::Write { file, offset, data } => {
                self.files[*file].waiting.push((now, Change::Write(*offset, data)))
            }
            Deed::Truncate { file, length } => {
                self.files[*file].waiting.push((now, Change::Truncate(*length)))
            }
            Deed::SyncBegins { target, sync } => {
                self.syncing.insert(*sync, (target, now));
            }
            Deed::SyncEnds { sync } => {
                let (target, began) = self.syncing.remove(sync).unwrap();
                self.synced(target, began);
            }
            Deed::Said(_) => {}
        }
    }

    fn name(&mut self, path: &Path, entry: Option<Entry>) {
        let parent = self.directories.get_mut(path.parent().unwrap()).unwrap();
        parent.waiting.push((self.done - 1, path.to_owned(), entry));
    }

    fn synced(&mut self, target: &Target, began: usize) {
        match target {
            Target::File(file) => {
                let File { synced, waiting } = &mut self.files[*file];
                let covered = waiting.partition_point(|(deed, _)| *deed < began);
                for (_, change) in waiting.drain(..covered) {
                    change.apply(synced);
                }
            }
            Target::Directory(path) => {
                if self.forgets_names {
                    return;
                }
                let Directory { synced, waiting } = self.directories.get_mut(path).unwrap();
                let covered = waiting.partition_point(|(deed, ..)| *deed < began);
                for (_, name, entry) in waiting.drain(..covered) {
                    set(synced, name, entry);
                }
            }
        }
    }

    /// True if there are unsynced writes.
    pub fn is_at_risk(&self) -> bool {
        self.files.iter().any(|file| !file.waiting.is_empty())
    }

    /// Writes the state after a power loss at this position to an empty directory.
    ///
    /// # Panics
    /// If the real disk fails.
    pub fn lose_power(&self, kept: Kept, chance: &mut Chance, into: &Path) {
        self.rebuild(Path::new(""), kept, chance, into);
    }

    fn rebuild(&self, directory: &Path, kept: Kept, chance: &mut Chance, into: &Path) {
        for (path, entry) in self.directories[directory].after(kept, chance) {
            match entry {
                Entry::Directory => {
                    fs::create_dir(into.join(&path)).unwrap();
                    own(&into.join(&path), 0o700);
                    self.rebuild(&path, kept, chance, into);
                }
                Entry::File(file) => {
                    fs::write(into.join(&path), self.files[file].after(kept, chance)).unwrap();
                    own(&into.join(&path), 0o600);
                }
            }
        }
    }
}

/// Sets the permissions, because the ledger requires that only its owner has access.
fn own(path: &Path, mode: u32) {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    #[cfg(not(unix))]
    let _ = (path, mode);
}

fn set(names: &mut BTreeMap<PathBuf, Entry>, name: PathBuf, entry: Option<Entry>) {
    match entry {
        Some(entry) => names.insert(name, entry),
        None => names.remove(&name),
    };
}

impl Directory {
    /// Each name independently has a state from some time since the last sync.
    fn after(&self, kept: Kept, chance: &mut Chance) -> BTreeMap<PathBuf, Entry> {
        let mut names = self.synced.clone();
        let mut changes: BTreeMap<&Path, Vec<Option<Entry>>> = BTreeMap::new();
        for (_, name, entry) in &self.waiting {
            changes.entry(name).or_default().push(*entry);
        }
        for (name, changes) in changes {
            let happened = match kept {
                Kept::Nothing => 0,
                Kept::Everything => changes.len(),
                Kept::Some => chance.below(changes.len() + 1),
            };
            if let Some(last) = changes[..happened].last() {
                set(&mut names, name.to_owned(), *last);
            }
        }
        names
    }
}

impl Change<'_> {
    fn apply(&self, to: &mut Vec<u8>) {
        match *self {
            Change::Write(offset, data) => {
                let end = offset + data.len();
                to.resize(to.len().max(end), 0);
                to[offset..end].copy_from_slice(data);
            }
            Change::Truncate(length) => to.resize(length, 0),
        }
    }

    fn length_after(&self, before: usize) -> usize {
        match *self {
            Change::Write(offset, data) => before.max(offset + data.len()),
            Change::Truncate(length) => length,
        }
    }
}

impl File<'_> {
    fn after(&self, kept: Kept, chance: &mut Chance) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        match kept {
            Kept::Nothing => {}
            Kept::Everything => {
                self.waiting.iter().for_each(|(_, change)| change.apply(&mut bytes))
            }
            Kept::Some => self.tear(&mut bytes, chance),
        }
        bytes
    }

    fn tear(&self, bytes: &mut Vec<u8>, chance: &mut Chance) {
        let share = [0, 10, 50, 90, 99, 100][chance.below(6)];
        let mut lengths = vec![bytes.len()];
        for (_, change) in &self.waiting {
            lengths.push(change.length_after(lengths[lengths.len() - 1]));
            match *change {
                Change::Write(offset, data) => {
                    for (offset, piece) in sectors(offset, data) {
                        if chance.below(100) < share {
                            Change::Write(offset, piece).apply(bytes);
                        }
                    }
                }
                Change::Truncate(_) => {
                    if chance.below(100) < share {
                        change.apply(bytes);
                    }
                }
            }
        }
        // Length and data are independent: either may survive without the other.
        if chance.below(2) == 0 {
            let (length, before) = (lengths[chance.below(lengths.len())], bytes.len());
            bytes.resize(length, 0);
            if length > before && chance.below(2) == 0 {
                bytes[before..].fill_with(|| chance.next().to_le_bytes()[0]);
            }
        }
    }
}

/// Splits a write into sectors.
fn sectors(offset: usize, data: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = offset + at;
        let end = data.len().min(at + SECTOR - start % SECTOR);
        let piece = (at < data.len()).then(|| (start, &data[at..end]));
        at = end;
        piece
    })
}
