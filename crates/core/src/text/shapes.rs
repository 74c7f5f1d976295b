//! What has many digits and is no phone number: ids, dates, times, amounts of money, this machine's
//! own addresses.
//!
//! Every shape is exact, bounded in length, and stands apart from other digits. What only nearly is
//! one is none: then the digits are hidden.

use super::spans::Kind;

/// So many digits in one go are a number, in whatever id they stand.
const SURELY: usize = 10;
/// The shortest id that is recognised by its letters alone.
const SHORTEST_ID: usize = 8;
const CURRENCIES: [&str; 24] = [
    "USD", "EUR", "GBP", "CAD", "AUD", "NZD", "CHF", "JPY", "CNY", "HKD", "SGD", "INR", "SEK",
    "NOK", "DKK", "PLN", "CZK", "HUF", "MXN", "BRL", "ZAR", "ILS", "KRW", "AED",
];
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

/// The shape that begins here, and how long it is.
pub(super) fn at(characters: &[char], at: usize) -> Option<(Kind, usize)> {
    let look = Look { characters, at };
    if let Some(length) = look.secret() {
        return Some((Kind::Secret, length));
    }
    if look.before(1).is_some_and(char::is_alphanumeric) {
        // `US$1,234.50`: a sign stands behind letters, too.
        let sign = look.get(0).is_some_and(is_currency_sign);
        return look.money().filter(|_| sign).map(|length| (Kind::Apart, length));
    }
    let apart = look
        .uuid()
        .or_else(|| look.money())
        .or_else(|| look.this_machine())
        .or_else(|| look.hexadecimal());
    if let Some(length) = apart {
        return Some((Kind::Apart, length));
    }
    if !look.stands_apart_before() {
        return None;
    }
    let date = look.date_and_time().or_else(|| look.date_in_words());
    date.map(|length| (Kind::Date, length))
        .or_else(|| look.times().map(|length| (Kind::Time, length)))
}

fn is_currency_sign(one: char) -> bool {
    matches!(one, '$' | '€' | '£' | '¥' | '₹' | '₩' | '₪')
}

/// A place in the text.
#[derive(Clone, Copy)]
struct Look<'a> {
    characters: &'a [char],
    at: usize,
}

impl<'a> Look<'a> {
    /// The character so many before this one.
    fn before(self, count: usize) -> Option<char> {
        self.at.checked_sub(count).and_then(|at| self.characters.get(at)).copied()
    }

    fn get(self, offset: usize) -> Option<char> {
        self.characters.get(self.at + offset).copied()
    }

    fn further(self, offset: usize) -> Self {
        Self { at: self.at + offset, ..self }
    }

    fn count(self, longest: usize, is: impl Fn(char) -> bool) -> usize {
        let rest = self.characters.get(self.at..).unwrap_or_default();
        rest.iter().take(longest).take_while(|&&one| is(one)).count()
    }

    fn digits(self, longest: usize) -> usize {
        self.count(longest, |one| one.is_ascii_digit())
    }

    /// The value of exactly so many digits.
    fn value(self, length: usize) -> Option<u32> {
        let mut value = 0;
        for offset in 0..length {
            value = value * 10 + self.get(offset)?.to_digit(10)?;
        }
        Some(value)
    }

    fn is(self, word: &str) -> bool {
        word.chars().enumerate().all(|(offset, one)| self.get(offset) == Some(one))
    }

    fn is_in_any_case(self, word: &str) -> bool {
        word.chars().enumerate().all(|(offset, one)| {
            self.get(offset).is_some_and(|given| given.eq_ignore_ascii_case(&one))
        })
    }

    /// No digit, sign or half of a word belongs to what begins here.
    fn stands_apart_before(self) -> bool {
        match (self.before(2), self.before(1)) {
            (_, None) => true,
            (_, Some(one)) if one.is_alphanumeric() => false,
            (_, Some('+' | '＋')) => false,
            (Some(digit), Some('-' | '–' | '/' | '_' | '.' | ':' | ',')) => {
                !digit.is_numeric() || self.ends_a_shape(1)
            }
            (_, Some(_)) => true,
        }
    }

