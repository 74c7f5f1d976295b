//! A row.

use crate::formula;

/// A row: its cells and its line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    pub(crate) line: u64,
    /// The text of all cells, concatenated.
    pub(crate) text: String,
    /// The start and end of each cell in the text.
    pub(crate) cells: Vec<(usize, usize)>,
}

impl Row {
    /// Creates an empty row for [`Reader::read`](crate::Reader::read).
    pub fn new() -> Self {
        Self::default()
    }

    /// The line on which the row begins, counted from 1 as in an editor.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The number of cells.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// True if the row has no cells.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Returns a cell by its index, without surrounding spaces.
    pub fn get(&self, at: usize) -> Option<&str> {
        self.cells.get(at).map(|place| self.text(*place))
    }

    /// The cells in order.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = &str> {
        self.cells.iter().map(|place| self.text(*place))
    }

    fn text(&self, (from, to): (usize, usize)) -> &str {
        self.text.get(from..to).unwrap_or_default()
    }

    pub(crate) fn clear(&mut self, line: u64) {
        self.line = line;
        self.text.clear();
        self.cells.clear();
    }

    /// Ends the cell that begins at `from`, without surrounding spaces and without the apostrophe
    /// that protects against formulas.
    pub(crate) fn end_cell(&mut self, from: usize) {
        let whole = self.text.get(from..).unwrap_or_default();
        let begun = whole.trim_start();
        let cell = formula::original(begun.trim_end()).trim_start();
        let begin = from + whole.len() - begun.len() + (begun.trim_end().len() - cell.len());
        self.cells.push((begin, begin + cell.len()));
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.cells.iter().all(|(from, to)| from == to)
    }
}
