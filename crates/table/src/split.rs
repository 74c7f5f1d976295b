//! Splits lines into cells.

use crate::{
    LONGEST_CELL,
    breaks::Breaks,
    fault::{Fault, FaultKind},
    row::Row,
};

/// A quoted cell that continues on the next line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Open {
    /// The line on which the quote opens.
    line: u64,
    /// The start of the cell in the text of the row.
    from: usize,
}

impl Open {
    /// The error for a quote that is not closed.
    pub(crate) fn unclosed(self, row: &Row, breaks: Breaks) -> Fault {
        let message = match breaks {
            Breaks::Allowed => {
                "opens a quote that is not closed anywhere below: close it, or write \"\" for a quote"
            }
            Breaks::Refused => {
                "opens a quote that is not closed on its line: close it, or write \"\" for a quote"
            }
        };
        Fault::new(FaultKind::Quote, self.line, message).in_cell(row.len())
    }
}

/// Adds the cells of a line to the row. `open` is the quoted cell that the previous line left open;
/// the result is the one that this line leaves open.
///
/// # Errors
/// Text behind a closing quote, and a cell that is too long.
pub(crate) fn add(
    row: &mut Row,
    line: u64,
    text: &str,
    delimiter: char,
    open: Option<Open>,
) -> Result<Option<Open>, Fault> {
    let mut rest = text;
    let mut open = open;
    if open.is_some() {
        row.text.push('\n');
    }
    loop {
        let quoted = match open.take() {
            Some(open) => Some(open),
            None => {
                let begun = rest.trim_start_matches(|letter: char| {
                    letter.is_whitespace() && letter != delimiter
                });
                begun.strip_prefix('"').map(|behind| {
                    rest = behind;
                    Open { line, from: row.text.len() }
                })
            }
        };
        let from = quoted.map_or(row.text.len(), |open| open.from);
        match quoted {
            Some(open) => match unquote(row, rest) {
                None => {
                    fits(row, from, open.line)?;
                    return Ok(Some(open));
                }
                Some(behind) => {
                    rest = behind.trim_start_matches(|letter: char| {
                        letter.is_whitespace() && letter != delimiter
                    });
                    if !rest.is_empty() && !rest.starts_with(delimiter) {
                        return Err(goes_on(open, line).in_cell(row.len()));
                    }
                }
            },
            None => {
                let (cell, behind) = rest.split_at(rest.find(delimiter).unwrap_or(rest.len()));
                row.text.push_str(cell);
                rest = behind;
            }
        }
        fits(row, from, quoted.map_or(line, |open| open.line))?;
        row.end_cell(from);
        match rest.strip_prefix(delimiter) {
            Some(more) => rest = more,
            None => return Ok(None),
        }
    }
}

/// Adds the text of a quoted cell, and returns what follows its closing quote.
fn unquote<'a>(row: &mut Row, text: &'a str) -> Option<&'a str> {
    let mut rest = text;
    loop {
        let Some((inside, behind)) = rest.split_once('"') else {
            row.text.push_str(rest);
            return None;
        };
        row.text.push_str(inside);
        match behind.strip_prefix('"') {
            Some(more) => {
                row.text.push('"');
                rest = more;
            }
            None => return Some(behind),
        }
    }
}

fn fits(row: &Row, from: usize, line: u64) -> Result<(), Fault> {
    if row.text.len() - from <= LONGEST_CELL {
        return Ok(());
    }
    let message = format!(
        "has a cell longer than {LONGEST_CELL} bytes, more than any spreadsheet: look for a quote that is not closed"
    );
    Err(Fault::new(FaultKind::TooLong, line, message).in_cell(row.len()))
}

fn goes_on(open: Open, line: u64) -> Fault {
    let message = if open.line == line {
        "goes on behind its closing quote: write \"\" for a quote inside, or remove it".to_owned()
    } else {
        format!(
            "opens a quote that the next one, on line {line}, does not close well, for text follows it: close it where its cell ends"
        )
    };
    Fault::new(FaultKind::Quote, open.line, message)
}

/// The cells of a line, ignoring quotes.
pub(crate) fn plainly(line: &str, delimiter: char) -> impl Iterator<Item = &str> {
    line.split(delimiter).map(|cell| cell.trim().trim_matches('"').trim())
}
