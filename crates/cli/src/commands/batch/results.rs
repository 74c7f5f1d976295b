//! The table of results: the columns of the batch, and what became of each row. It is made of the
//! ledger each time, so that a batch that was killed has it complete after the next run, and the same
//! rows give the same file.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use switchboard::{Call, CallId, Engine};
use switchboard_batch::{CALL_COLUMNS, Rejection, Table, shown_cell};
use switchboard_table::{Column, Writer, alike, harmless};

use crate::{
    failure::{Failure, Outcome},
    private_file,
};

/// The status of a row that was not started. A call has another one.
const NOT_STARTED: &str = "not_started";
const REJECTED: &str = "rejected";

/// What became of the rows, and where that is written.
#[derive(Debug)]
pub(super) struct Results {
    /// `None`: nowhere.
    path: Option<PathBuf>,
    /// The columns of the batch that are handed back, by their place, and their names.
    columns: Vec<(usize, String)>,
    rows: BTreeMap<usize, End>,
}

/// What became of a row.
#[derive(Debug)]
enum End {
    Call(CallId),
    Rejected { reason: String, detail: String },
}

impl Results {
    /// Results that are written to the given file, or next to the batch's. A pipe has no place
    /// beside it.
    ///
    /// # Errors
    /// A file that exists and was not written by a batch.
    pub(super) fn new<'a>(
        table: &Path,
        given: Option<&Path>,
        header: impl Iterator<Item = &'a str>,
    ) -> Outcome<Self> {
        let beside = || table.is_file().then(|| default_path(table));
        let path = given.map(Path::to_owned).or_else(beside);
        if let Some(path) = path.as_deref().filter(|path| path.exists()) {
            let is_input = fs::canonicalize(path).ok() == fs::canonicalize(table).ok();
            if is_input || !is_ours(path) {
                return Err(Failure::input(
                    "--results",
                    format!(
                        "{} already exists and is not the results of this batch: name another file",
                        path.display()
                    ),
                ));
            }
        }
        let is_ours = |name: &str| CALL_COLUMNS.iter().any(|one| alike(one, name));
        let columns = header.enumerate().filter(|(_, name)| !is_ours(name));
        let columns = columns.map(|(at, name)| (at, name.to_owned())).collect();
        Ok(Self { path, columns, rows: BTreeMap::new() })
    }

    /// A row is this call.
    pub(super) fn is_call(&mut self, row: usize, call: CallId) {
        self.rows.insert(row, End::Call(call));
    }

    /// A row is no call.
    pub(super) fn is_rejected(&mut self, row: usize, rejection: &Rejection) {
        let (reason, detail) = (rejection.reason.clone(), rejection.detail.clone());
        self.rows.insert(row, End::Rejected { reason, detail });
    }

    /// Writes the table with the calls as the ledger has them now. Returns where it is.
    ///
    /// # Errors
    /// A ledger that cannot be read, a file that cannot be written.
    pub(super) async fn write(&self, table: &Table, engine: &Engine) -> Outcome<Option<&Path>> {
        let Some(path) = &self.path else {
            return Ok(None);
        };
        let failed = |error: io::Error| {
            Failure::local(format!("the results cannot be written to {}: {error}", path.display()))
        };
        let mut file = private_file::beside(path).map_err(failed)?;
        // Every cell is made harmless below.
        let names = self.columns.iter().map(|(_, name)| name.clone());
        let names = names.chain(CALL_COLUMNS.map(str::to_owned)).map(Column::ours);
        let mut writer = Writer::new(file.as_file_mut(), names).map_err(failed)?;
        for row in table.rows() {
            let cells: Vec<&str> = table.cells(row.number).collect();
            let cell = |(at, _): &(usize, String)| cells.get(*at).copied().unwrap_or_default();
            let mut line: Vec<String> =
                self.columns.iter().map(|column| shown_cell(cell(column)).into_owned()).collect();
            line.extend([row.number.to_string(), row.line.to_string()]);
            line.extend(self.end(row.number, engine).await?);
            writer.write(line).map_err(failed)?;
        }
        writer.flush().map_err(failed)?;
        drop(writer);
        private_file::keep(file, path, true).map_err(failed)?;
        Ok(Some(path))
    }

    /// What became of a row: the cells of [`CALL_COLUMNS`] behind its number and line.
    async fn end(&self, row: usize, engine: &Engine) -> Outcome<[String; 10]> {
        let none = || [(); 10].map(|()| String::new());
        Ok(match self.rows.get(&row) {
            Some(End::Call(id)) => call_cells(&engine.get(*id).await?),
            Some(End::Rejected { reason, detail }) => {
                let mut cells = none();
                cells[1] = REJECTED.to_owned();
                cells[8] = reason.clone();
                cells[9] = harmless(detail).into_owned();
                cells
            }
            None => {
                let mut cells = none();
                cells[1] = NOT_STARTED.to_owned();
                cells
            }
        })
    }
}

fn call_cells(call: &Call) -> [String; 10] {
    fn shown<T: ToString>(value: Option<T>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    let others = |text: Option<&str>| harmless(text.unwrap_or_default()).into_owned();
    let fault = call.fault.as_ref();
    [
        call.id.to_string(),
        call.status.to_string(),
        shown(call.outcome),
        others(call.provider.as_ref().map(|provider| provider.as_str())),
        shown(call.duration.map(|duration| duration.as_secs())),
        shown(call.cost.map(|cost| cost.amount())),
        shown(call.cost.map(|cost| cost.currency().code())),
        others(call.summary.as_deref()),
        shown(fault.map(|fault| fault.kind.as_str())),
        others(fault.map(|fault| fault.message.as_str())),
    ]
}

fn default_path(table: &Path) -> PathBuf {
    let mut name = table.file_stem().unwrap_or(table.as_os_str()).to_owned();
    name.push(".results.csv");
    table.with_file_name(name)
}

/// True if a batch wrote this file: its header ends with the columns of calls.
fn is_ours(path: &Path) -> bool {
    let mut beginning = Vec::new();
    let read = File::open(path).and_then(|file| file.take(64 * 1024).read_to_end(&mut beginning));
    let header = beginning.split(|byte| *byte == b'\n').next().unwrap_or_default();
    read.is_ok() && header.trim_ascii_end().ends_with(CALL_COLUMNS.join(",").as_bytes())
}
