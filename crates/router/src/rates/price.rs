//! What a call of so many seconds costs.

use std::time::Duration;

use switchboard_core::Money;

use super::{Exchange, RateRow, csv::Column, row_error::RowError};

/// Prices of one destination, in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Price {
    pub(super) per_call: i64,
    pub(super) per_minute: i64,
    pub(super) first_secs: u32,
    pub(super) next_secs: u32,
    pub(super) minimum_secs: u32,
    /// Which of the exchange's currencies.
    pub(super) currency: u8,
}

impl Price {
    pub(super) fn of(row: &RateRow, exchange: &Exchange) -> Result<Self, RowError> {
        let (fee, rate) = (row.connection_fee, row.per_minute);
        let Some(currency) = rate.or(fee).map(Money::currency) else {
            let message =
                "has no price: give per_call, per_minute or both; for a free call write 0";
            return Err(RowError::new(Column::Rate, message));
        };
        let known = exchange.index_of(currency).ok_or_else(|| {
            let (given, wanted) = (currency.code(), exchange.to().code());
            let message = format!(
                "its price is in {given}, and costs are compared in {wanted}: say what one {given} is worth in {wanted}, or convert it"
            );
            RowError::new(Column::Currency, message).with_missing_rate(currency)
        })?;
        let micros = |price: Option<Money>, column: Column, key: &str| match price {
            None => Ok(0),
            Some(money) if money.currency() != currency => {
                let (one, other) = (money.currency().code(), currency.code());
                let message = format!(
                    "{key} is in {one}, and the rest of the row in {other}: use one currency"
                );
                Err(RowError::new(column, message))
            }
            Some(money) if money.micros() < 0 => {
                Err(RowError::new(column, format!("{key} is {money}: a price is not negative")))
            }
            Some(money) => Ok(money.micros()),
        };
        let seconds = |step: Option<Duration>, column: Column, usual: u32| {
            let Some(step) = step else { return Ok(usual) };
            match u32::try_from(whole_seconds(step)) {
                Ok(step) if step >= usual => Ok(step),
                Ok(_) => {
                    Err(RowError::new(column, "is a step of nothing: leave it out, or write 1"))
                }
                Err(_) => Err(RowError::new(column, "is over a hundred years: write seconds")),
            }
        };
        Ok(Self {
            per_call: micros(fee, Column::ConnectionFee, "per_call")?,
            per_minute: micros(rate, Column::Rate, "per_minute")?,
            first_secs: seconds(row.first_increment, Column::FirstIncrement, 1)?,
            next_secs: seconds(row.next_increment, Column::NextIncrement, 1)?,
            minimum_secs: seconds(row.minimum, Column::Minimum, 0)?,
            currency: known,
        })
    }

    /// Sixtieths of millionths of its currency's unit: exact, because the price of a second seldom
    /// is a whole number of millionths.
    pub(super) fn sixtieths(&self, duration: Duration) -> i128 {
        let minutes = i128::from(self.per_minute) * i128::from(self.billed(duration));
        minutes.saturating_add(i128::from(self.per_call) * 60)
    }

    /// Seconds that are billed.
    pub(super) fn billed(&self, duration: Duration) -> u64 {
        let (first, next) = (u64::from(self.first_secs), u64::from(self.next_secs));
        let begun = match whole_seconds(duration) {
            0 => 0,
            seconds => first
                .saturating_add(seconds.saturating_sub(first).div_ceil(next).saturating_mul(next)),
        };
        begun.max(u64::from(self.minimum_secs))
    }
}

/// A second that has begun counts.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0))
}
