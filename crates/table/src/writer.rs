//! Writes tables.

use std::{
    borrow::Cow,
    fmt,
    io::{self, Write},
};

use crate::formula::harmless;

/// A column to write: its name, and whether its content is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    name: Cow<'static, str>,
    others: bool,
}

impl Column {
    /// A column with trusted content, such as ids, numbers, dates or phone numbers in E.164, which
    /// is written unchanged.
    pub fn ours(name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), others: false }
    }

    /// A column with untrusted text from people, providers or files. It is made [harmless], so that
    /// no spreadsheet evaluates it.
    pub fn others(name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), others: true }
    }

    /// The name of the column.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Writes a table in UTF-8 with commas and LF.
///
/// ```
/// use switchboard_table::{Column, Writer};
///
/// let mut writer = Writer::new(Vec::new(), [Column::ours("to"), Column::others("summary")])?;
/// writer.write(["+441234", "=HYPERLINK(\"http://example.com\")"])?;
/// let written = String::from_utf8(writer.into_inner()?).unwrap();
/// assert_eq!(written, "to,summary\n+441234,\"'=HYPERLINK(\"\"http://example.com\"\")\"\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Writer<W: Write> {
    csv: csv::Writer<W>,
    columns: Vec<Column>,
}

impl<W: Write> fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("columns", &self.columns).finish_non_exhaustive()
    }
}

impl<W: Write> Writer<W> {
    /// Writes the names of the columns.
    ///
    /// # Errors
    /// Any error of the output.
    pub fn new(output: W, columns: impl IntoIterator<Item = Column>) -> io::Result<Self> {
        let columns: Vec<Column> = columns.into_iter().collect();
        let mut csv = csv::Writer::from_writer(output);
        // A name may come from an untrusted file, too.
        csv.write_record(columns.iter().map(|column| harmless(&column.name).into_owned()))?;
        Ok(Self { csv, columns })
    }

    /// Writes a row. It may be buffered until [`Writer::flush`].
    ///
    /// # Errors
    /// Any error of the output, and `InvalidInput` if the row does not have one cell per column.
    pub fn write<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) -> io::Result<()> {
        let cells: Vec<T> = cells.into_iter().collect();
        if cells.len() != self.columns.len() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "a row needs one cell per column",
            ));
        }
        for (column, cell) in self.columns.iter().zip(&cells) {
            let cell = cell.as_ref();
            let cell = if column.others { harmless(cell) } else { Cow::Borrowed(cell) };
            self.csv.write_field(cell.as_bytes())?;
        }
        self.csv.write_record(None::<&[u8]>)?;
        Ok(())
    }

    /// Writes buffered rows to the output.
    ///
    /// # Errors
    /// Any error of the output.
    pub fn flush(&mut self) -> io::Result<()> {
        self.csv.flush()
    }

    /// Flushes and returns the output.
    ///
    /// # Errors
    /// Any error of the output.
    pub fn into_inner(self) -> io::Result<W> {
        self.csv.into_inner().map_err(|error| io::Error::other(error.to_string()))
    }
}
