//! Rows of CSV.

use std::io::Read;

use switchboard_core::CallRequest;
use switchboard_table::{Meaning, Sheet, SheetRow, alike};

use crate::{
    cells::{CALL_COLUMNS, FORMER_REJECTED_REASON, REJECTED_REASON, REJECTED_ROW},
    fault::InputFault,
    fields,
    row::{Row, RowFault},
};

/// A column of the demo's table that is for its simulators.
const FOR_SIMULATORS: &str = "callee";
/// In `FIELD=COLUMN`: leaves the column out.
const IGNORE: &str = "ignore";

/// The whole table, and the field of each column.
#[derive(Debug)]
pub struct Table {
    sheet: Sheet,
    /// The field of each column, or `None` if the column is left out.
    fields: Vec<Option<String>>,
}

impl Table {
    /// Reads a table; `columns` are `FIELD=COLUMN`. `option` is how messages write them, up to the
    /// field, for example `--column ` with its space.
    ///
    /// # Errors
    /// A table that cannot be read, or has a column that is not a field.
    pub fn read(input: impl Read, columns: &[String], option: &str) -> Result<Self, InputFault> {
        let sheet = Sheet::read(input).map_err(|fault| InputFault::Table(fault.to_string()))?;
        if sheet.rows().is_empty() {
            let problem = "contains no call: add a line with to and task below the header";
            return Err(InputFault::Table(problem.to_owned()));
        }
        let fields = fields_of(&sheet, columns, option)?;
        Ok(Self { sheet, fields })
    }

    /// The names of its columns.
    pub fn header(&self) -> impl Iterator<Item = &str> {
        self.sheet.header().names()
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.sheet.rows().len()
    }

    /// Always false: a table without rows is not read.
    pub fn is_empty(&self) -> bool {
        self.sheet.rows().is_empty()
    }

    /// The rows in order.
    pub fn rows(&self) -> impl Iterator<Item = Row> + Send + '_ {
        self.sheet.rows().iter().map(|row| Row {
            number: row.number(),
            line: row.line(),
            to: self.to(row),
            request: self.request(row),
        })
    }

    /// The cells of a row by its number, one for each column.
    pub fn cells(&self, number: usize) -> impl Iterator<Item = &str> {
        let row = number.checked_sub(1).and_then(|at| self.sheet.rows().get(at));
        (0..self.sheet.header().len())
            .map(move |column| row.and_then(|row| row.get(column)).unwrap_or_default())
    }

    fn to(&self, row: &SheetRow) -> Option<String> {
        let column = self.fields.iter().position(|field| field.as_deref() == Some("to"))?;
        row.get(column).filter(|_| row.fault().is_none()).map(str::to_owned)
    }

    fn request(&self, row: &SheetRow) -> Result<CallRequest, RowFault> {
        if let Some(fault) = row.fault() {
            return Err(RowFault::of_row(fault.to_string()));
        }
        let named = self.fields.iter().zip(row.cells());
        fields::request(named.filter_map(|(field, cell)| Some((field.as_deref()?, cell))))
    }
}

fn fields_of(
    sheet: &Sheet,
    columns: &[String],
    option: &str,
) -> Result<Vec<Option<String>>, InputFault> {
    let option_fault = |problem: String| Err(InputFault::Columns(problem));
    let header = sheet.header();
    let mut renamed: Vec<(String, &str)> = Vec::with_capacity(columns.len());
    for pair in columns {
        let Some((field, column)) =
            pair.split_once('=').map(|(field, column)| (field.trim(), column.trim()))
        else {
            return option_fault(format!("{pair:?} has no =: write it like to=Phone"));
        };
        let field =
            if alike(field, IGNORE) { Some(IGNORE.to_owned()) } else { fields::named(field) };
        let Some(field) = field else {
            return option_fault(format!(
                "{pair:?} does not start with a field of a request: use {IGNORE}, {}",
                fields::names()
            ));
        };
        if header.find(column).is_none() {
            return option_fault(format!("the table has no column {column:?}"));
        }
        renamed.push((field, column));
    }
    let left_out = [IGNORE, FOR_SIMULATORS, REJECTED_ROW, REJECTED_REASON, FORMER_REJECTED_REASON];
    let is_left_out = |name: &str| left_out.iter().chain(&CALL_COLUMNS).any(|one| alike(one, name));
    let meaning = |name: &str| {
        let given =
            renamed.iter().find(|(_, column)| alike(column, name)).map(|(field, _)| field.clone());
        match given.or_else(|| fields::named(name)) {
            Some(field) if field == IGNORE => Meaning::Ignored,
            Some(field) => Meaning::Is(field),
            None if is_left_out(name) => Meaning::Ignored,
            None => Meaning::Unknown,
        }
    };
    let fields = header.columns(fields::all(), meaning).map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        InputFault::Table(format!(
            "{}; use {option}FIELD=COLUMN to read a column of another name, or {option}{IGNORE}=COLUMN to leave it out",
            faults.join("; ")
        ))
    })?;
    for needed in ["to", "task"] {
        if !fields.iter().flatten().any(|field| field == needed) {
            return Err(InputFault::Table(format!(
                "the table has no column {needed:?}: add it, or name it with {option}{needed}=COLUMN"
            )));
        }
    }
    Ok(fields)
}
