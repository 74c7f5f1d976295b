//! Reads `Retry-After`, which is seconds or a date, and which servers get wrong in every way.

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822};

/// No `Retry-After` is believed beyond this: a provider that names a year must not take us out of service.
pub const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(15 * 60);

/// How long `value` asks to wait, between nothing and [`LONGEST_RETRY_AFTER`]; `None` where it cannot be read.
///
/// `now` should be the answer's own `Date`, so that a wrong clock on either side changes nothing. A date that has passed is no wait.
/// A fraction of a second, which no document allows and some servers send, is rounded up.
pub fn parse_retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    match seconds(value) {
        Some(wait) => Some(wait),
        None => date(value).map(|then| until(then, now)),
    }
    .map(|wait| wait.min(LONGEST_RETRY_AFTER))
}

/// The wait that a pair of `Retry-After` and `Date` headers asks for.
pub(crate) fn from_headers(retry_after: Option<&str>, date_header: Option<&str>) -> Option<Duration> {
    let now = date_header.and_then(date).unwrap_or_else(Timestamp::now);
    parse_retry_after(retry_after?, now)
}

fn seconds(value: &str) -> Option<Duration> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    // More digits than fit is more seconds than are believed.
    let whole = whole.parse::<u64>().unwrap_or(u64::MAX);
    let part = u64::from(fraction.bytes().any(|byte| byte != b'0'));
    Some(Duration::from_secs(whole.saturating_add(part)))
}

fn date(value: &str) -> Option<Timestamp> {
    static PARSER: rfc2822::DateTimeParser = rfc2822::DateTimeParser::new();
    PARSER.parse_timestamp(value).ok()
}

fn until(then: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(then.duration_since(now)).unwrap_or(Duration::ZERO)
}
