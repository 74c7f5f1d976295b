//! Splits a written number into digits and the separators between them.
//!
//! Separators with only one reading are accepted: spaces, single hyphens or dots, brackets around
//! the calling code, trunk prefix or area code, and a slash after the area code. Everything else is
//! rejected and named, because dropping a separator can make one number into another:
//! `+4930123456.0` would call a stranger.

use super::character::{self, Kind};
use super::error::PhoneNumberError::{
    self, Character, Decimals, Extension, ForeignDigits, Letters, Rounded, Separators,
    SeveralNumbers, Tail, TooManyDigits,
};

/// The maximum number of digits that is read: an international prefix of five, a number of 15, and
/// one more to detect that there are too many.
const MOST: usize = 21;

/// The index of the last group that may be in brackets: the calling code, the trunk prefix or the
/// area code.
const LAST_BRACKET: usize = 2;

/// The fewest digits that count as a second number rather than the end of the first.
const SHORTEST_NUMBER: usize = 6;

/// The separator before a digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    /// No separator.
    None,
    /// One or more spaces.
    Space,
    /// A hyphen without spaces around it.
    Hyphen,
    /// A dash, or a hyphen between spaces.
    Dash,
    /// A dot without spaces around it.
    Dot,
    /// A slash.
    Slash,
    /// An opening or closing bracket.
    Bracket,
}

/// The digits of a text, and the separator before each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    digits: [u8; MOST],
    before: [Separator; MOST],
    len: usize,
    plus: bool,
    grouped: bool,
}

impl Written {
    /// Reads a text without interpreting the digits.
    ///
    /// # Errors
    /// The first thing in it that does not occur in a number.
    pub(super) fn read(text: &str) -> Result<Self, PhoneNumberError> {
        match Self::plain(text) {
            Some(plain) => Ok(plain),
            None => Reading::new(text).read(),
        }
    }

    /// The fast path for a plus sign followed by digits only, which most numbers are.
    fn plain(text: &str) -> Option<Self> {
        let digits = text.as_bytes().strip_prefix(b"+")?;
        let mut written = Self::empty();
        written.plus = true;
        written.digits.get_mut(..digits.len())?.copy_from_slice(digits);
        written.len = digits.len();
        (!digits.is_empty() && digits.iter().all(u8::is_ascii_digit)).then_some(written)
    }

    const fn empty() -> Self {
        Self {
            digits: [0; MOST],
            before: [Separator::None; MOST],
            len: 0,
            plus: false,
            grouped: false,
        }
    }

    fn push(&mut self, digit: u8, before: Separator) -> Option<()> {
        *self.digits.get_mut(self.len)? = digit;
        *self.before.get_mut(self.len)? = before;
        self.grouped |= before != Separator::None;
        self.len += 1;
        Some(())
    }

    /// True if there is a plus sign before the digits.
    pub(super) fn has_plus(&self) -> bool {
        self.plus
    }

    pub(super) fn digits(&self) -> &[u8] {
        self.digits.get(..self.len).unwrap_or_default()
    }

    /// True if there are separators between the digits.
    pub(super) fn is_grouped(&self) -> bool {
        self.grouped
    }

    /// The separator before each digit.
    pub(super) fn separators(&self) -> &[Separator] {
        self.before.get(..self.len).unwrap_or_default()
    }

    /// The number of digits after each separator, in the order of the separators.
    pub(super) fn boundaries(&self) -> impl Iterator<Item = usize> + Clone {
        let separators = self.separators().iter().enumerate().skip(1);
        separators
            .filter(|(_, separator)| **separator != Separator::None)
            .map(|(at, _)| self.len - at)
    }

