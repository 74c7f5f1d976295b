//! Credentials, ids and loopback addresses.

use super::look::Look;

/// This many digits in a row are hidden even within an id.
const SURELY: usize = 10;
/// The shortest hexadecimal id that is recognised.
const SHORTEST_ID: usize = 8;

impl Look<'_> {
    /// The credential after `Bearer` or `Basic`.
    pub(super) fn secret(self) -> Option<usize> {
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
    pub(super) fn uuid(self) -> Option<usize> {
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
    pub(super) fn hexadecimal(self) -> Option<usize> {
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
    pub(super) fn this_machine(self) -> Option<usize> {
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
