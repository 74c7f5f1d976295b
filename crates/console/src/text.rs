//! Times, money and durations as pages show them.

use std::fmt;

use askama::filters::HtmlSafe;
use jiff::{Timestamp, tz::TimeZone};
use switchboard_api::wire::{Money, Time};

/// What stands where nothing is known.
pub(crate) const NONE: &str = "–";

/// A time, in UTC. The script adds the time where the reader is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment(Timestamp);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.to_zoned(TimeZone::UTC).strftime("%-d %b %Y, %H:%M:%S").to_string();
        write!(f, "<time datetime=\"{:.3}\">{shown}</time>", self.0)
    }
}

/// It is made of digits and names of months.
impl HtmlSafe for Moment {}

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

impl From<Time> for Moment {
    fn from(at: Time) -> Self {
        Self(at.0)
    }
}

impl From<&Time> for Moment {
    fn from(at: &Time) -> Self {
        Self(at.0)
    }
}

/// A time that may be unknown.
pub(crate) fn moment(at: Option<Time>) -> Option<Moment> {
    at.map(Moment::from)
}

/// A time as plain text.
pub(crate) fn plain(at: Time) -> String {
    at.0.to_zoned(TimeZone::UTC).strftime("%H:%M:%S UTC on %-d %b").to_string()
}

/// An amount with its currency. What is not known is never zero.
pub(crate) fn money(amount: Option<&Money>) -> String {
    amount.map_or(NONE.to_owned(), |money| format!("{} {}", money.amount, money.currency))
}

/// An amount as exact money, to add and compare it.
pub(crate) fn exact(amount: &Money) -> Option<switchboard::Money> {
    switchboard::Money::parse(&amount.amount, &amount.currency).ok()
}

/// The share of an amount in another one of its currency, 0 to 100, for bars.
pub(crate) fn percent_of(part: i64, whole: i64) -> f64 {
    if whole <= 0 { 0.0 } else { (part as f64 / whole as f64 * 100.0).clamp(0.0, 100.0) }
}

/// A length of time.
pub(crate) fn seconds(seconds: f64) -> String {
    let whole = seconds.round().max(0.0) as u64;
    match (whole / 3600, whole % 3600 / 60, whole % 60) {
        (0, 0, seconds) => format!("{seconds}\u{a0}s"),
        (0, minutes, seconds) => format!("{minutes}\u{a0}min {seconds}\u{a0}s"),
        (hours, minutes, _) => format!("{hours}\u{a0}h {minutes}\u{a0}min"),
    }
}

/// A share as a percentage.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A text that may be left out.
pub(crate) fn or_none(text: Option<&str>) -> String {
    text.filter(|text| !text.is_empty()).unwrap_or(NONE).to_owned()
}

/// `1 call`, `2 calls`.
pub(crate) fn count(number: u64, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}
