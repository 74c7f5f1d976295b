//! A whole table.

use std::io::Read;

use crate::{
    breaks::Breaks,
    fault::{Fault, FaultKind},
    header::Header,
    reader::Reader,
    row::Row,
};

/// A table in memory: its header and its rows in order.
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
    /// Reads a table in which quoted cells may contain line breaks.
    ///
    /// # Errors
    /// The first error that makes the rows uncertain: encoding, header, quotes or length. A row
    /// with too many or too few cells is kept with its [error](SheetRow::fault).
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

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The rows in order, without blank ones.
    pub fn rows(&self) -> &[SheetRow] {
        &self.rows
    }
}

impl SheetRow {
    /// The number of the row, counted from 1. People find it by its line instead.
    pub fn number(&self) -> usize {
        self.number
    }

    /// The line on which the row begins, counted from 1 as in an editor.
    pub fn line(&self) -> u64 {
        self.row.line()
    }

    /// The cells, without surrounding spaces. If the row has an error, there may be too many or too
    /// few.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = &str> {
        self.row.cells()
    }

    /// Returns a cell by the index of its column.
    pub fn get(&self, column: usize) -> Option<&str> {
        self.row.get(column)
    }

    /// The error of a row with too many or too few cells, which cannot be assigned to columns.
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }
}
