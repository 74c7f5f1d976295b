//! Reads the rows of the file.

use std::{fs::File, path::Path};

use switchboard::CallRequest;
use switchboard_table::{Meaning, Sheet, SheetRow, alike};

use crate::{
    commands::batch::{
        fields,
        rejected::{FORMER_REASON, REASON, ROW},
    },
    failure::{Failure, Outcome},
};

/// A column of the demo's table that is for its simulators.
const FOR_SIMULATORS: &str = "callee";
/// In `--column`: leaves the column out.
const IGNORE: &str = "ignore";

/// The whole table, and the field of each column.
#[derive(Debug)]
pub(super) struct Table {
    sheet: Sheet,
    /// The field of each column, or `None` if the column is left out.
    fields: Vec<Option<String>>,
}

/// One row. Rows count from 1, without the header and blank rows.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) number: usize,
    /// The line of the file on which it starts.
    pub(super) line: u64,
    /// The request, or why the row cannot be read.
    pub(super) request: Result<CallRequest, String>,
}

impl Table {
    /// Reads a file; `columns` are `FIELD=COLUMN`.
    ///
    /// # Errors
    /// A file that cannot be read, is not a table, or has a column that is not a field.
    pub(super) fn read(file: &Path, columns: &[String]) -> Outcome<Self> {
        let problem =
            |problem: String| Failure::input("FILE", format!("{}: {problem}", file.display()));
        let opened =
            File::open(file).map_err(|error| problem(format!("cannot be read: {error}")))?;
        let sheet = Sheet::read(opened).map_err(|fault| problem(fault.to_string()))?;
        if sheet.rows().is_empty() {
            return Err(problem(
                "contains no call: add a line with to and task below the header".to_owned(),
            ));
        }
        let fields = fields_of(&sheet, columns, &problem)?;
        Ok(Self { sheet, fields })
    }

    /// The names of its columns.
    pub(super) fn header(&self) -> impl Iterator<Item = &str> {
        self.sheet.header().names()
    }

    pub(super) fn len(&self) -> usize {
        self.sheet.rows().len()
    }

    /// The rows in order.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row> {
        self.sheet.rows().iter().map(|row| Row {
            number: row.number(),
            line: row.line(),
            request: self.request(row),
        })
    }

    /// The cells of a row by its number, one for each column.
    pub(super) fn cells(&self, number: usize) -> impl Iterator<Item = &str> {
        let row = number.checked_sub(1).and_then(|at| self.sheet.rows().get(at));
        (0..self.sheet.header().len())
            .map(move |column| row.and_then(|row| row.get(column)).unwrap_or_default())
    }

    fn request(&self, row: &SheetRow) -> Result<CallRequest, String> {
        if let Some(fault) = row.fault() {
            return Err(fault.to_string());
        }
        let named = self.fields.iter().zip(row.cells());
        fields::request(named.filter_map(|(field, cell)| Some((field.as_deref()?, cell))))
    }
}

fn fields_of(
    sheet: &Sheet,
    columns: &[String],
    problem: &dyn Fn(String) -> Failure,
) -> Outcome<Vec<Option<String>>> {
    let header = sheet.header();
    let mut renamed: Vec<(String, &str)> = Vec::with_capacity(columns.len());
    for pair in columns {
        let Some((field, column)) =
            pair.split_once('=').map(|(field, column)| (field.trim(), column.trim()))
        else {
            return Err(Failure::input(
                "--column",
                format!("{pair:?} has no =: write it like to=Phone"),
            ));
        };
        let field =
            if alike(field, IGNORE) { Some(IGNORE.to_owned()) } else { fields::named(field) };
        let Some(field) = field else {
            return Err(Failure::input(
                "--column",
                format!(
                    "{pair:?} does not start with a field of a request: use {IGNORE}, {}",
                    fields::names()
                ),
            ));
        };
        if header.find(column).is_none() {
            return Err(Failure::input("--column", format!("the table has no column {column:?}")));
        }
        renamed.push((field, column));
    }
    let left_out = [IGNORE, FOR_SIMULATORS, ROW, REASON, FORMER_REASON];
    let meaning = |name: &str| {
        let given =
            renamed.iter().find(|(_, column)| alike(column, name)).map(|(field, _)| field.clone());
        match given.or_else(|| fields::named(name)) {
            Some(field) if field == IGNORE => Meaning::Ignored,
            Some(field) => Meaning::Is(field),
            None if left_out.iter().any(|one| alike(one, name)) => Meaning::Ignored,
            None => Meaning::Unknown,
        }
    };
    let fields = header.columns(fields::all(), meaning).map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        problem(format!(
            "{}; use --column FIELD=COLUMN to read a column of another name, or --column {IGNORE}=COLUMN to leave it out",
            faults.join("; ")
        ))
    })?;
    for needed in ["to", "task"] {
        if !fields.iter().flatten().any(|field| field == needed) {
            return Err(problem(format!(
                "the table has no column {needed:?}: add it, or name it with --column {needed}=COLUMN"
            )));
        }
    }
    Ok(fields)
}
