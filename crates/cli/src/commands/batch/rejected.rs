//! The table of rows whose phone did not ring. It can be corrected and run again.

use std::{
    borrow::Cow,
    fs::{self, File, OpenOptions},
    io::{self, Read},
    path::{Path, PathBuf},
};

use switchboard_batch::{
    FORMER_REJECTED_REASON as FORMER_REASON, REJECTED_REASON as REASON, REJECTED_ROW as ROW,
    shown_cell,
};
use switchboard_table::{Column, Writer};

use crate::failure::{Failure, Outcome};

/// The file is created with the first rejected row.
#[derive(Debug)]
pub(super) struct Rejected {
    path: PathBuf,
    header: Vec<String>,
    open: Option<Writer<File>>,
}

impl Rejected {
    /// Removes the file of an earlier run, since its rows are submitted again.
    ///
    /// # Errors
    /// A file that exists and was not written by a batch.
    pub(super) fn new<'a>(
        table: &Path,
        given: Option<&Path>,
        header: impl Iterator<Item = &'a str>,
    ) -> Outcome<Self> {
        let path = given.map_or_else(|| default_path(table), Path::to_owned);
        let header: Vec<String> = header.map(str::to_owned).collect();
        if path.exists() {
            let shown = path.display();
            let ours = is_ours(&path) || is_cut_short(&path, &header);
            if !ours || is_same_file(&path, table) {
                return Err(Failure::input(
                    "--rejected",
                    format!(
                        "{shown} already exists and was not written by a batch: name another file"
                    ),
                ));
            }
            fs::remove_file(&path).map_err(|error| {
                Failure::input("--rejected", format!("{shown} cannot be replaced: {error}"))
            })?;
        }
        Ok(Self { path, header, open: None })
    }

    /// Writes and flushes one row.
    pub(super) fn write<'a>(
        &mut self,
        cells: impl Iterator<Item = &'a str>,
        number: usize,
        reason: &str,
    ) -> Outcome<()> {
        let problem = |path: &Path, error: io::Error| {
            Failure::local(format!("{} cannot be written: {error}", path.display()))
        };
        let kept = self.header.iter().zip(cells).filter(|(name, _)| !is_added(name));
        let mut line: Vec<Cow<'_, str>> = kept.map(|(_, cell)| shown_cell(cell)).collect();
        line.extend([Cow::from(number.to_string()), Cow::from(reason)]);
        let mut append = || -> io::Result<()> {
            let writer = match &mut self.open {
                Some(writer) => writer,
                None => {
                    let file = private(&self.path)?;
                    self.open.insert(Writer::new(file, columns(&self.header))?)
                }
            };
            writer.write(&line)?;
            writer.flush()
        };
        append().map_err(|error| problem(&self.path, error))
    }

    /// The file's path, if any row was written.
    pub(super) fn path(&self) -> Option<&Path> {
        self.open.as_ref().map(|_| self.path.as_path())
    }
}

/// The columns of a table of rejected rows: those of the table, then the row's number and the reason.
fn columns(header: &[String]) -> impl Iterator<Item = Column> {
    let kept = header.iter().filter(|name| !is_added(name)).cloned();
    kept.chain([ROW, REASON].map(str::to_owned)).map(Column::ours)
}

fn is_added(name: &str) -> bool {
    [ROW, REASON, FORMER_REASON].contains(&name)
}

fn default_path(table: &Path) -> PathBuf {
    let stem = table.file_stem().unwrap_or(table.as_os_str()).to_owned();
    let mut name = stem;
    name.push(".rejected.csv");
    table.with_file_name(name)
}

fn is_ours(path: &Path) -> bool {
    let mut beginning = Vec::new();
    let read = File::open(path).and_then(|file| file.take(64 * 1024).read_to_end(&mut beginning));
    let header = beginning.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let header = header.trim_ascii_end();
    let ends = |last: &str| header.ends_with(format!("{ROW},{last}").as_bytes());
    read.is_ok() && (ends(REASON) || ends(FORMER_REASON))
}

/// True if the file holds nothing but the beginning of the header, because the run that created it was killed there.
fn is_cut_short(path: &Path, header: &[String]) -> bool {
    let mut whole = Vec::new();
    let written = Writer::new(&mut whole, columns(header)).and_then(|mut writer| writer.flush());
    let mut beginning = Vec::new();
    let longer = whole.len() as u64 + 1;
    let read = File::open(path).and_then(|file| file.take(longer).read_to_end(&mut beginning));
    written.is_ok() && read.is_ok() && whole.starts_with(&beginning)
}

/// True if both paths are the same file: a table of rejected rows that is itself being run.
fn is_same_file(one: &Path, other: &Path) -> bool {
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        (Err(_), _) | (_, Err(_)) => false,
    }
}

/// Creates a file that only its owner can read, since it contains phone numbers.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
