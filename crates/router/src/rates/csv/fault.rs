//! What is wrong with a deck's file: all of it at once, because a file is mended in one go.

use std::fmt;

use switchboard_core::{Currency, Error, ErrorKind};

use super::Column;
use crate::rates::row_error::RowError;

/// How many faults are reported one by one; those beyond them are counted.
const MOST_REPORTED: usize = 50;

/// One thing that is wrong with a deck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeckFault {
    /// The file, as it was named.
    pub file: String,
    /// The line, counted from 1.
    pub line: u64,
    /// The column's name, where one is at fault.
    pub column: Option<&'static str>,
    /// What is wrong, and how to mend it.
    pub message: String,
    /// The currency of the price, where the fault is that the exchange has no rate for it.
    pub missing_rate: Option<Currency>,
}

impl fmt::Display for DeckFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}", self.file, self.line)?;
        if let Some(column) = self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// Everything that is wrong with a deck; shown as a line for each fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeckFaults {
    /// The first fifty, in the order of the file.
    pub faults: Vec<DeckFault>,
    /// How many more there are.
    pub more: usize,
}

impl fmt::Display for DeckFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        match self.more {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

impl std::error::Error for DeckFaults {}

impl From<DeckFaults> for Error {
    fn from(faults: DeckFaults) -> Self {
        Error::new(ErrorKind::Configuration, faults.to_string())
    }
}

/// Where faults are gathered while a file is read.
pub(super) struct Gathered<'a> {
    file: &'a str,
    faults: Vec<DeckFault>,
    more: usize,
}

impl<'a> Gathered<'a> {
    pub(super) fn of(file: &'a str) -> Self {
        Self { file, faults: Vec::new(), more: 0 }
    }

    pub(super) fn say(&mut self, line: u64, column: Option<Column>, message: impl Into<String>) {
        self.push(line, column, message.into(), None);
    }

    pub(super) fn say_row(&mut self, line: u64, error: RowError) {
        self.push(line, Some(error.column), error.message, error.missing_rate);
    }

    fn push(
        &mut self,
        line: u64,
        column: Option<Column>,
        message: String,
        missing_rate: Option<Currency>,
    ) {
        if self.faults.len() == MOST_REPORTED {
            self.more += 1;
            return;
        }
        self.faults.push(DeckFault {
            file: self.file.to_owned(),
            line,
            column: column.map(Column::name),
            message,
            missing_rate,
        });
    }

    pub(super) fn count(&self) -> usize {
        self.faults.len() + self.more
    }

    /// # Errors
    /// The faults, where there are any.
    pub(super) fn into_result(mut self) -> Result<(), DeckFaults> {
        if self.faults.is_empty() {
            return Ok(());
        }
        self.faults.sort_by_key(|fault| fault.line);
        Err(DeckFaults { faults: self.faults, more: self.more })
    }
}
