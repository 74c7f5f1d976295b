//! What is wrong with a table.

use std::fmt;

/// What is wrong, on which line, and how to mend it. No message repeats a cell; names of columns
/// may be repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// The line as an editor counts it, from 1. Of a quote that is not closed it is the line on
    /// which it opens.
    pub line: u64,
    /// Which cell of the row, counted from 0, where one is at fault.
    pub cell: Option<usize>,
    /// What kind of fault it is.
    pub kind: FaultKind,
    /// What is wrong, and the fix; it goes on after "line 3: ".
    pub message: String,
}

/// What kind of fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultKind {
    /// The file could not be read to its end.
    Unreadable,
    /// It is not UTF-8 text.
    Encoding,
    /// There is no row in it, not even a header.
    Empty,
    /// The header does not name the columns as it should.
    Header,
    /// A column that is not known.
    UnknownColumn,
    /// A column that stands twice.
    SameColumn,
    /// A quote is not closed, has text behind it, or swallowed other rows.
    Quote,
    /// A row has more or fewer cells than the header.
    Cells,
    /// A cell or a row is longer than any honest one.
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
