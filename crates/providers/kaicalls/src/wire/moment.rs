//! Points in time, as KaiCalls writes them.

use std::str::FromStr;

use jiff::{Timestamp, civil, tz::TimeZone};
use rust_decimal::Decimal;
use serde_json::Value;
use switchboard_http::fields::Field;

/// A point in time as written. The text is kept because it serves as a cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment(String);

impl Moment {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The time, if the text can be read: RFC 3339, without an offset (then UTC), a date, or Unix
    /// seconds or milliseconds.
    pub fn timestamp(&self) -> Option<Timestamp> {
        let text = self.0.trim();
        if let Ok(at) = text.parse::<Timestamp>() {
            return Some(at);
        }
        if let Ok(number) = Decimal::from_str(text) {
            let millis = if number.abs() < Decimal::from(100_000_000_000_i64) {
                number * Decimal::from(1000)
            } else {
                number
            };
            return Timestamp::from_millisecond(i64::try_from(millis.trunc()).ok()?).ok();
        }
        let local = text
            .parse::<civil::DateTime>()
            .or_else(|_| text.parse::<civil::Date>().map(|date| date.at(0, 0, 0, 0)))
            .ok()?;
        Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp())
    }
}

impl Field for Moment {
    fn read(value: &Value) -> Option<Self> {
        String::read(value).map(Self)
    }
}
