//! Reads rows one at a time, so a file of any length only needs the memory of one row.

use std::{fmt, io::Read};

use crate::{
    LONGEST_ROW,
    breaks::Breaks,
    fault::{Fault, FaultKind},
    header::{self, Header},
    lines::{self, Lines},
    row::Row,
    split, swallowed,
};

/// The maximum number of lines of the header.
const LONGEST_HEADER: usize = 100;

/// Reads the rows of a table.
///
/// ```
/// use switchboard_table::{Breaks, Reader, Row};
///
/// let file = "To;Task\r\n\r\n+441234;\"Ask about\r\nTuesday; or Wednesday\"\r\n";
/// let mut reader = Reader::new(file.as_bytes(), Breaks::Allowed)?;
/// let task = reader.header().find("task").unwrap();
/// let mut row = Row::new();
/// assert!(reader.read(&mut row)?);
/// assert_eq!((row.line(), row.get(task)), (3, Some("Ask about\nTuesday; or Wednesday")));
/// assert!(!reader.read(&mut row)?);
/// # Ok::<(), switchboard_table::Fault>(())
/// ```
pub struct Reader<R> {
    lines: Lines<R>,
    header: Header,
    breaks: Breaks,
    /// The lines of a multi-line row.
    raw: String,
    over: bool,
}

impl<R> fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("header", &self.header)
            .field("breaks", &self.breaks)
            .finish_non_exhaustive()
    }
}

impl<R: Read> Reader<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// The file has no header, or the header cannot be read.
    pub fn new(input: R, breaks: Breaks) -> Result<Self, Fault> {
        let mut lines = Lines::new(input);
        let mut declared = None;
        let (header, delimiter) = loop {
            let Some(first) = lines.next()? else {
                return Err(Fault::new(
                    FaultKind::Empty,
                    1,
                    "is empty: the first line names the columns",
                ));
            };
            if declared.is_none() && header::declared(first).is_some() {
                declared = header::declared(first);
                continue;
            }
            let first = first.to_owned();
            let (row, delimiter) = names(&mut lines, first, declared, breaks)?;
            if !row.is_blank() {
                break (row, delimiter);
            }
        };
        Ok(Self {
            lines,
            header: Header::new(header, delimiter)?,
            breaks,
            raw: String::new(),
            over: false,
        })
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The number of the last line that was read, counted from 1.
    pub fn line(&self) -> u64 {
        self.lines.line()
    }

    /// Reads the next row that is not blank into `row`. Returns false at the end.
    ///
    /// # Errors
    /// The error in the row. If it has too many or too few cells ([`FaultKind::Cells`]), `row`
    /// contains them. Reading can continue unless the error may affect later rows: after a quote
    /// that may contain other rows, or a read error, the reader is at its end.
    pub fn read(&mut self, row: &mut Row) -> Result<bool, Fault> {
        loop {
            if self.over || !self.begin(row)? {
                return Ok(false);
            }
            if !row.is_blank() {
                return self.fits(row).map(|()| true);
            }
        }
    }

    /// Reads the next row, even a blank one, into `row`. Returns false at the end.
    fn begin(&mut self, row: &mut Row) -> Result<bool, Fault> {
        let (delimiter, breaks) = (self.header.delimiter(), self.breaks);
        let line = self.lines.line() + 1;
        row.clear(line);
        let Some(text) = self.lines.next().inspect_err(|fault| self.over = ends(fault))? else {
            self.over = true;
            return Ok(false);
        };
        let Some(mut open) = split::add(row, line, text, delimiter, None)? else {
            return Ok(true);
        };
        if breaks == Breaks::Refused {
            return Err(open.unclosed(row, breaks));
        }
        // After an error from here on, the following rows are unknown.
        self.over = true;
        self.raw.clear();
        self.raw.push_str(text);
        for next in line + 1.. {
            let Some(text) = self.lines.next()? else {
                return Err(open.unclosed(row, breaks));
            };
            self.raw.push('\n');
            self.raw.push_str(text);
            if self.raw.len() > LONGEST_ROW {
                return Err(lines::too_long(line));
            }
            match split::add(row, next, text, delimiter, Some(open))? {
                Some(still) => open = still,
                None => break,
            }
        }
        if swallowed::holds_rows(&self.raw, row, delimiter, self.header.len()) {
            let message = "opens a quote that is not closed where its cell ends, so that the following rows became part of the cell: close it (a text \
                           that is meant to hold such lines has to be written without line breaks)";
            return Err(Fault::new(FaultKind::Quote, line, message));
        }
        self.over = false;
        Ok(true)
    }

    fn fits(&self, row: &mut Row) -> Result<(), Fault> {
        let (has, width, wanted) = (row.len(), self.header.width(), self.header.len());
        let nameless = row.cells().skip(wanted).any(|cell| !cell.is_empty());
        if has == width && !nameless {
            row.cells.truncate(wanted);
            return Ok(());
        }
        let name = self.header.delimiter_name();
        let fix = if has > wanted {
            format!("quote what has a {name} in it, or remove cells that belong to no column")
        } else if row.get(0).is_some_and(|cell| cell.starts_with('#')) {
            "a row that begins with # is a row like any other: remove it".to_owned()
        } else {
            format!("also write the {name}s of empty cells")
        };
        let (cells, columns) = (counted(has, "cell"), counted(wanted, "column"));
        let message = format!("has {cells}, and there are {columns}: {fix}");
        Err(Fault::new(FaultKind::Cells, row.line(), message))
    }
}

/// Reads the header that begins with this line, and detects the delimiter.
fn names(
    lines: &mut Lines<impl Read>,
    first: String,
    declared: Option<char>,
    breaks: Breaks,
) -> Result<(Row, char), Fault> {
    let (line, mut text) = (lines.line(), first);
    for _ in 0..LONGEST_HEADER {
        // A name may contain line breaks, and the delimiter is detected from all lines.
        let delimiter = declared.unwrap_or_else(|| header::delimiter(&text));
        let mut row = Row::new();
        row.clear(line);
        let mut open = None;
        for (line, text) in (line..).zip(text.split('\n')) {
            open = split::add(&mut row, line, text, delimiter, open)?;
        }
        let Some(open) = open else {
            return Ok((row, delimiter));
        };
        let more = match breaks {
            Breaks::Allowed => lines.next()?,
            Breaks::Refused => None,
        };
        let Some(more) = more else {
            return Err(open.unclosed(&row, breaks));
        };
        text.push('\n');
        text.push_str(more);
    }
    let message = format!(
        "opens a quote that is not closed within {LONGEST_HEADER} lines: close it, or write \"\" for a quote"
    );
    Err(Fault::new(FaultKind::Quote, line, message))
}

fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}

/// True if no row can be read after this error.
fn ends(fault: &Fault) -> bool {
    match fault.kind {
        FaultKind::Unreadable | FaultKind::TooLong => true,
        FaultKind::Encoding => fault.line == 1,
        FaultKind::Empty
        | FaultKind::Header
        | FaultKind::UnknownColumn
        | FaultKind::SameColumn
        | FaultKind::Quote
        | FaultKind::Cells => false,
    }
}
