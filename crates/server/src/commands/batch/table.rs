//! Rows of the file.

use std::path::Path;

use csv::StringRecord;
use switchboard::CallRequest;

use crate::{
    commands::batch::{
        fields,
        rejected::{BECAUSE, ROW},
    },
    failure::{Failure, Outcome},
};

/// What a column of the demo's table tells its simulators.
const FOR_SIMULATORS: &str = "callee";
/// As a field of `--column`: leaves the column out.
const IGNORE: &str = "ignore";

/// The whole table, and what each of its columns is.
#[derive(Debug)]
pub(super) struct Table {
    bytes: Vec<u8>,
    header: StringRecord,
    /// Column by column: its field, or nothing where it is left out.
    fields: Vec<Option<String>>,
    rows: Vec<StringRecord>,
}

/// One row. Rows count from 1, the header and lines without cells not among them.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) number: usize,
    /// What it asks for, or why that cannot be read.
    pub(super) request: Result<CallRequest, String>,
}

impl Table {
    /// Reads a file; `columns` are `FIELD=COLUMN`.
    ///
    /// # Errors
    /// A file that cannot be read, is no table, or has a column that is no field.
    pub(super) fn read(file: &Path, columns: &[String]) -> Outcome<Self> {
        let problem = |problem: String| Failure::input("FILE", format!("{}: {problem}", file.display()));
        let bytes = std::fs::read(file).map_err(|error| problem(format!("cannot be read: {error}")))?;
        let text = std::str::from_utf8(&bytes).map_err(|_| problem("is no UTF-8: save it as CSV in UTF-8".to_owned()))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .comment(Some(b'#'))
            .flexible(true)
            .delimiter(delimiter(text))
            .from_reader(text.as_bytes());
        let header = reader.headers().map_err(|error| problem(error.to_string()))?.clone();
        let rows: Vec<StringRecord> = reader
            .records()
            .collect::<Result<_, _>>()
            .map_err(|error| problem(error.to_string()))?;
        if rows.is_empty() {
            return Err(problem("holds no call: write a line with to and task below the header".to_owned()));
        }
        let fields = fields_of(&header, columns)?;
        Ok(Self {
            header,
            fields,
            rows,
            bytes,
        })
    }

    /// The file as it is.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn header(&self) -> &StringRecord {
        &self.header
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows in order.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row> {
        self.rows.iter().enumerate().map(|(at, cells)| Row {
            number: at + 1,
            request: self.request(cells),
        })
    }

    /// A row by its number.
    pub(super) fn cells(&self, number: usize) -> Option<&StringRecord> {
        self.rows.get(number.checked_sub(1)?)
    }

    fn request(&self, cells: &StringRecord) -> Result<CallRequest, String> {
        if cells.len() != self.header.len() {
            return Err(format!(
                "has {} cells, and the header {}: quote cells that have a comma in them",
                cells.len(),
                self.header.len()
            ));
        }
        let named = self.fields.iter().zip(cells);
        fields::request(named.filter_map(|(field, cell)| Some((field.as_deref()?, cell))))
    }
}

/// Spreadsheets of half the world write semicolons.
fn delimiter(text: &str) -> u8 {
    let header = text
        .lines()
        .find(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .unwrap_or_default();
    if !header.contains(',') && header.contains(';') {
        b';'
    } else {
        b','
    }
}

fn fields_of(header: &StringRecord, columns: &[String]) -> Outcome<Vec<Option<String>>> {
    let mut renamed: Vec<(&str, &str)> = Vec::with_capacity(columns.len());
    for pair in columns {
        let Some((field, column)) = pair.split_once('=').map(|(field, column)| (field.trim(), column.trim())) else {
            return Err(Failure::input("--column", format!("{pair:?} has no = in it: write it as to=Phone")));
        };
        if field != IGNORE && !fields::is_known(field) {
            return Err(Failure::input(
                "--column",
                format!("{field:?} is no field of a request: write {IGNORE}, {}", fields::names()),
            ));
        }
        if !header.iter().any(|name| name == column) {
            return Err(Failure::input("--column", format!("the table has no column {column:?}")));
        }
        renamed.push((field, column));
    }
    let mut fields: Vec<Option<String>> = Vec::with_capacity(header.len());
    for name in header {
        let meant = renamed.iter().find(|(_, column)| *column == name).map_or(name, |(field, _)| *field);
        let field = if [IGNORE, FOR_SIMULATORS, ROW, BECAUSE].contains(&meant) {
            None
        } else if fields::is_known(meant) {
            Some(meant.to_owned())
        } else {
            return Err(Failure::input(
                "FILE",
                format!(
                    "the column {name:?} is no field of a request: call it {}, say what it is with --column FIELD={name}, or leave it out with \
                     --column {IGNORE}={name}",
                    fields::names()
                ),
            ));
        };
        if field.is_some() && fields.contains(&field) {
            return Err(Failure::input(
                "FILE",
                format!("two columns are {meant:?}: leave one out with --column {IGNORE}=…"),
            ));
        }
        fields.push(field);
    }
    for needed in ["to", "task"] {
        if !fields.iter().flatten().any(|field| field == needed) {
            return Err(Failure::input(
                "FILE",
                format!("the table has no column {needed:?}: add it, or say which one it is with --column {needed}=…"),
            ));
        }
    }
    Ok(fields)
}
