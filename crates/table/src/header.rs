//! The names of the columns, and the delimiter.

use crate::{
    fault::{Fault, FaultKind},
    names::{nearest, shown},
    row::Row,
    swallowed::is_number,
};

/// The delimiters, most common first.
const DELIMITERS: [char; 3] = [',', ';', '\t'];

/// The row with the names of the columns.
#[derive(Debug, Clone)]
pub struct Header {
    row: Row,
    /// The number of cells of a row, including unnamed ones at the end.
    width: usize,
    delimiter: char,
}

/// The meaning of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning<T> {
    /// This column; no other column may have the same meaning.
    Is(T),
    /// A column that is ignored.
    Ignored,
    /// An unknown column.
    Unknown,
}

impl Header {
    /// # Errors
    /// A column has no name, or the row does not contain names.
    pub(crate) fn new(mut row: Row, delimiter: char) -> Result<Self, Fault> {
        let fault = |row: &Row, message: String| Fault::new(FaultKind::Header, row.line, message);
        // Spreadsheets also write empty columns that were once edited.
        let width = row.len();
        while row.cells.last().is_some_and(|(from, to)| from == to) {
            row.cells.pop();
        }
        if let [only] = row.cells().collect::<Vec<_>>().as_slice()
            && only.contains('|')
        {
            let message =
                "has '|' between its columns: separate them by commas, semicolons or tabs";
            return Err(fault(&row, message.to_owned()));
        }
        if row.cells().any(is_number) {
            let message = "does not name the columns, for a number is in it: put a line with their names above it";
            return Err(fault(&row, message.to_owned()));
        }
        if let Some(at) = row.cells().position(str::is_empty) {
            let message =
                format!("has no name for column {}: name it, or take the column out", at + 1);
            return Err(fault(&row, message).in_cell(at));
        }
        Ok(Self { row, width, delimiter })
    }

    /// The names, without surrounding spaces.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.row.cells()
    }

    /// The number of named columns.
    pub fn len(&self) -> usize {
        self.row.len()
    }

    /// Always false, because a table without columns is rejected.
    pub fn is_empty(&self) -> bool {
        self.row.is_empty()
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// The line of the header, counted from 1.
    pub fn line(&self) -> u64 {
        self.row.line()
    }

    /// The delimiter: `,`, `;` or a tab.
    pub fn delimiter(&self) -> char {
        self.delimiter
    }

    /// The name of the delimiter in messages.
    pub(crate) fn delimiter_name(&self) -> &'static str {
        match self.delimiter {
            ';' => "semicolon",
            '\t' => "tab",
            _ => "comma",
        }
    }

    /// Returns the index of the column with this name, ignoring case, spaces, `_` and `-`.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.names().position(|one| crate::alike(one, name))
    }

    /// Returns the meaning of each column, in order. `known` are the names to suggest for an
    /// unknown one.
    ///
    /// # Errors
    /// All unknown columns, and all columns with the same meaning as another one.
    pub fn columns<'k, T: PartialEq>(
        &self,
        known: impl IntoIterator<Item = &'k str> + Clone,
        mut meaning: impl FnMut(&str) -> Meaning<T>,
    ) -> Result<Vec<Option<T>>, Vec<Fault>> {
        let (mut columns, mut faults) = (Vec::with_capacity(self.len()), Vec::new());
        for (at, name) in self.names().enumerate() {
            let mut say =
                |kind, message| faults.push(Fault::new(kind, self.line(), message).in_cell(at));
            let column = match meaning(name) {
                Meaning::Is(column) => Some(column),
                Meaning::Ignored => None,
                Meaning::Unknown => {
                    say(FaultKind::UnknownColumn, unknown(name, known.clone()));
                    None
                }
            };
            let twice = column.as_ref().and_then(|column| {
                columns.iter().position(|other: &Option<T>| other.as_ref() == Some(column))
            });
            if let Some(other) = twice {
                let (first, second) = (other + 1, at + 1);
                let message = format!(
                    "has the column {} twice (columns {first} and {second}): take one out",
                    shown(name)
                );
                say(FaultKind::SameColumn, message);
            }
            columns.push(column);
        }
        if faults.is_empty() { Ok(columns) } else { Err(faults) }
    }
}

fn unknown<'k>(name: &str, known: impl IntoIterator<Item = &'k str> + Clone) -> String {
    if name.starts_with('#') {
        return "begins with #, which is no comment here: the first line names the columns; take it out".to_owned();
    }
    let name_shown = shown(name);
    match nearest(name, known.clone()) {
        Some(near) => format!("{name_shown} is not known: did you mean {near:?}?"),
        None => {
            let known: Vec<&str> = known.into_iter().collect();
            format!("{name_shown} is not known: call it {}", known.join(", "))
        }
    }
}

/// Detects the delimiter of a header: the most frequent one outside of quotes.
pub(crate) fn delimiter(text: &str) -> char {
    let mut counts = [0_usize; DELIMITERS.len()];
    let mut quoted = false;
    for letter in text.chars() {
        if letter == '"' {
            quoted = !quoted;
        }
        let which = DELIMITERS.iter().position(|delimiter| *delimiter == letter);
        if let Some(count) = which.filter(|_| !quoted).and_then(|which| counts.get_mut(which)) {
            *count += 1;
        }
    }
    // `max_by_key` returns the last of equals, so reverse to prefer the most common.
    let most = DELIMITERS.iter().zip(counts).rev().max_by_key(|(_, count)| *count);
    most.map_or(',', |(delimiter, _)| *delimiter)
}

/// Parses a first line that declares the delimiter for Excel, such as `sep=;`.
pub(crate) fn declared(text: &str) -> Option<char> {
    let text = text.trim_matches([' ', '"']);
    let declared = text.strip_prefix("sep=").or_else(|| text.strip_prefix("SEP="))?;
    DELIMITERS.into_iter().find(|delimiter| declared.chars().eq([*delimiter]))
}
