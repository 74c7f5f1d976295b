//! Hours of the week in which somebody may be called.

use std::{fmt, ops::Range, str::FromStr};

use jiff::civil::Weekday;

use crate::{Error, text::readable};

/// The minutes of a day; also the end of a range that ends at midnight, written `24:00`.
const DAY: u16 = 24 * 60;

const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];
const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The open hours of one day, written `10:00-13:00+14:00-18:00` or `closed`. Ranges are half-open:
/// of `10:00-13:00`, 13:00 itself is closed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct DayHours(Vec<Range<u16>>);

impl DayHours {
    /// No open hours.
    pub const CLOSED: Self = Self(Vec::new());

    /// True if this minute is open; 0 is midnight and 1,439 the last minute of the day.
    pub fn contains(&self, minute: u16) -> bool {
        self.0.iter().any(|range| range.contains(&minute))
    }

    /// The open ranges in minutes since midnight, in order and with gaps between them. A range that
    /// lasts until midnight ends at 1,440.
    pub fn ranges(&self) -> impl ExactSizeIterator<Item = Range<u16>> + '_ {
        self.0.iter().cloned()
    }

    /// True if no minute is open.
    pub const fn is_closed(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for DayHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_closed() {
            return f.write_str("closed");
        }
        let clock = |minute: u16| (minute / 60, minute % 60);
        for (index, range) in self.0.iter().enumerate() {
            let ((from_hour, from_minute), (to_hour, to_minute)) =
                (clock(range.start), clock(range.end));
            let plus = if index == 0 { "" } else { "+" };
            write!(f, "{plus}{from_hour:02}:{from_minute:02}-{to_hour:02}:{to_minute:02}")?;
        }
        Ok(())
    }
}

impl FromStr for DayHours {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text == "closed" {
            return Ok(Self::CLOSED);
        }
        let mut ranges: Vec<Range<u16>> = Vec::new();
        for written in text.split('+') {
            let range = range(written.trim())?;
            if ranges.last().is_some_and(|before| range.start <= before.end) {
                return Err(invalid(
                    text,
                    "has ranges that overlap, touch or are out of order: join or sort them",
                ));
            }
            ranges.push(range);
        }
        Ok(Self(ranges))
    }
}

/// Open hours of the week, written as `mon-fri 08:00-22:00; sat 10:00-13:00+14:00-18:00`. Weekdays
/// that are not named are closed, and ranges are half-open: 22:00 itself is closed. Times are local
/// where the callee is.
///
/// ```
/// use jiff::civil::Weekday;
/// use switchboard_core::WeeklyHours;
///
/// let hours: WeeklyHours = "mon-fri 08:00-22:00; sat 10:00-14:00".parse()?;
/// assert!(hours.contains(Weekday::Friday, 21 * 60 + 59));
/// assert!(!hours.contains(Weekday::Friday, 22 * 60));
/// assert!(hours.day(Weekday::Sunday).is_closed());
/// # Ok::<(), switchboard_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct WeeklyHours([DayHours; 7]);

impl WeeklyHours {
    /// True if this minute of the weekday is open; 0 is midnight and 1,439 the last minute.
    pub fn contains(&self, weekday: Weekday, minute: u16) -> bool {
        self.day(weekday).contains(minute)
    }

    /// The open hours of a weekday.
    pub fn day(&self, weekday: Weekday) -> &DayHours {
        &self.0[index(weekday)]
    }

    /// The weekdays from Monday to Sunday, each with its open hours.
    pub fn days(&self) -> impl ExactSizeIterator<Item = (Weekday, &DayHours)> {
        WEEK.into_iter().zip(&self.0)
    }
}

impl fmt::Display for WeeklyHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.iter().all(DayHours::is_closed) {
            return f.write_str("mon-sun closed");
        }
        let (mut first, mut separator) = (0, "");
        while first < self.0.len() {
            let day = &self.0[first];
            let alike = self.0[first..].iter().take_while(|other| *other == day).count();
            let last = first + alike - 1;
            if !day.is_closed() {
                write!(f, "{separator}{}", NAMES[first])?;
                if first < last {
                    write!(f, "-{}", NAMES[last])?;
                }
                write!(f, " {day}")?;
                separator = "; ";
            }
            first = last + 1;
        }
        Ok(())
    }
}

impl FromStr for WeeklyHours {
    type Err = Error;

    /// The error names the field `hours`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut week: [Option<DayHours>; 7] = Default::default();
        for item in text.split(';').map(str::trim) {
            let Some((weekdays, hours)) = item.split_once(char::is_whitespace) else {
                return Err(invalid(
                    item,
                    "is not weekdays and hours: write them as mon-fri 08:00-22:00",
                ));
            };
            let (first, last) = weekdays.split_once('-').unwrap_or((weekdays, weekdays));
            let (first, last) = (weekday(first)?, weekday(last)?);
            let hours: DayHours = hours.trim().parse()?;
            let mut at = first;
            loop {
                if week[at].replace(hours.clone()).is_some() {
                    let told = format!("names {} a second time: name each day once", NAMES[at]);
                    return Err(invalid(item, &told));
                }
                if at == last {
                    break;
                }
                at = (at + 1) % WEEK.len();
            }
        }
        Ok(Self(week.map(Option::unwrap_or_default)))
    }
}

fn index(weekday: Weekday) -> usize {
    usize::try_from(weekday.to_monday_zero_offset()).unwrap_or_default()
}

fn weekday(text: &str) -> Result<usize, Error> {
    NAMES
        .iter()
        .position(|name| *name == text)
        .ok_or_else(|| invalid(text, "is not a weekday: write mon, tue, wed, thu, fri, sat or sun"))
}

fn range(text: &str) -> Result<Range<u16>, Error> {
    let Some((from, to)) = text.split_once('-') else {
        return Err(invalid(text, "is not a range of hours: write it as 08:00-22:00"));
    };
    let (from, to) = (minute(from.trim_end())?, minute(to.trim_start())?);
    if from >= to {
        return Err(invalid(
            text,
            "does not end after it begins: divide hours over midnight, as fri 20:00-24:00; \
             sat 00:00-02:00",
        ));
    }
    Ok(from..to)
}

fn minute(text: &str) -> Result<u16, Error> {
    let two_digits = |text: &str| match text.as_bytes() {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
            Some(u16::from(tens - b'0') * 10 + u16::from(ones - b'0'))
        }
        _ => None,
    };
    text.split_once(':')
        .and_then(|(hour, minute)| two_digits(hour).zip(two_digits(minute)))
        .filter(|(_, minute)| *minute < 60)
        .map(|(hour, minute)| hour * 60 + minute)
        .filter(|minute| *minute <= DAY)
        .ok_or_else(|| invalid(text, "is not a time of day: write it as 08:00, up to 24:00"))
}

fn invalid(text: &str, message: &str) -> Error {
    Error::invalid("hours", format!("{:?} {message}", readable(text)))
}
