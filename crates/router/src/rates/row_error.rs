//! Why a row of a deck is rejected.

use super::csv::Column;

/// The column that is wrong, and how to fix it.
#[derive(Debug)]
pub(super) struct RowError {
    pub(super) column: Column,
    pub(super) message: String,
}

impl RowError {
    pub(super) fn new(column: Column, message: impl Into<String>) -> Self {
        Self { column, message: message.into() }
    }
}