    /// Whether a date or a time ends so many characters before: `2026-02-14/2026-02-20`.
    fn ends_a_shape(self, count: usize) -> bool {
        let end = self.at - count;
        [10, 5].into_iter().any(|length| {
            end.checked_sub(length).is_some_and(|at| {
                let look = Look { at, ..self };
                look.date() == Some(length) || look.time() == Some(length)
            })
        })
    }

    /// Nothing goes on behind so many characters that would make it part of a longer number.
    fn ends_after(self, length: usize) -> bool {
        match (self.get(length), self.get(length + 1)) {
            (Some(one), _) if one.is_numeric() => false,
            (Some('.' | ':' | ',' | '-' | '_'), Some(next)) if next.is_numeric() => false,
            _ => true,
        }
    }

    fn ends_word_after(self, length: usize) -> bool {
        !self.get(length).is_some_and(char::is_alphanumeric)
    }

    /// What stands behind `Bearer` or `Basic`.
    fn secret(self) -> Option<usize> {
        let is_blank = |one: char| matches!(one, ' ' | ':' | '=' | '"' | '\'');
        if !self.before(1).is_some_and(is_blank) {
            return None;
        }
        let blanks = (1..=4).take_while(|&count| self.before(count).is_some_and(is_blank)).count();
        let scheme = |word: &str| {
            let length = blanks + word.len();
            self.at >= length && Look { at: self.at - length, ..self }.is_in_any_case(word)
        };
        if !scheme("bearer") && !scheme("basic") {
            return None;
        }
        let length = self.count(usize::MAX, |one| {
            one.is_ascii_alphanumeric() || matches!(one, '-' | '.' | '_' | '~' | '+' | '/' | '=')
        });
        (length >= 8).then_some(length)
    }

    /// A UUID of one of the versions that exist.
    fn uuid(self) -> Option<usize> {
        let mut at = 0;
        for (group, length) in [8, 4, 4, 4, 12].into_iter().enumerate() {
            if group > 0 {
                (self.get(at)? == '-').then_some(())?;
                at += 1;
            }
            let first = self.get(at)?;
            let known = match group {
                2 => matches!(first, '1'..='8'),
                3 => matches!(first, '8' | '9' | 'a' | 'b' | 'A' | 'B'),
                _ => true,
            };
            (known && self.further(at).count(length, |one| one.is_ascii_hexdigit()) == length)
                .then_some(())?;
            at += length;
        }
        let behind = self.get(at) == Some('-')
            && self.get(at + 1).is_some_and(|one| one.is_ascii_hexdigit());
        let before = matches!(self.before(1), Some('-' | '+' | '＋'));
        (!behind && !before && self.ends_word_after(at)).then_some(at)
    }

    /// A hexadecimal word with letters in several places, as in `call_9f3b1234567`. One letter
    /// before a number makes no id of it.
    fn hexadecimal(self) -> Option<usize> {
        if matches!(self.before(1), Some('+' | '＋' | '%' | '\\')) {
            return None;
        }
        let length = self.count(65, |one| matches!(one, '0'..='9' | 'a'..='f'));
        if !(SHORTEST_ID..=64).contains(&length) || !self.ends_word_after(length) {
            return None;
        }
        let (mut letters, mut digits, mut stretch, mut before) = (0, 0, 0, '0');
        for one in (0..length).filter_map(|offset| self.get(offset)) {
            if one.is_ascii_digit() {
                digits += 1;
                stretch = stretch.max(digits);
            } else {
                digits = 0;
                letters += usize::from(before.is_ascii_digit());
            }
            before = one;
        }
        (letters >= 2 && stretch < SURELY).then_some(length)
    }

