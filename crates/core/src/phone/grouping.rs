//! Decides from the grouping of digits whether all of them belong to the number.
//!
//! In many numbering plans, one valid number can be a prefix of a longer valid number. `+49 30
//! 123456 2` may be a number and a footnote; read without separators it calls a stranger. The rule:
//! if a shorter valid number ends at a separator, the digits after it must be grouped as the plan
//! groups the whole number, as a direct line, or in small chunks of even size.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};

use super::e164::{E164, FEWEST, exists};
use super::error::PhoneNumberError::{self, Range, Tail};
use super::kind::NumberType;
use super::number::PhoneNumber;
use super::written::{Separator, Written};

/// The maximum number of groups.
const MOST: usize = 16;

/// People group digits by twos, threes or fours.
const LONGEST_CHUNK: usize = 4;

/// A shorter number with this many national digits is unlikely to be the beginning of another one.
const SURELY_WHOLE: usize = 8;

/// The longest direct line (extension digits) after a company's number.
const LONGEST_LINE: usize = 5;

/// The maximum size of a range of lines that a company writes with a hyphen: `123456-58` may stand
/// for three lines.
const FEW_LINES: u64 = 10;

/// The lengths of the groups after the calling code.
struct Groups {
    lengths: [usize; MOST],
    /// The separator before each group.
    before: [Separator; MOST],
    len: usize,
}

impl Groups {
    const EMPTY: Self = Self { lengths: [0; MOST], before: [Separator::None; MOST], len: 0 };

    /// The groups of the last `national` digits of a text.
    fn written(written: &Written, national: usize) -> Self {
        let separators = written.separators();
        let separators =
            separators.get(separators.len().saturating_sub(national)..).unwrap_or_default();
        let mut groups = Self::EMPTY;
        for (at, separator) in separators.iter().enumerate() {
            groups.digit(*separator, at == 0);
        }
        groups
    }

    /// The groups in which the library formats a number.
    fn usual(parsed: &rlibphonenumber::PhoneNumber) -> Self {
        let text = PHONE_NUMBER_UTIL.format(parsed, PhoneNumberFormat::International);
        let mut groups = Self::EMPTY;
        let national = text.split_once([' ', '-', '.']).map_or("", |(_, national)| national);
        let mut separator = Separator::None;
        for character in national.chars() {
            if character.is_ascii_digit() {
                groups.digit(separator, groups.len == 0);
                separator = Separator::None;
            } else {
                separator = Separator::Space;
            }
        }
        groups
    }

    fn digit(&mut self, separator: Separator, first: bool) {
        if first || separator != Separator::None {
            if self.len < MOST {
                self.before[self.len] = separator;
            }
            self.len += 1;
        }
        if let Some(length) = self.len.checked_sub(1).and_then(|at| self.lengths.get_mut(at)) {
            *length += 1;
        }
    }

    fn lengths(&self) -> &[usize] {
        self.lengths.get(..self.len).unwrap_or_default()
    }

    fn before(&self) -> &[Separator] {
        self.before.get(..self.len).unwrap_or_default()
    }
}

/// Checks that no digits follow a number that is complete without them.
///
/// # Errors
/// [`Tail`], or [`Range`] if they may be a direct line.
pub(super) fn belongs_together(
    written: &Written,
    number: &PhoneNumber,
) -> Result<(), PhoneNumberError> {
    if !written.is_grouped() {
        return Ok(());
    }
    let digits = number.e164().as_bytes().get(1..).unwrap_or_default();
    let national = number.national_digits().len();
    let groups = Groups::written(written, national);
    let mut whole = None;
    let mut left = national;
    for (at, length) in groups.lengths().iter().enumerate() {
        left = left.saturating_sub(*length);
        let Some(shorter) = shorter(digits, left) else {
            continue;
        };
        let usual = whole.get_or_insert_with(|| {
            let parsed = PHONE_NUMBER_UTIL.parse(number.e164(), None).ok();
            parsed.as_ref().map_or(Groups::EMPTY, Groups::usual)
        });
        Cut {
            groups: &groups,
            at,
            shorter: &shorter,
            is_usual: groups.lengths() == usual.lengths(),
            left,
        }
        .judge(number)?;
    }
    Ok(())
}

