//! From a field to a price, a step, a date. Whatever could be read in two ways is refused, with the
//! way to write it.

use std::time::Duration;

use jiff::{Timestamp, civil, tz::TimeZone};
use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};

/// The longest step that a deck may have, in seconds.
const LONGEST_STEP: u32 = 3_600;
/// Decimals of a price.
const DECIMALS: usize = 6;

/// Millionths of a unit, exactly as written.
pub(super) fn micros(text: &str) -> Result<i64, String> {
    if let Some(micros) = plain(text) {
        return Ok(micros);
    }
    let unreadable = || {
        format!(
            "{text:?} is no price: write digits and a point, as 0.0125, without a sign of the currency"
        )
    };
    if text.contains('_') {
        return Err(unreadable());
    }
    let amount = Decimal::from_str_exact(text)
        .or_else(|_| Decimal::from_scientific(text))
        .map_err(|_| unreadable())?;
    if amount.is_sign_negative() && !amount.is_zero() {
        return Err(format!("{text} is below zero: a price is not negative"));
    }
    let too_large = || format!("{text} is too large: a price is below nine trillion");
    let scaled = amount.checked_mul(Decimal::from(1_000_000)).ok_or_else(too_large)?;
    if !scaled.fract().is_zero() {
        let up = amount.round_dp_with_strategy(6, RoundingStrategy::AwayFromZero).normalize();
        return Err(format!("{text} has more than six decimals: round it, as {up}"));
    }
    scaled.to_i64().ok_or_else(too_large)
}

/// The same, written with a decimal comma.
pub(super) fn micros_with_comma(text: &str) -> Result<i64, String> {
    if text.contains('.') || text.matches(',').count() > 1 {
        return Err(format!(
            "{text:?} is no price with a decimal comma: write digits and a comma, as 0,0125, or leave the decimal comma out of the layout"
        ));
    }
    micros(&text.replace(',', "."))
}

/// The usual case: digits, and at most six behind a point.
fn plain(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() || whole.len() > 12 || part.len() > DECIMALS {
        return None;
    }
    let mut value = 0_i64;
    for digit in whole.bytes().chain(part.bytes()) {
        value = value * 10 + i64::from(digit.checked_sub(b'0').filter(|digit| *digit < 10)?);
    }
    Some(value * 10_i64.pow((DECIMALS - part.len()) as u32))
}

/// Seconds.
pub(super) fn step(text: &str) -> Result<Duration, String> {
    seconds(text, 1).ok_or_else(|| {
        format!("{text:?} is no step: write seconds from 1 to {LONGEST_STEP}, as 60")
    })
}

/// Both steps in one field, as `60/6`; `None` where it is one number.
pub(super) fn steps(text: &str) -> Option<Result<(Duration, Duration), String>> {
    let (first, next) = text.split_once('/')?;
    Some(match (seconds(first.trim(), 1), seconds(next.trim(), 1)) {
        (Some(first), Some(next)) => Ok((first, next)),
        (None, _) | (_, None) => Err(format!(
            "{text:?} is no pair of steps: write the first and the next in seconds from 1 to {LONGEST_STEP}, as 60/6"
        )),
    })
}

/// Seconds, or none.
pub(super) fn minimum(text: &str) -> Result<Duration, String> {
    seconds(text, 0).ok_or_else(|| {
        format!("{text:?} is no minimum: write seconds from 0 to {LONGEST_STEP}, as 30")
    })
}

fn seconds(text: &str, least: u32) -> Option<Duration> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let count =
        text.parse().ok().filter(|count| digits && (least..=LONGEST_STEP).contains(count))?;
    Some(Duration::from_secs(count.into()))
}

/// A moment, or a date, which is its midnight in UTC.
pub(super) fn moment(text: &str) -> Result<Timestamp, String> {
    // A date is read from a longer text, too, and the hour that follows it would be lost.
    let date = || text.parse::<civil::Date>().ok().filter(|_| text.len() == "2026-03-01".len());
    let midnight = || date()?.to_zoned(TimeZone::UTC).ok().map(|midnight| midnight.timestamp());
    let read = text.parse::<Timestamp>().ok().or_else(midnight);
    read.ok_or_else(|| {
        format!(
            "{text:?} is no date: write 2026-03-01, which is its midnight in UTC, or a moment with its offset, as 2026-03-01T00:00:00+01:00"
        )
    })
}
