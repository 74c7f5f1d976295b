//! A position in a text, and what is around it.

/// A position in the text.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) characters: &'a [char],
    pub(super) at: usize,
}

impl<'a> Look<'a> {
    /// The character `count` positions before this one.
    pub(super) fn before(self, count: usize) -> Option<char> {
        self.at.checked_sub(count).and_then(|at| self.characters.get(at)).copied()
    }

    pub(super) fn get(self, offset: usize) -> Option<char> {
        self.characters.get(self.at + offset).copied()
    }

    pub(super) fn further(self, offset: usize) -> Self {
        Self { at: self.at + offset, ..self }
    }

    pub(super) fn count(self, longest: usize, is: impl Fn(char) -> bool) -> usize {
        let rest = self.characters.get(self.at..).unwrap_or_default();
        rest.iter().take(longest).take_while(|&&one| is(one)).count()
    }

    pub(super) fn digits(self, longest: usize) -> usize {
        self.count(longest, |one| one.is_ascii_digit())
    }

    /// The value of exactly `length` digits.
    pub(super) fn value(self, length: usize) -> Option<u32> {
        let mut value = 0;
        for offset in 0..length {
            value = value * 10 + self.get(offset)?.to_digit(10)?;
        }
        Some(value)
    }

    pub(super) fn is(self, word: &str) -> bool {
        word.chars().enumerate().all(|(offset, one)| self.get(offset) == Some(one))
    }

    pub(super) fn is_in_any_case(self, word: &str) -> bool {
        word.chars().enumerate().all(|(offset, one)| {
            self.get(offset).is_some_and(|given| given.eq_ignore_ascii_case(&one))
        })
    }

    /// True if no digit, sign or part of a word directly before this position belongs to it.
    pub(super) fn stands_apart_before(self) -> bool {
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
    pub(super) fn ends_a_shape(self, count: usize) -> bool {
        let end = self.at - count;
        [10, 5].into_iter().any(|length| {
            end.checked_sub(length).is_some_and(|at| {
                let look = Look { at, ..self };
                look.date() == Some(length) || look.time() == Some(length)
            })
        })
    }

    /// True if nothing after `length` characters makes this part of a longer number.
    pub(super) fn ends_after(self, length: usize) -> bool {
        match (self.get(length), self.get(length + 1)) {
            (Some(one), _) if one.is_numeric() => false,
            (Some('.' | ':' | ',' | '-' | '_'), Some(next)) if next.is_numeric() => false,
            _ => true,
        }
    }

    pub(super) fn ends_word_after(self, length: usize) -> bool {
        !self.get(length).is_some_and(char::is_alphanumeric)
    }
}