/// True if a valid number ends at one of the separators of the text. Used when `digits`, calling
/// code first, are not valid as a whole. They are the last digits of the text.
pub(super) fn has_a_tail(written: &Written, digits: &[u8]) -> bool {
    written.boundaries().any(|left| shorter(digits, left).is_some())
}

/// The number without its last `left` digits, if that is a valid number.
fn shorter(digits: &[u8], left: usize) -> Option<rlibphonenumber::PhoneNumber> {
    let kept = digits
        .get(..digits.len().checked_sub(left)?)
        .filter(|kept| left > 0 && kept.len() >= FEWEST)?;
    E164::of([kept]).and_then(|number| exists(&number))
}

/// A separator at which a shorter valid number ends.
struct Cut<'a> {
    groups: &'a Groups,
    /// The last group of the shorter number.
    at: usize,
    shorter: &'a rlibphonenumber::PhoneNumber,
    /// True if the plan groups the whole number this way.
    is_usual: bool,
    left: usize,
}

impl Cut<'_> {
    fn judge(&self, number: &PhoneNumber) -> Result<(), PhoneNumberError> {
        let (kept, rest) = self.groups.lengths().split_at(self.at + 1);
        let separator = self.groups.before().get(self.at + 1).copied().unwrap_or(Separator::None);
        if self.is_direct_line(number, separator, rest) {
            return if self.may_be_a_range(number) { Err(Range) } else { Ok(()) };
        }
        let plain = matches!(separator, Separator::Space | Separator::Hyphen | Separator::Dot);
        let stands_alone = kept.len() == 1 || kept == Groups::usual(self.shorter).lengths();
        let long = stands_alone && kept.iter().sum::<usize>() >= SURELY_WHOLE;
        let belongs = if self.is_usual {
            !(long && self.left <= 2)
        } else {
            !long && self.is_rhythm(kept, rest, separator, stands_alone)
        };
        if plain && belongs { Ok(()) } else { Err(Tail) }
    }

    /// `+49 30 123456-12`: in Germany and Austria the only hyphen of a number comes before the
    /// extension of a company (DIN 5008, ÖNORM A 1080).
    fn is_direct_line(&self, number: &PhoneNumber, separator: Separator, rest: &[usize]) -> bool {
        let others = self.groups.before().iter().take(self.at + 1);
        matches!(number.country_code(), 49 | 43)
            && number.number_type() == NumberType::FixedLine
            && separator == Separator::Hyphen
            && others
                .clone()
                .all(|one| !matches!(one, Separator::Hyphen | Separator::Dash | Separator::Dot))
            && self.at > 0
            && rest.len() == 1
            && self.left <= LONGEST_LINE
    }

    /// True if the last digits may be the end of a range that begins with the same number of digits
    /// before them.
    fn may_be_a_range(&self, number: &PhoneNumber) -> bool {
        let digits = number.national_digits();
        let value = |digits: Option<&str>| digits.and_then(|digits| digits.parse::<u64>().ok());
        let end = digits.len().saturating_sub(self.left);
        let (Some(first), Some(last)) =
            (value(digits.get(end.saturating_sub(self.left)..end)), value(digits.get(end..)))
        else {
            return false;
        };
        let block = first == 0 && last + 1 == 10_u64.saturating_pow(self.left as u32);
        block || last > first && last - first < FEW_LINES
    }

    /// True if the digits are grouped in small chunks throughout.
    fn is_rhythm(
        &self,
        kept: &[usize],
        rest: &[usize],
        separator: Separator,
        stands_alone: bool,
    ) -> bool {
        let (Some(previous), Some(next), Some(last)) = (kept.last(), rest.first(), rest.last())
        else {
            return false;
        };
        let alike = self.groups.before().iter().skip(2).all(|other| *other == separator);
        let chunks = rest.iter().all(|length| (2..=LONGEST_CHUNK).contains(length))
            && *previous <= LONGEST_CHUNK;
        let shortest = if separator == Separator::Dot { 3 } else { 2 };
        let goes_on = !stands_alone || kept.len() > 1 && *next >= 3 && next >= previous;
        alike && chunks && *last >= shortest && goes_on
    }
}
