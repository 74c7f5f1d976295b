//! A table as a whole.

use std::io::Read;

use crate::{
    fault::{Fault, FaultKind},
    header::Header,
    reader::{Breaks, Reader},
    row::Row,
};

/// A table in memory: its columns, and its rows in order.
///
/// ```
/// use switchboard_table::Sheet;
///
/// let sheet = Sheet::read("to,task\n\n+441234,Ask.\n+441235\n".as_bytes())?;
/// let rows: Vec<_> = sheet.rows().iter().map(|row| (row.number(), row.line(), row.fault().is_some())).collect();
/// assert_eq!(rows, [(1, 3, false), (2, 4, true)]);
/// # Ok::<(), switchboard_table::Fault>(())
/// ```
#[derive(Debug, Clone)]
pub struct Sheet {
    header: Header,
    rows: Vec<SheetRow>,
}

/// One row of a table.
#[derive(Debug, Clone)]
pub struct SheetRow {
    number: usize,
    row: Row,
    fault: Option<Fault>,
}

impl Sheet {
    /// Reads a table in which people write texts, so that a line may end inside of a quoted cell.
    ///
    /// # Errors
    /// The first fault that leaves in doubt what the rows are: an encoding, a header, a quote, a
    /// length. A row with too many or too few cells is kept with its [fault](SheetRow::fault).
    pub fn read(input: impl Read) -> Result<Self, Fault> {
        let mut reader = Reader::new(input, Breaks::Allowed)?;
        let mut rows = Vec::new();
        loop {
            let mut row = Row::new();
            let fault = match reader.read(&mut row) {
                Ok(false) => break,
                Ok(true) => None,
                Err(fault) if fault.kind == FaultKind::Cells => Some(fault),
                Err(fault) => return Err(fault),
            };
            rows.push(SheetRow { number: rows.len() + 1, row, fault });
        }
        Ok(Self { header: reader.header().clone(), rows })
    }

    /// The names of the columns.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The rows in order; blank ones are not among them.
    pub fn rows(&self) -> &[SheetRow] {
        &self.rows
    }
}

impl SheetRow {
    /// Which row it is, counted from 1. The line is what a person finds it by.
    pub fn number(&self) -> usize {
        self.number
    }

    /// The line on which it begins, as an editor counts it, from 1.
    pub fn line(&self) -> u64 {
        self.row.line()
    }

    /// Its cells as they are in the file, without the spaces around them; also of a row with a
    /// fault, where they may be too many or too few.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = &str> {
        self.row.cells()
    }

    /// A cell by its column, counted from 0.
    pub fn get(&self, column: usize) -> Option<&str> {
        self.row.get(column)
    }

    /// Too many cells or too few: nobody knows which belongs to which column.
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }
}
