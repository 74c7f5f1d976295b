//! Why a table cannot be used at all.

use std::fmt;

/// Why a table cannot be used at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputFault {
    /// One of the `FIELD=COLUMN` is wrong.
    Columns(String),
    /// The table itself is wrong.
    Table(String),
}

impl fmt::Display for InputFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Columns(problem) | Self::Table(problem) => f.write_str(problem),
        }
    }
}

impl std::error::Error for InputFault {}
