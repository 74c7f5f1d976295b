//! Amounts in answers, as neutral values.

use std::time::Duration;

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use switchboard_core::{Cost, Currency, Money};

/// Milliseconds as a duration, exact to the microsecond; `None` for a negative number.
pub fn millis(amount: Decimal) -> Option<Duration> {
    let micros = amount.checked_mul(Decimal::ONE_THOUSAND)?.round().to_u64()?;
    Some(Duration::from_micros(micros))
}

/// Seconds as a duration, exact to the microsecond; `None` for a negative number.
pub fn seconds(amount: Decimal) -> Option<Duration> {
    millis(amount.checked_mul(Decimal::ONE_THOUSAND)?)
}

/// A bill in this currency, to a millionth; further decimals are rounded up, so that a bill is never
/// too small. `None` for a negative amount.
pub fn bill(amount: Decimal, currency: Currency) -> Option<Cost> {
    if amount < Decimal::ZERO {
        return None;
    }
    let amount = amount.round_dp_with_strategy(6, RoundingStrategy::AwayFromZero);
    Money::new(amount, currency).ok().map(Cost::Money)
}
