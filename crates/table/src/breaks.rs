//! Line breaks in cells.

/// Whether quoted cells may contain line breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breaks {
    /// For tables with text written by people.
    Allowed,
    /// For tables without multi-line text: every quote must close on its line, and an unclosed
    /// quote does not affect other rows.
    Refused,
}
