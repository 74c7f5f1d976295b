//! Dates and times of day.

use super::look::Look;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl Look<'_> {
    /// `YYYY-MM-DD`.
    pub(super) fn date(self) -> Option<usize> {
        let year = matches!(self.value(4)?, 1900..=2099);
        let dashes = self.get(4)? == '-' && self.get(7)? == '-';
        let day = matches!(self.further(5).value(2)?, 1..=12)
            && matches!(self.further(8).value(2)?, 1..=31);
        (year && dashes && day).then_some(10)
    }

    /// `20:00`, `9:00`, `20:00:00`, `20:00:00.123456`.
    pub(super) fn time(self) -> Option<usize> {
        let hour = self.digits(3);
        (matches!(hour, 1 | 2) && self.value(hour)? <= 24 && self.get(hour)? == ':')
            .then_some(())?;
        (self.further(hour + 1).value(2)? < 60).then_some(())?;
        let mut length = hour + 3;
        if self.get(length) == Some(':') {
            (self.further(length + 1).value(2)? <= 60).then_some(())?;
            length += 3;
            if matches!(self.get(length), Some('.' | ',')) {
                length += match self.further(length + 1).digits(10) {
                    fraction @ 1..=9 => 1 + fraction,
                    _ => 0,
                };
            }
        }
        Some(length)
    }

    /// The offset after a time: `Z`, `+01:00`, `-0500`.
    fn offset(self) -> usize {
        match self.get(0) {
            Some('Z' | 'z') => 1,
            Some('+' | '-') => match (self.further(1).value(2), self.get(3)) {
                (Some(0..=14), Some(':'))
                    if self.further(4).value(2).is_some_and(|minutes| minutes < 60) =>
                {
                    6
                }
                (Some(0..=14), Some(_))
                    if self.further(3).value(2).is_some_and(|minutes| minutes < 60) =>
                {
                    5
                }
                _ => 0,
            },
            _ => 0,
        }
    }

    /// A date, with its time if there is one.
    pub(super) fn date_and_time(self) -> Option<usize> {
        let date = self.date()?;
        let gap = match (self.get(date), self.get(date + 1)) {
            (Some('T' | 't' | ' ' | '_'), _) => Some(1),
            (Some(','), Some(' ')) => Some(2),
            _ => None,
        };
        if let Some(gap) = gap
            && let Some(time) = self.further(date + gap).time()
        {
            let clock = date + gap + time;
            let length = clock + self.further(clock).offset();
            if self.ends_after(length) || self.further(length + 1).time().is_some() {
                return Some(length);
            }
        }
        (self.ends_after(date) || self.further(date + 1).date().is_some()).then_some(date)
    }

    /// A time, or a range of times: `09:00-17:00`.
    pub(super) fn times(self) -> Option<usize> {
        let mut length = self.time()?;

        while matches!(self.get(length), Some('-' | '–'))
            && let Some(next) = self.further(length + 1).time()
        {
            length += 1 + next;
        }
        length += self.further(length).offset();
        (self.ends_after(length) && self.ends_word_after(length)
            || self.further(length).is("am")
            || self.further(length).is("pm"))
        .then_some(length)
    }

    /// `14, 2026` or `2026, 20:00` directly after the name of a month.
    pub(super) fn date_in_words(self) -> Option<usize> {
        let gap = (1..=3)
            .take_while(|&count| {
                self.before(count).is_some_and(|one| matches!(one, ' ' | '.' | ',' | '\u{a0}'))
            })
            .count();
        (gap > 0 && self.is_behind_month(gap)).then_some(())?;
        let year = |look: Self| look.digits(5) == 4 && matches!(look.value(4), Some(1900..=2099));
        let space = |look: Self| look.count(2, |one| matches!(one, ',' | ' '));
        let mut length = if year(self) {
            4
        } else {
            let day = self.digits(3);
            (matches!(day, 1 | 2) && matches!(self.value(day), Some(1..=31))).then_some(())?;
            let gap = space(self.further(day));
            (gap > 0 && year(self.further(day + gap))).then_some(())?;
            day + gap + 4
        };
        let gap = space(self.further(length));
        if gap > 0
            && let Some(time) = self.further(length + gap).times()
        {
            length += gap + time;
        }
        self.ends_after(length).then_some(length)
    }

    fn is_behind_month(self, gap: usize) -> bool {
        let is_month = |name: &str| {
            let Some(at) = self.at.checked_sub(gap + name.len()) else {
                return false;
            };
            let look = Look { at, ..self };
            look.is_in_any_case(name) && !look.before(1).is_some_and(char::is_alphanumeric)
        };
        MONTHS.iter().any(|month| is_month(month) || month.get(..3).is_some_and(is_month))
    }
}
