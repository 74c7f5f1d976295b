//! Text with many digits that is not a phone number: ids, dates, times, amounts of money and
//! loopback addresses.
//!
//! Every shape is matched exactly, is bounded in length, and must be separate from other digits. If
//! text matches only nearly, its digits are hidden.

mod dates;
mod money;

use money::is_currency_sign;

use super::spans::Kind;

/// This many digits in a row are hidden even within an id.
const SURELY: usize = 10;
/// The shortest hexadecimal id that is recognised.
const SHORTEST_ID: usize = 8;

/// The shape that begins at this position, and its length.
pub(super) fn at(characters: &[char], at: usize) -> Option<(Kind, usize)> {
    let look = Look { characters, at };
    if let Some(length) = look.secret() {
        return Some((Kind::Secret, length));
    }
    if look.before(1).is_some_and(char::is_alphanumeric) {
        // `US$1,234.50`: a currency sign may follow letters.
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

/// A position in the text.
#[derive(Clone, Copy)]
struct Look<'a> {
    characters: &'a [char],
    at: usize,
}

impl<'a> Look<'a> {
    /// The character `count` positions before this one.
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

    /// The value of exactly `length` digits.
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

    /// True if no digit, sign or part of a word directly before this position belongs to it.
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

    /// True if a date or a time ends `count` characters before: `2026-02-14/2026-02-20`.
    fn ends_a_shape(self, count: usize) -> bool {
        let end = self.at - count;
        [10, 5].into_iter().any(|length| {
            end.checked_sub(length).is_some_and(|at| {
                let look = Look { at, ..self };
                look.date() == Some(length) || look.time() == Some(length)
            })
        })
    }

    /// True if nothing after `length` characters makes this part of a longer number.
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

    /// The credential after `Bearer` or `Basic`.
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

    /// A UUID of a version that exists.
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

    /// A hexadecimal word with letters in several places, as in `call_9f3b1234567`. A single letter
    /// before a number does not make it an id.
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
