//! Points in time, as Retell writes them.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;
use switchboard_http::fields::Field;

/// A point in time, in Unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(Timestamp);

impl Moment {
    /// The time.
    pub const fn timestamp(self) -> Timestamp {
        self.0
    }
}

impl Field for Moment {
    fn read(value: &Value) -> Option<Self> {
        let millis = i64::try_from(Decimal::read(value)?.trunc()).ok()?;
        Timestamp::from_millisecond(millis).ok().map(Self)
    }
}
