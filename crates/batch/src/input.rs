//! A table of calls in either form.

use std::io::Read;

use crate::{fault::InputFault, json_lines::JsonLines, row::Row, table::Table};

/// A table of calls.
#[derive(Debug)]
pub enum Input {
    /// A table with a header.
    Csv(Table),
    /// A JSON object on each line.
    JsonLines(JsonLines),
}

impl Input {
    /// Reads CSV. `columns` are `FIELD=COLUMN`; `option` is how messages write them, up to the
    /// field, for example `--column ` with its space.
    ///
    /// # Errors
    /// A table that cannot be read, or has a column that is not a field.
    pub fn csv(input: impl Read, columns: &[String], option: &str) -> Result<Self, InputFault> {
        Table::read(input, columns, option).map(Self::Csv)
    }

    /// Reads JSON lines.
    ///
    /// # Errors
    /// A text that is not UTF-8, or has no line.
    pub fn json_lines(input: impl Read) -> Result<Self, InputFault> {
        JsonLines::read(input).map(Self::JsonLines)
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Csv(table) => table.len(),
            Self::JsonLines(lines) => lines.len(),
        }
    }

    /// Always false: a table without rows is not read.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows in order.
    pub fn rows(&self) -> Box<dyn Iterator<Item = Row> + Send + '_> {
        match self {
            Self::Csv(table) => Box::new(table.rows()),
            Self::JsonLines(lines) => Box::new(lines.rows()),
        }
    }

    /// The names of its columns: of JSON lines the fields, in the order in which they first appear,
    /// nested ones as `appointment.date`.
    pub fn columns(&self) -> Vec<String> {
        match self {
            Self::Csv(table) => table.header().map(str::to_owned).collect(),
            Self::JsonLines(lines) => lines.columns().to_vec(),
        }
    }

    /// The cells of a row by its number, one for each column.
    pub fn cells(&self, number: usize) -> Vec<String> {
        match self {
            Self::Csv(table) => table.cells(number).map(str::to_owned).collect(),
            Self::JsonLines(lines) => lines.cells(number),
        }
    }
}
