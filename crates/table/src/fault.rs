//! Errors in a table.

use std::fmt;

/// An error, its line and how to fix it. No message contains the content of a cell; names of
/// columns may be included.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// The line, counted from 1 as in an editor. For an unclosed quote it is the line on which the
    /// quote opens.
    pub line: u64,
    /// The index of the cell in its row, counted from 0, if the error is about one.
    pub cell: Option<usize>,
    /// The kind of error.
    pub kind: FaultKind,
    /// The error and the fix, as a continuation of "line 3: ".
    pub message: String,
}

/// The kind of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultKind {
    /// The file could not be read to its end.
    Unreadable,
    /// The file is not UTF-8 text.
    Encoding,
    /// The file has no rows, not even a header.
    Empty,
    /// The header is not valid.
    Header,
    /// A column is unknown.
    UnknownColumn,
    /// A column occurs twice.
    SameColumn,
    /// A quote is not closed, is followed by text, or contains other rows.
    Quote,
    /// A row has more or fewer cells than the header.
    Cells,
    /// A cell or a row exceeds the maximum length.
    TooLong,
}

impl Fault {
    pub(crate) fn new(kind: FaultKind, line: u64, message: impl Into<String>) -> Self {
        Self { line, cell: None, kind, message: message.into() }
    }

    pub(crate) fn in_cell(mut self, cell: usize) -> Self {
        self.cell = Some(cell);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for Fault {}
