//! The appointment made in a call, as the file `calendar.ics`.

use std::str::FromStr;

use icalendar::{CalendarDateTime, Component, DatePerhapsTime, EventLike};
use jiff::{Timestamp, civil};
use switchboard_core::{Error, ErrorKind, Result};

/// The start or end of an event. The format has four kinds of time, and mixing them up books the
/// wrong hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CalendarTime {
    /// A whole day.
    Day(civil::Date),
    /// A local time without a time zone.
    Local(civil::DateTime),
    /// A point in time.
    Utc(Timestamp),
    /// A local time in a time zone, with the zone's name in the file.
    InZone {
        /// The local time.
        at: civil::DateTime,
        /// The time zone, usually an IANA name.
        zone: String,
    },
}

/// One event of a calendar file.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CalendarEvent {
    /// The event's own id.
    pub uid: Option<String>,
    /// Its title.
    pub summary: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The place.
    pub location: Option<String>,
    /// The start.
    pub start: Option<CalendarTime>,
    /// The end.
    pub end: Option<CalendarTime>,
}

impl std::fmt::Debug for CalendarEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CalendarEvent")
            .field("start", &self.start)
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}

/// A calendar file: its events, and the original text.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Calendar {
    /// The events.
    pub events: Vec<CalendarEvent>,
    /// The file as received.
    pub text: String,
}

impl std::fmt::Debug for Calendar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Calendar").field("events", &self.events.len()).finish_non_exhaustive()
    }
}

impl Calendar {
    /// Reads a file.
    ///
    /// # Errors
    /// `Decode` for text that is not an iCalendar file.
    pub fn parse(text: String) -> Result<Self> {
        let file = icalendar::Calendar::from_str(&text)
            .map_err(|_| Error::new(ErrorKind::Decode, "the answer is not an iCalendar file"))?;
        let events = file
            .events()
            .map(|event| CalendarEvent {
                uid: event.get_uid().map(str::to_owned),
                summary: event.get_summary().map(str::to_owned),
                description: event.get_description().map(str::to_owned),
                location: event.get_location().map(str::to_owned),
                start: event.get_start().and_then(time),
                end: event.get_end().and_then(time),
            })
            .collect();
        Ok(Self { events, text })
    }
}

/// Converted through text: the parser's time types come from another crate, and both write ISO
/// 8601.
fn time(found: DatePerhapsTime) -> Option<CalendarTime> {
    match found {
        DatePerhapsTime::Date(day) => day.to_string().parse().ok().map(CalendarTime::Day),
        DatePerhapsTime::DateTime(CalendarDateTime::Floating(at)) => {
            at.to_string().parse().ok().map(CalendarTime::Local)
        }
        DatePerhapsTime::DateTime(CalendarDateTime::Utc(at)) => {
            at.to_rfc3339().parse().ok().map(CalendarTime::Utc)
        }
        DatePerhapsTime::DateTime(CalendarDateTime::WithTimezone { date_time, tzid }) => {
            date_time.to_string().parse().ok().map(|at| CalendarTime::InZone { at, zone: tzid })
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn start(line: &str) -> Option<CalendarTime> {
        let text = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\n{line}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        Calendar::parse(text).unwrap().events.remove(0).start
    }

    #[test]
    fn the_four_kinds_of_time() {
        let evening = civil::date(2026, 2, 14).at(20, 0, 0, 0);
        assert_eq!(start("DTSTART:20260214T200000"), Some(CalendarTime::Local(evening)));
        assert_eq!(
            start("DTSTART:20260214T200000Z"),
            Some(CalendarTime::Utc("2026-02-14T20:00:00Z".parse().unwrap()))
        );
        assert_eq!(
            start("DTSTART;VALUE=DATE:20260214"),
            Some(CalendarTime::Day(civil::date(2026, 2, 14)))
        );
        let zone = "America/New_York".to_owned();
        assert_eq!(
            start("DTSTART;TZID=America/New_York:20260214T200000"),
            Some(CalendarTime::InZone { at: evening, zone })
        );
        assert_eq!(start("DTSTART:tonight"), None);
        assert_eq!(Calendar::parse("<html>".to_owned()).unwrap_err().kind(), ErrorKind::Decode);
    }

    proptest! {
        #[test]
        fn no_file_is_fatal(line in "(DTSTART|DTEND|SUMMARY|UID|BEGIN|END)[;:=A-Z]{0,12}[0-9TZ+\\-]{0,18}", text in ".*") {
            let _ = Calendar::parse(text);
            let _ = Calendar::parse(format!("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{line}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"));
        }
    }
}
