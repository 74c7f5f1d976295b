//! Why a row of a deck is rejected.

use switchboard_core::Currency;

use super::csv::Column;

/// The column that is wrong, and how to fix it.
#[derive(Debug)]
pub(super) struct RowError {
    pub(super) column: Column,
    pub(super) message: String,
    /// The currency of the price, if the exchange has no rate for it.
    pub(super) missing_rate: Option<Currency>,
}

impl RowError {
    pub(super) fn new(column: Column, message: impl Into<String>) -> Self {
        Self { column, message: message.into(), missing_rate: None }
    }

    pub(super) fn with_missing_rate(mut self, currency: Currency) -> Self {
        self.missing_rate = Some(currency);
        self
    }
}
