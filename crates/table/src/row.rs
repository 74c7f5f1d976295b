//! One row.

use crate::formula;

/// The cells of a row, and where it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    pub(crate) line: u64,
    /// The cells behind each other.
    pub(crate) text: String,
    /// Where each begins and ends in the text.
    pub(crate) cells: Vec<(usize, usize)>,
}

impl Row {
    /// No cells, to be filled by [`Reader::read`](crate::Reader::read).
    pub fn new() -> Self {
        Self::default()
    }

    /// The line on which it begins, as an editor counts it, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// How many cells it has.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// True without cells.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// A cell, counted from 0, without the spaces around it.
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

    /// Ends the cell that begins at `from`: what was added to the text since, without the spaces
    /// around it and without the mark that keeps a spreadsheet from taking it for a formula.
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