    /// Checks the positions of dots, slashes and brackets, which need the whole text.
    fn whole(self, bracket: Option<usize>) -> Result<Self, PhoneNumberError> {
        let between = self.separators().get(1..).unwrap_or_default();
        let last = self.boundaries().last().unwrap_or(self.len);
        if between.iter().rev().find(|one| **one != Separator::None) == Some(&Separator::Dot) {
            // A decimal has one dot. In a number, dots separate all groups.
            let dots = between.iter().filter(|one| **one == Separator::Dot).count();
            let others = between.iter().skip_while(|one| **one != Separator::Dot);
            let all = others.clone().all(|one| matches!(one, Separator::Dot | Separator::None));
            if last == 1 || last == 2 && !(all && dots >= 2) {
                return Err(Decimals);
            }
        }
        let mut slashes = self.boundaries().enumerate().filter(|(_, left)| {
            let at = self.len - left;
            self.separators().get(at) == Some(&Separator::Slash)
        });
        if let Some((group, left)) = slashes.next() {
            let behind_area_code =
                group <= usize::from(self.plus) + usize::from(bracket.is_some()) && left >= 3;
            if !behind_area_code || slashes.next().is_some() {
                return Err(SeveralNumbers);
            }
        }
        let groups = self.boundaries().count();
        if bracket.is_some_and(|group| group > LAST_BRACKET || group >= groups) {
            return Err(Tail);
        }
        Ok(self)
    }
}

/// The separators between two digits, in order.
#[derive(Debug, Clone, Copy, Default)]
struct Gap {
    spaces: bool,
    marks: [Option<Kind>; 2],
    more: bool,
}

impl Gap {
    fn add(&mut self, kind: Kind) {
        if kind == Kind::Space {
            self.spaces = true;
        } else if let Some(free) = self.marks.iter_mut().find(|mark| mark.is_none()) {
            *free = Some(kind);
        } else {
            self.more = true;
        }
    }

    fn separator(self) -> Result<Separator, PhoneNumberError> {
        if self.more {
            return Err(Separators);
        }
        Ok(match (self.marks, self.spaces) {
            ([None, _], false) => Separator::None,
            ([None, _], true) => Separator::Space,
            ([Some(Kind::Hyphen), None], false) => Separator::Hyphen,
            ([Some(Kind::Hyphen | Kind::Dash), None], _) => Separator::Dash,
            ([Some(Kind::Dot), None], false) => Separator::Dot,
            ([Some(Kind::Slash), None], _) => Separator::Slash,
            ([Some(Kind::Open | Kind::Close), None], _)
            | ([Some(Kind::Close), Some(Kind::Hyphen | Kind::Open | Kind::Slash)], _)
            | ([Some(Kind::Hyphen), Some(Kind::Open)], _) => Separator::Bracket,
            _ => return Err(Separators),
        })
    }
}

/// Reads a text that is more than a plus sign and digits.
struct Reading<'a> {
    text: &'a str,
    written: Written,
    gap: Gap,
    /// The group in which the current bracket was opened.
    open: Option<usize>,
    groups: usize,
    /// The last group in brackets.
    bracket: Option<usize>,
}

impl<'a> Reading<'a> {
    fn new(text: &'a str) -> Self {
        let text = character::trim(text);
        // RFC 3966: links are often copied whole.
        let text = match text.split_at_checked(4) {
            Some((scheme, number)) if scheme.eq_ignore_ascii_case("tel:") => {
                character::trim(number)
            }
            _ => text,
        };
        Self {
            text,
            written: Written::empty(),
            gap: Gap::default(),
            open: None,
            groups: 0,
            bracket: None,
        }
    }

    fn read(mut self) -> Result<Written, PhoneNumberError> {
        for (at, character) in self.text.chars().enumerate() {
            match character::kind(character) {
                Kind::Digit(digit) => self.digit(digit)?,
                Kind::Plus if self.written.len == 0 && !self.written.plus => {
                    self.written.plus = true
                }
                Kind::Plus => return Err(SeveralNumbers),
                Kind::Invisible | Kind::Other => return Err(self.unreadable(at, character)),
                kind => self.separator(kind)?,
            }
        }
        if self.open.is_some() || self.gap.marks != [None; 2] {
            // A bracket at the end is a note. Any other separator there preceded something that is
            // missing.
            return Err(if self.gap.marks == [Some(Kind::Close), None] {
                Tail
            } else {
                Separators
            });
        }
        self.written.whole(self.bracket)
    }

