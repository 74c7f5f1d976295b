//! The log of disk operations of a process.

use std::{
    collections::HashMap,
    fmt, fs,
    path::{Path, PathBuf},
};

/// One disk operation. Paths are relative to the watched directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// A directory was created.
    MakeDirectory(PathBuf),
    /// A file was created. Files are numbered: a later file with the same name has another number.
    Create {
        /// The path of the file.
        path: PathBuf,
        /// The number of the file.
        file: usize,
    },
    /// A name was removed.
    Unlink(PathBuf),
    /// Bytes were written.
    Write {
        /// The number of the file.
        file: usize,
        /// The offset in bytes.
        offset: usize,
        /// The data.
        data: Vec<u8>,
    },
    /// The length of a file was changed.
    Truncate {
        /// The number of the file.
        file: usize,
        /// The new length in bytes.
        length: usize,
    },
    /// A sync began: earlier changes of its target are durable once it ends.
    SyncBegins {
        /// What is synced.
        target: Target,
        /// The number of the sync.
        sync: u64,
    },
    /// A sync ended.
    SyncEnds {
        /// The number of the sync.
        sync: u64,
    },
    /// The process acknowledged something.
    Said(String),
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MakeDirectory(path) => write!(f, "{} is made", path.display()),
            Self::Create { path, file } => write!(f, "{} is made, file {file}", path.display()),
            Self::Unlink(path) => write!(f, "{} is removed", path.display()),
            Self::Write { file, offset, data } => {
                write!(f, "{} bytes to file {file} from byte {offset} on", data.len())
            }
            Self::Truncate { file, length } => write!(f, "file {file} has {length} bytes"),
            Self::SyncBegins { target, sync } => write!(f, "sync {sync} of {target:?} begins"),
            Self::SyncEnds { sync } => write!(f, "sync {sync} ends"),
            Self::Said(said) => write!(f, "said: {}", said.trim_end()),
        }
    }
}

/// The target of a sync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The data and length of a file.
    File(usize),
    /// The names in a directory.
    Directory(PathBuf),
}

/// All disk operations of a process below one directory.
#[derive(Debug)]
pub struct Log {
    /// The operations in order.
    pub deeds: Vec<Deed>,
}

impl Log {
    /// Reads the log of the library.
    ///
    /// # Panics
    /// If it is not a valid log, or the process used an unsupported operation.
    pub fn read(log: &Path, watched: &Path) -> Self {
        let bytes = fs::read(log).unwrap();
        let mut rest = bytes.as_slice();
        let mut reader = Reader { watched, targets: HashMap::new(), files: 0 };
        let mut deeds = Vec::new();
        while let Some((&kind, after)) = rest.split_first() {
            let (head, after) = after.split_at(24);
            let number = |at: usize| u64::from_ne_bytes(head[at * 8..][..8].try_into().unwrap());
            let (data, after) = after.split_at(size(number(2)));
            deeds.extend(reader.deed(kind, number(0), number(1), data));
            rest = after;
        }
        Self { deeds }
    }

    /// The numbers of the files with this extension.
    pub fn files(&self, extension: &str) -> Vec<usize> {
        let made = self.deeds.iter().filter_map(|deed| match deed {
            Deed::Create { path, file }
                if path.extension().is_some_and(|kind| kind == extension) =>
            {
                Some(*file)
            }
            _ => None,
        });
        made.collect()
    }
}

struct Reader<'a> {
    watched: &'a Path,
    /// The current target of each inode, because inode numbers are reused.
    targets: HashMap<u64, Target>,
    files: usize,
}

impl Reader<'_> {
    fn deed(&mut self, kind: u8, inode: u64, number: u64, data: &[u8]) -> Option<Deed> {
        let text = || String::from_utf8(data.to_vec()).unwrap();
        let path = || Path::new(&text()).strip_prefix(self.watched).unwrap().to_owned();
        Some(match kind {
            b'd' => {
                let directory = Target::Directory(path());
                self.targets.insert(inode, directory);
                return None;
            }
            b'm' => Deed::MakeDirectory(path()),
            b'c' => {
                let (path, file) = (path(), self.files);
                self.files += 1;
                self.targets.insert(inode, Target::File(file));
                Deed::Create { path, file }
            }
            b'u' => Deed::Unlink(path()),
            b'w' => {
                Deed::Write { file: self.file(inode), offset: size(number), data: data.to_vec() }
            }
            b't' => Deed::Truncate { file: self.file(inode), length: size(number) },
            b's' => Deed::SyncBegins { target: self.targets[&inode].clone(), sync: number },
            b'S' => Deed::SyncEnds { sync: number },
            b'a' => Deed::Said(text()),
            b'?' => panic!(
                "the ledger asks the disk for {}, of which this test knows nothing: teach it",
                text()
            ),
            other => panic!("{:?} is no kind of record", char::from(other)),
        })
    }

    fn file(&self, inode: u64) -> usize {
        match &self.targets[&inode] {
            Target::File(file) => *file,
            Target::Directory(path) => {
                panic!("bytes were written to the directory {}", path.display())
            }
        }
    }
}

fn size(number: u64) -> usize {
    usize::try_from(number).unwrap()
}
