//! What is wrong with a table.

use std::fmt;

/// One mistake in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableError {
    /// The name of the file.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The name of the column; `None` if it is about the whole line.
    pub column: Option<&'static str>,
    /// What is wrong, and the fix.
    pub message: String,
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if let Some(column) = self.column {
            write!(f, "column {column}: ")?;
        }
        f.write_str(&self.message)
    }
}

/// Every mistake in a table, in the order of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableErrors(pub(crate) Vec<TableError>);

impl TableErrors {
    /// The mistakes; there is at least one.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &TableError> {
        self.0.iter()
    }
}

/// The mistakes in a table that is being read, and the line that is read.
pub(super) struct Errors<'a> {
    file: &'a str,
    pub(super) line: usize,
    pub(super) found: Vec<TableError>,
}

impl<'a> Errors<'a> {
    pub(super) fn new(file: &'a str) -> Self {
        Self { file, line: 1, found: Vec::new() }
    }

    pub(super) fn add(&mut self, column: Option<&'static str>, message: String) {
        let file = self.file.to_owned();
        self.found.push(TableError { file, line: self.line, column, message });
    }

    pub(super) fn keep<T>(&mut self, column: &'static str, read: Result<T, String>) -> Option<T> {
        read.map_err(|message| self.add(Some(column), message)).ok()
    }
}

impl fmt::Display for TableErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.0.iter().enumerate() {
            write!(f, "{}{error}", if at > 0 { "\n" } else { "" })?;
        }
        Ok(())
    }
}

impl std::error::Error for TableErrors {}
