//! Parses `Retry-After`: seconds or a date, in all the wrong forms that servers send.

use std::time::Duration;

use jiff::{Timestamp, civil, fmt::rfc2822, tz::TimeZone};

/// A longer `Retry-After` is cut to this: a provider that asks for a year must not take us out of
/// service.
pub const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(15 * 60);

/// How long `value` asks to wait, from zero to [`LONGEST_RETRY_AFTER`]; `None` if it cannot be
/// read.
///
/// `now` should be the answer's own `Date`, so that a wrong clock on either side does not matter. A
/// date in the past means no wait. Dates are read in the three forms of RFC 9110 (`Sun, 06 Nov 1994
/// 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`). Fractions of a
/// second, which the RFC does not allow and some servers send, are rounded up.
pub fn parse_retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    parse(value, now).map(|wait| wait.min(LONGEST_RETRY_AFTER))
}

fn parse(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    match seconds(value) {
        Some(wait) => Some(wait),
        None => date(value, now).map(|then| until(then, now)),
    }
}

/// The wait that a pair of `Retry-After` and `Date` headers asks for.
pub(crate) fn from_headers(
    retry_after: Option<&str>,
    date_header: Option<&str>,
) -> Option<Duration> {
    unlimited(retry_after, date_header).map(|wait| wait.min(LONGEST_RETRY_AFTER))
}

/// The same, however long it is.
pub(crate) fn unlimited(retry_after: Option<&str>, date_header: Option<&str>) -> Option<Duration> {
    let here = Timestamp::now();
    let now = date_header.and_then(|value| date(value, here)).unwrap_or(here);
    parse(retry_after?, now)
}

fn seconds(value: &str) -> Option<Duration> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    // Too many digits for a u64: longer than any wait that is accepted.
    let whole = whole.parse::<u64>().unwrap_or(u64::MAX);
    let part = u64::from(fraction.bytes().any(|byte| byte != b'0'));
    Some(Duration::from_secs(whole.saturating_add(part)))
}

/// A date in one of the three forms. A wrong weekday is ignored.
pub(crate) fn date(value: &str, now: Timestamp) -> Option<Timestamp> {
    static PARSER: rfc2822::DateTimeParser = rfc2822::DateTimeParser::new().relaxed_weekday(true);
    PARSER.parse_timestamp(value).ok().or_else(|| rfc_850(value, now)).or_else(|| asctime(value))
}

/// `Sunday, 06-Nov-94 08:49:37 GMT`. The year is the latest with these two digits that is at most
/// 50 years ahead.
fn rfc_850(value: &str, now: Timestamp) -> Option<Timestamp> {
    let (weekday, rest) = value.split_once(", ")?;
    let [date, time, "GMT"] = words(rest)? else {
        return None;
    };
    let [day, month, year] = date.split('-').collect::<Vec<_>>().try_into().ok()?;
    if !WEEKDAYS.contains(&weekday) || year.len() != 2 {
        return None;
    }
    let latest = now.to_zoned(TimeZone::UTC).year() + 50;
    let year = number(year)?;
    let year = latest - (latest - year).rem_euclid(100);
    moment(year, month, number(day)?, time)
}

/// `Sun Nov  6 08:49:37 1994`.
fn asctime(value: &str) -> Option<Timestamp> {
    let [weekday, month, day, time, year] = words(value)?;
    if !WEEKDAYS.iter().any(|full| full.get(..3) == Some(weekday)) || year.len() != 4 {
        return None;
    }
    moment(number(year)?, month, number(day)?, time)
}

const WEEKDAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn words<const COUNT: usize>(text: &str) -> Option<[&str; COUNT]> {
    text.split_ascii_whitespace().collect::<Vec<_>>().try_into().ok()
}

fn number(text: &str) -> Option<i16> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

fn moment(year: i16, month: &str, day: i16, time: &str) -> Option<Timestamp> {
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let date = civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let time: civil::Time = time.parse().ok()?;
    Some(date.to_datetime(time).to_zoned(TimeZone::UTC).ok()?.timestamp())
}

fn until(then: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(then.duration_since(now)).unwrap_or(Duration::ZERO)
}