    fn digit(&mut self, digit: u8) -> Result<(), PhoneNumberError> {
        let gap = std::mem::take(&mut self.gap);
        let before = if self.written.len == 0 {
            // Only a bracket may precede the first digit.
            if gap.more || !matches!(gap.marks, [None | Some(Kind::Open), None]) {
                return Err(Separators);
            }
            Separator::None
        } else {
            gap.separator()?
        };
        if before != Separator::None {
            self.groups += 1;
            // `(06 1) 234 5678`: a trunk prefix and an area code, as some countries write them.
            let with_trunk = self.open == Some(0) && self.groups == 1 && !self.written.plus;
            if self.open.is_some_and(|group| group != self.groups) && !with_trunk {
                return Err(Separators);
            }
        }
        self.written.push(digit, before).ok_or(TooManyDigits)
    }

    fn separator(&mut self, kind: Kind) -> Result<(), PhoneNumberError> {
        match kind {
            Kind::Open => {
                let next = self.groups + usize::from(self.written.len > 0);
                if self.open.replace(next).is_some() {
                    return Err(Separators);
                }
                self.bracket = Some(next);
            }
            Kind::Close if self.open.take().is_none() => return Err(Separators),
            _ => {}
        }
        self.gap.add(kind);
        Ok(())
    }

    /// Returns what is wrong with a text that has this character.
    fn unreadable(&self, at: usize, character: char) -> PhoneNumberError {
        let text = self.text;
        if is_rounded(text) {
            return Rounded;
        }
        let behind = text
            .chars()
            .skip(at + 1)
            .filter(|one| matches!(character::kind(*one), Kind::Digit(_)))
            .count();
        let two = self.written.len >= SHORTEST_NUMBER && behind >= SHORTEST_NUMBER;
        let named = Character(character, u16::try_from(at).unwrap_or(u16::MAX));
        match character {
            '#' => Extension,
            ',' if (1..=2).contains(&behind) => Decimals,
            ',' | ';' | '|' | '&' | '\n' | '\r' | '\t' if two => SeveralNumbers,
            ',' | ';' if behind > 0 => Extension,
            _ if character.is_alphabetic() => {
                let word: String =
                    text.chars().skip(at).take_while(|one| one.is_alphabetic()).collect();
                if self.written.len > 0 && is_extension(&word.to_lowercase()) {
                    Extension
                } else if two {
                    SeveralNumbers
                } else {
                    Letters
                }
            }
            _ if character.is_numeric() => ForeignDigits,
            _ => named,
        }
    }
}

/// True if the word introduces an extension, in several languages.
fn is_extension(word: &str) -> bool {
    const WORDS: [&str; 14] = [
        "x",
        "ext",
        "extn",
        "extension",
        "int",
        "interno",
        "anexo",
        "ramal",
        "poste",
        "dw",
        "durchwahl",
        "app",
        "доб",
        "wew",
    ];
    WORDS.contains(&word)
}

/// True for numbers that a spreadsheet rounded: `4.93012E+11`, `4,93E10`, `+4.93E11`.
fn is_rounded(text: &str) -> bool {
    let text = text.strip_prefix('+').unwrap_or(text);
    let Some((digits, exponent)) = text.split_once(['e', 'E']) else {
        return false;
    };
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let number = |text: &str, also: &[char]| {
        text.starts_with(|first: char| first.is_ascii_digit())
            && text.chars().all(|one| one.is_ascii_digit() || also.contains(&one))
    };
    number(digits, &['.', ',']) && number(exponent, &[])
}
