//! Local time, and the first instant at which a clock on the wall shows something.
//!
//! Between two changes of its offset, a zone's clock runs straight on. So every search looks ahead
//! in the present offset, and looks again at the change if that comes first. That holds for clocks
//! that are put forward, for those that are put back, and for offsets that never return.

use jiff::{Timestamp, civil, tz::TimeZone};

use crate::rule::{CalendarId, Week};

/// How many days ahead an opening is looked for. Beyond that a call is refused.
pub(crate) const HORIZON_DAYS: i64 = 400;

const DAY: i64 = 86_400;

/// A local time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Local {
    /// Seconds since 1970-01-01T00:00 on the wall.
    pub(crate) seconds: i64,
    /// Days since 1970-01-01.
    pub(crate) day: i64,
    /// Minutes since midnight.
    pub(crate) minute: u16,
}

pub(crate) fn local(zone: &TimeZone, at: Timestamp) -> Local {
    let seconds = at.as_second() + i64::from(zone.to_offset(at).seconds());
    let minute = (seconds.rem_euclid(DAY) / 60) as u16;
    Local { seconds, day: seconds.div_euclid(DAY), minute }
}

/// The local day of an instant.
pub(crate) fn local_day(zone: &TimeZone, at: Timestamp) -> i64 {
    local(zone, at).day
}

/// Runs on to the first instant, not before `at`, at which `target` holds: given the local time, it
/// returns the second on the wall to wait for, which may be past. `None` if it will not hold.
fn first(
    zone: &TimeZone,
    mut at: Timestamp,
    target: impl Fn(Local) -> Option<i64>,
) -> Option<Timestamp> {
    loop {
        let now = local(zone, at);
        let wait = target(now)? - now.seconds;
        if wait <= 0 {
            return Some(at);
        }
        let then = Timestamp::from_second(at.as_second() + wait).ok()?;
        match zone.following(at).next().map(|change| change.timestamp()) {
            Some(change) if change <= then => at = change,
            Some(_) | None => return Some(then),
        }
    }
}

/// The first instant, not before `at`, at which a week is open.
pub(crate) fn opens(
    zone: &TimeZone,
    at: Timestamp,
    week: &Week,
    is_holiday: impl Fn(CalendarId, i64) -> bool,
) -> Option<Timestamp> {
    first(zone, at, |now| {
        (0..=HORIZON_DAYS).find_map(|ahead| {
            let day = now.day + ahead;
            let minute = if ahead == 0 { now.minute } else { 0 };
            let opens = week.opens(day, minute, &is_holiday)?;
            Some(day * DAY + i64::from(opens) * 60)
        })
    })
}

/// The first instant, not before `at`, at which it is this day or a later one.
pub(crate) fn reaches(zone: &TimeZone, at: Timestamp, day: i64) -> Option<Timestamp> {
    first(zone, at, |_| Some(day.saturating_mul(DAY)))
}

/// The instant at which a day begins.
pub(crate) fn begins(zone: &TimeZone, day: i64) -> Option<Timestamp> {
    let midnight = Timestamp::from_second(day.saturating_mul(DAY)).ok()?;
    let midnight: civil::DateTime = TimeZone::UTC.to_datetime(midnight);
    zone.to_ambiguous_timestamp(midnight).compatible().ok()
}
