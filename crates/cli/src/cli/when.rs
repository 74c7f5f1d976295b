//! Times as people type them.

use std::str::FromStr;

use jiff::{Span, Timestamp, ToSpan, civil, tz::TimeZone};

/// A time on the command line: a day, a time of day, or how long ago. Days and times without an
/// offset are those of this machine's time zone.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct When(Typed);

#[derive(Debug, Clone)]
enum Typed {
    Day(civil::Date),
    DaysAgo(i64),
    Local(civil::DateTime),
    At(Timestamp),
    Ago(Span),
}

impl PartialEq for Typed {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Typed::Day(one), Typed::Day(other)) => one == other,
            (Typed::DaysAgo(one), Typed::DaysAgo(other)) => one == other,
            (Typed::Local(one), Typed::Local(other)) => one == other,
            (Typed::At(one), Typed::At(other)) => one == other,
            (Typed::Ago(one), Typed::Ago(other)) => one.fieldwise() == other.fieldwise(),
            _ => false,
        }
    }
}

impl When {
    /// Where a period that begins with this time begins: a day begins at midnight.
    pub(crate) fn begin(&self, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, String> {
        self.resolve(now, zone, 0)
    }

    /// Where a period that ends with this time ends: a day is part of it.
    pub(crate) fn end(&self, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, String> {
        self.resolve(now, zone, 1)
    }

    /// `later` days are added to a day, and to nothing else.
    fn resolve(&self, now: Timestamp, zone: &TimeZone, later: i64) -> Result<Timestamp, String> {
        let day = |day: civil::Date| day.checked_add(later.days())?.to_zoned(zone.clone());
        let resolved = match &self.0 {
            Typed::Day(date) => day(*date),
            Typed::DaysAgo(days) => {
                let today = now.to_zoned(zone.clone()).date();
                today.checked_sub(days.days()).and_then(day)
            }
            Typed::Local(time) => time.to_zoned(zone.clone()),
            Typed::At(time) => return Ok(*time),
            Typed::Ago(span) => now.to_zoned(zone.clone()).checked_sub(*span),
        };
        resolved.map(|at| at.timestamp()).map_err(|_| "is outside the calendar".to_owned())
    }
}

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let typed = match text {
            "today" => Some(Typed::DaysAgo(0)),
            "yesterday" => Some(Typed::DaysAgo(1)),
            _ => None,
        };
        // A day is a time as well, so that it is tried before the times.
        let day = || (text.len() == 10).then(|| text.parse().ok().map(Typed::Day)).flatten();
        let at = || text.parse().ok().map(Typed::At);
        let local = || text.parse().ok().map(Typed::Local);
        // `2h` and `2h ago` are the same.
        let ago = || text.parse::<Span>().ok().map(|span| Typed::Ago(span.abs()));
        typed.or_else(day).or_else(at).or_else(local).or_else(ago).map(Self).ok_or_else(|| {
            "is not a time: use 2026-11-29, 2026-11-29T20:00, 2026-11-29T20:00:00Z, today, \
             yesterday, or how long ago, such as 2h or 3d"
                .to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use switchboard::core::time_zone;

    use super::*;

    #[test]
    fn a_time_is_read_as_people_type_it_in_their_own_zone() {
        let zone = time_zone("Europe/London").unwrap();
        let now: Timestamp = "2026-06-15T00:30:00Z".parse().unwrap();
        for (typed, begin, end) in [
            ("2026-06-10", "2026-06-09T23:00:00Z", "2026-06-10T23:00:00Z"),
            ("today", "2026-06-14T23:00:00Z", "2026-06-15T23:00:00Z"),
            ("yesterday", "2026-06-13T23:00:00Z", "2026-06-14T23:00:00Z"),
            ("2026-06-10T20:15", "2026-06-10T19:15:00Z", "2026-06-10T19:15:00Z"),
            ("2026-06-10T20:15:00Z", "2026-06-10T20:15:00Z", "2026-06-10T20:15:00Z"),
            ("2026-06-10T20:15:00+05:00", "2026-06-10T15:15:00Z", "2026-06-10T15:15:00Z"),
            ("2h", "2026-06-14T22:30:00Z", "2026-06-14T22:30:00Z"),
            (" 90 minutes ago ", "2026-06-14T23:00:00Z", "2026-06-14T23:00:00Z"),
            ("1w", "2026-06-08T00:30:00Z", "2026-06-08T00:30:00Z"),
        ] {
            let when: When = typed.parse().unwrap();
            let resolved = [when.begin(now, &zone).unwrap(), when.end(now, &zone).unwrap()];
            assert_eq!(resolved.map(|at| at.to_string()), [begin, end], "{typed}");
        }
        for wrong in ["", "noon", "2026-13-01", "2026-06", "2", "h2", "tomorrow"] {
            assert!(wrong.parse::<When>().is_err(), "{wrong}");
        }
    }
}