    /// `YYYY-MM-DD`.
    fn date(self) -> Option<usize> {
        let year = matches!(self.value(4)?, 1900..=2099);
        let dashes = self.get(4)? == '-' && self.get(7)? == '-';
        let day = matches!(self.further(5).value(2)?, 1..=12)
            && matches!(self.further(8).value(2)?, 1..=31);
        (year && dashes && day).then_some(10)
    }

    /// `20:00`, `9:00`, `20:00:00`, `20:00:00.123456`.
    fn time(self) -> Option<usize> {
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

    /// `Z`, `+01:00`, `-0500`: what a time may have behind it.
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

    /// A date, and the time that belongs to it.
    fn date_and_time(self) -> Option<usize> {
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

    /// One time, or several that make up a span: `09:00-17:00`.
    fn times(self) -> Option<usize> {
        let mut length = self.time()?;
        // Fractions of other lengths belong to no clock that anybody reads.
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

    /// `14, 2026` or `2026, 20:00` right behind the name of a month.
    fn date_in_words(self) -> Option<usize> {
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

    /// An amount with its currency before or behind it: `1,234,567.89 USD`, `$1,234,567`, `€
    /// 1.234.567,89`.
    fn money(self) -> Option<usize> {
        let code =
            |look: Self| look.ends_word_after(3) && CURRENCIES.iter().any(|code| look.is(code));
        let digits_before = (1..=2).any(|count| self.before(count).is_some_and(char::is_numeric));
        if digits_before || matches!(self.before(1), Some('+' | '＋' | '.' | ',' | '-')) {
            return None;
        }
        let currency = match self.get(0)? {
            one if is_currency_sign(one) => 1,
            one if one.is_ascii_uppercase() && code(self) => 3,
            one if one.is_ascii_digit() => 0,
            _ => return None,
        };
        let blank = |look: Self| usize::from(matches!(look.get(0), Some(' ' | '\u{a0}')));
        let gap = if currency > 0 { blank(self.further(currency)) } else { 0 };
        let begin = currency + gap;
        let end = begin + self.further(begin).amount()?;
        if currency > 0 {
            let next = end + blank(self.further(end));
            return (self.ends_after(end) && !self.get(next).is_some_and(char::is_numeric))
                .then_some(end);
        }
        let behind = self.further(end + blank(self.further(end)));
        if behind.get(0).is_some_and(is_currency_sign) {
            let end = behind.at + 1 - self.at;
            return (!self.get(end).is_some_and(char::is_numeric)).then_some(end);
        }
        code(behind).then_some(behind.at + 3 - self.at)
    }

    /// Digits as money has them: thousands apart, a fraction behind, or both.
    fn amount(self) -> Option<usize> {
        let first = self.digits(10);
        let separator = self.get(first).filter(|one| matches!(one, ',' | '.' | '\''));
        let mut length = first;
        let mut groups = 0;
        if let Some(separator) = separator
            && (1..=3).contains(&first)
        {
            while self.get(length) == Some(separator)
                && self.further(length + 1).digits(4) == 3
                && groups < 4
            {
                length += 4;
                groups += 1;
            }
        }
        let fraction = match self.get(length) {
            Some(point @ ('.' | ',')) if groups == 0 || Some(point) != separator => {
                self.further(length + 1).digits(7)
            }
            _ => 0,
        };
        let fits = matches!(
            (first, groups, fraction),
            (1..=3, 1.., 0..=2) | (1..=9, 0, 1..=2) | (1..=4, 0, 3..=6)
        );
        fits.then_some(if fraction > 0 { length + 1 + fraction } else { length })
    }

    /// `127.0.0.1:54321`.
    fn this_machine(self) -> Option<usize> {
        let host = ["127.0.0.1", "0.0.0.0"].into_iter().find(|host| self.is(host))?.len();
        let port = match self.get(host) {
            Some(':') => self.further(host + 1).digits(6),
            _ => 0,
        };
        let length = if (1..=5).contains(&port) { host + 1 + port } else { host };
        (self.stands_apart_before() && self.ends_after(length) && self.ends_word_after(length))
            .then_some(length)
    }
}
