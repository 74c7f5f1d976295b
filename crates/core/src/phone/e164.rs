//! A plus sign and digits, and what the library makes of them.

use rlibphonenumber::{PHONE_NUMBER_UTIL, Region};

use crate::country::Country;

/// A plus sign and at most 15 digits.
pub(super) const LONGEST: usize = 16;

/// The fewest digits of a number, including its calling code.
pub(super) const FEWEST: usize = 7;

/// A plus sign and digits, padded with zero bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct E164 {
    pub(super) text: [u8; LONGEST],
    pub(super) len: usize,
}

impl E164 {
    const EMPTY: Self = Self { text: [0; LONGEST], len: 0 };

    /// Joins a plus sign and these digits, calling code first. `None` if there are too many.
    pub(super) fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Option<Self> {
        let mut number = Self::EMPTY;
        number.push(b'+')?;
        parts.into_iter().flatten().try_for_each(|digit| number.push(*digit))?;
        Some(number)
    }

    fn push(&mut self, byte: u8) -> Option<()> {
        *self.text.get_mut(self.len)? = byte;
        self.len += 1;
        Some(())
    }

    pub(super) fn digits(&self) -> &[u8] {
        self.text.get(1..self.len).unwrap_or_default()
    }

    pub(super) fn as_str(&self) -> &str {
        self.text.get(..self.len).and_then(|text| str::from_utf8(text).ok()).unwrap_or_default()
    }
}

/// Returns the parsed number if the plan of its country contains it, whatever it costs to call.
pub(super) fn exists(number: &E164) -> Option<rlibphonenumber::PhoneNumber> {
    let parsed = PHONE_NUMBER_UTIL.parse(number.as_str(), None).ok()?;
    PHONE_NUMBER_UTIL.is_valid_number(&parsed).then_some(parsed)
}

/// Formats what the library parsed, and returns the length of its calling code.
pub(super) fn canonical(parsed: &rlibphonenumber::PhoneNumber) -> Option<(E164, usize)> {
    let mut written = E164::EMPTY;
    written.push(b'+')?;
    push_number(&mut written, u64::try_from(parsed.country_code).ok()?)?;
    let calling_code_len = written.len - 1;
    if parsed.italian_leading_zero() {
        for _ in 0..parsed.number_of_leading_zeros() {
            written.push(b'0')?;
        }
    }
    push_number(&mut written, parsed.national_number)?;
    Some((written, calling_code_len))
}

fn push_number(written: &mut E164, number: u64) -> Option<()> {
    let mut power = 10_u64.pow(number.checked_ilog10().unwrap_or(0));
    while power > 0 {
        written.push(b'0' + (number / power % 10) as u8)?;
        power /= 10;
    }
    Some(())
}

/// Converts a region of the library, which encodes two letters as a number with the first in the
/// high byte, and uses 1 for the whole world.
pub(super) fn country(region: Region) -> Option<Country> {
    Country::from_upper((region as u16).to_be_bytes())
}
