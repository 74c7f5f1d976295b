//! The rows that became no ringing phone, as a table that can be mended and run again.

use std::{
    borrow::Cow,
    fs::{self, File, OpenOptions},
    io::{self, Read},
    path::{Path, PathBuf},
};

use switchboard_table::{Column, Writer, harmless};

use crate::failure::{Failure, Outcome};

/// The columns that are added; as columns of a batch they say nothing.
pub(super) const ROW: &str = "rejected_row";
pub(super) const BECAUSE: &str = "rejected_because";

/// Written as soon as there is anything to write.
#[derive(Debug)]
pub(super) struct Rejected {
    path: PathBuf,
    header: Vec<String>,
    open: Option<Writer<File>>,
}

impl Rejected {
    /// What a former run left is taken away: the same rows come again.
    ///
    /// # Errors
    /// A file that is there and is none of ours.
    pub(super) fn new<'a>(
        table: &Path,
        given: Option<&Path>,
        header: impl Iterator<Item = &'a str>,
    ) -> Outcome<Self> {
        let path = given.map_or_else(|| beside(table), Path::to_owned);
        if path.exists() {
            let shown = path.display();
            if !is_ours(&path) || same(&path, table) {
                return Err(Failure::input(
                    "--rejected",
                    format!(
                        "{shown} is there already and was not written by a batch: name another file"
                    ),
                ));
            }
            fs::remove_file(&path).map_err(|error| {
                Failure::input("--rejected", format!("{shown} cannot be replaced: {error}"))
            })?;
        }
        Ok(Self { path, header: header.map(str::to_owned).collect(), open: None })
    }

    /// One row, on its way to the disk when this returns.
    pub(super) fn write<'a>(
        &mut self,
        cells: impl Iterator<Item = &'a str>,
        number: usize,
        because: &str,
    ) -> Outcome<()> {
        let problem = |path: &Path, error: io::Error| {
            Failure::local(format!("{} cannot be written: {error}", path.display()))
        };
        let kept = self.header.iter().zip(cells).filter(|(name, _)| !is_added(name));
        let mut line: Vec<Cow<'_, str>> = kept.map(|(_, cell)| shown(cell)).collect();
        line.extend([Cow::from(number.to_string()), Cow::from(because)]);
        let mut append = || -> io::Result<()> {
            let writer = match &mut self.open {
                Some(writer) => writer,
                None => {
                    let kept = self.header.iter().filter(|name| !is_added(name)).cloned();
                    let columns = kept.chain([ROW, BECAUSE].map(str::to_owned)).map(Column::ours);
                    self.open.insert(Writer::new(private(&self.path)?, columns)?)
                }
            };
            writer.write(&line)?;
            writer.flush()
        };
        append().map_err(|error| problem(&self.path, error))
    }

    /// Where it is, where there is anything in it.
    pub(super) fn path(&self) -> Option<&Path> {
        self.open.as_ref().map(|_| self.path.as_path())
    }
}

fn is_added(name: &str) -> bool {
    [ROW, BECAUSE].contains(&name)
}

/// A number stays as it was written; of the rest no spreadsheet runs a word.
fn shown(cell: &str) -> Cow<'_, str> {
    let is_number = |rest: &str| {
        rest.starts_with(|c: char| c.is_ascii_digit())
            && rest.chars().all(|c| c.is_ascii_digit() || c == ' ')
    };
    match cell.strip_prefix('+') {
        Some(rest) if is_number(rest) => Cow::Borrowed(cell),
        Some(_) | None => harmless(cell),
    }
}

fn beside(table: &Path) -> PathBuf {
    let stem = table.file_stem().unwrap_or(table.as_os_str()).to_owned();
    let mut name = stem;
    name.push(".rejected.csv");
    table.with_file_name(name)
}

fn is_ours(path: &Path) -> bool {
    let mut beginning = Vec::new();
    let read = File::open(path).and_then(|file| file.take(64 * 1024).read_to_end(&mut beginning));
    let header = beginning.split(|byte| *byte == b'\n').next().unwrap_or_default();
    read.is_ok() && header.trim_ascii_end().ends_with(format!("{ROW},{BECAUSE}").as_bytes())
}

/// A table of rejected rows that is itself being run.
fn same(one: &Path, other: &Path) -> bool {
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        (Err(_), _) | (_, Err(_)) => false,
    }
}

/// Nobody else may read it: whole numbers stand in it.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
