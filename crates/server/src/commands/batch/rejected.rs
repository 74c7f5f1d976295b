//! The rows that became no ringing phone, as a table that can be mended and run again.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read},
    path::{Path, PathBuf},
};

use csv::{StringRecord, Writer};

use crate::failure::{Failure, Outcome};

/// The columns that are added; as columns of a batch they say nothing.
pub(super) const ROW: &str = "rejected_row";
pub(super) const BECAUSE: &str = "rejected_because";

/// Written as soon as there is anything to write.
#[derive(Debug)]
pub(super) struct Rejected {
    path: PathBuf,
    header: StringRecord,
    open: Option<Writer<File>>,
}

impl Rejected {
    /// What a former run left is taken away: the same rows come again.
    ///
    /// # Errors
    /// A file that is there and is none of ours.
    pub(super) fn new(table: &Path, given: Option<&Path>, header: &StringRecord) -> Outcome<Self> {
        let path = given.map_or_else(|| beside(table), Path::to_owned);
        if path.exists() {
            let shown = path.display();
            if !is_ours(&path) || same(&path, table) {
                return Err(Failure::input(
                    "--rejected",
                    format!("{shown} is there already and was not written by a batch: name another file"),
                ));
            }
            fs::remove_file(&path).map_err(|error| Failure::input("--rejected", format!("{shown} cannot be replaced: {error}")))?;
        }
        let kept = header.iter().filter(|name| ![ROW, BECAUSE].contains(name));
        Ok(Self {
            path,
            header: kept.chain([ROW, BECAUSE]).map(str::to_owned).collect(),
            open: None,
        })
    }

    /// One row, on its way to the disk when this returns.
    pub(super) fn write(&mut self, header: &StringRecord, cells: &StringRecord, number: usize, because: &str) -> Outcome<()> {
        let problem = |path: &Path, error: io::Error| Failure::local(format!("{} cannot be written: {error}", path.display()));
        let mut line: Vec<String> = header
            .iter()
            .enumerate()
            .filter(|(_, name)| ![ROW, BECAUSE].contains(name))
            .map(|(at, _)| cells.get(at).unwrap_or_default().to_owned())
            .collect();
        line.extend([number.to_string(), because.to_owned()]);
        let mut append = || -> io::Result<()> {
            let writer = match &mut self.open {
                Some(writer) => writer,
                None => {
                    let mut writer = Writer::from_writer(private(&self.path)?);
                    writer.write_record(&self.header)?;
                    self.open.insert(writer)
                }
            };
            writer.write_record(&line)?;
            writer.flush()
        };
        append().map_err(|error| problem(&self.path, error))
    }

    /// Where it is, where there is anything in it.
    pub(super) fn path(&self) -> Option<&Path> {
        self.open.as_ref().map(|_| self.path.as_path())
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
