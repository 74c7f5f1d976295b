//! Parses text to a number. The library is only given text that has the shape of E.164.

use rlibphonenumber::{PHONE_NUMBER_UTIL, Region};

use super::error::PhoneNumberError::{
    self, Invalid, NotE164, OldPlan, Tail, TooLong, TooManyDigits, TooShort, ZeroBehindPlus,
};
use super::kind::NumberType;
use super::written::Written;
use super::{LONGEST, PhoneNumber, grouping, national, old_plan, refuse, reserved};
use crate::country::Country;

/// The fewest digits of a number, including its calling code.
pub(super) const FEWEST: usize = 7;

/// A plus sign and digits, padded with zero bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct E164 {
    text: [u8; LONGEST],
    len: usize,
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

/// Parses a text. Without a plus sign it is read as dialled in `country`.
pub(super) fn parse(text: &str, country: Option<Country>) -> Result<PhoneNumber, PhoneNumberError> {
    let refused = |problem| Err(refuse::reason_for_text(text, problem));
    let written = match Written::read(text) {
        Ok(written) => written,
        Err(problem) => return refused(problem),
    };
    if !written.has_plus() {
        return match national::read(&written, country) {
            Ok(_) if refuse::is_bare_emergency(written.digits()) => {
                Err(PhoneNumberError::Emergency)
            }
            Ok(number) => grouping::belongs_together(&written, &number).map(|()| number),
            Err(problem) => refused(problem),
        };
    }
    let digits = written.digits();
    let number = match E164::of([digits]) {
        _ if digits.first() == Some(&b'0') => return refused(ZeroBehindPlus),
        None => return refused(TooManyDigits),
        Some(_) if digits.len() < FEWEST => return refused(NotE164),
        Some(number) => number,
    };
    match judge(number) {
        Ok(number) => grouping::belongs_together(&written, &number).map(|()| number),
        Err(Invalid | TooShort(_) | TooLong(_)) if grouping::has_a_tail(&written, digits) => {
            Err(Tail)
        }
        Err(reason) => Err(reason),
    }
}

/// Checks whether a number may be called.
pub(super) fn judge(written: E164) -> Result<PhoneNumber, PhoneNumberError> {
    let digits = written.digits();
    if let Some(reason) = reserved::reason(digits).or_else(|| refuse::emergency(digits)) {
        return Err(reason);
    }
    let written = old_plan::renewed(written)?;
    let digits = written.digits();

    let Ok(parsed) = PHONE_NUMBER_UTIL.parse(written.as_str(), None) else {
        return Err(refuse::reason_for_digits(digits));
    };
    let kind = match NumberType::of(PHONE_NUMBER_UTIL.get_number_type(&parsed)) {
        // The library gives a kind to a number if and only if it is valid.
        Err(Invalid) => {
            return Err(match refuse::reason_for_digits(digits) {
                Invalid => refuse::reason_for_length(&parsed),
                worse => worse,
            });
        }
        kind => kind?,
    };
    let region = PHONE_NUMBER_UTIL.get_region_for_number(&parsed).ok_or(Invalid)?;
    let country = country(region).ok_or(PhoneNumberError::NoCountry)?;

    let (canonical, calling_code_len) = canonical(&parsed).ok_or(Invalid)?;
    if canonical.digits().len() < FEWEST {
        return Err(TooShort(country));
    }
    if canonical != written {
        let same = drops_a_prefix(digits, canonical.digits(), calling_code_len)
            || old_plan::is_renewed(digits, canonical.digits());
        if !same {
            return Err(NotE164);
        }
        // Without the trunk prefix it is another number, which needs the same checks.
        if let Some(reason) =
            reserved::reason(canonical.digits()).or_else(|| refuse::emergency(canonical.digits()))
        {
            return Err(reason);
        }
        if old_plan::renewed(canonical)? != canonical {
            return Err(OldPlan(
                country,
                "write the number without the prefix behind its calling code",
            ));
        }
    }
    Ok(PhoneNumber {
        text: canonical.text,
        len: canonical.len as u8,
        calling_code_len: calling_code_len as u8,
        country,
        kind,
    })
}

/// Returns the parsed number if the plan of its country contains it, whatever it costs to call.
pub(super) fn exists(number: &E164) -> Option<rlibphonenumber::PhoneNumber> {
    let parsed = PHONE_NUMBER_UTIL.parse(number.as_str(), None).ok()?;
    PHONE_NUMBER_UTIL.is_valid_number(&parsed).then_some(parsed)
}

/// Restores a number that current plans reject. Its type is unknown, so it is "fixed line or
/// mobile".
pub(super) fn restore(text: &str, country: Country) -> Option<PhoneNumber> {
    let digits = text.strip_prefix('+')?.as_bytes();
    let is_number = (FEWEST..LONGEST).contains(&digits.len())
        && digits.iter().all(u8::is_ascii_digit)
        && digits.first() != Some(&b'0');
    let number = E164::of([digits]).filter(|_| is_number)?;
    let calling_code_len =
        (1..=3).find(|len| is_calling_code(digits.get(..*len).unwrap_or_default()))?;
    Some(PhoneNumber {
        text: number.text,
        len: number.len as u8,
        calling_code_len: calling_code_len as u8,
        country,
        kind: NumberType::FixedLineOrMobile,
    })
}

fn is_calling_code(digits: &[u8]) -> bool {
    let code = digits.iter().fold(0, |code, digit| code * 10 + i32::from(digit - b'0'));
    digits.len() == 3 || PHONE_NUMBER_UTIL.get_regions_for_country_calling_code(code).is_some()
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

/// True if the library only dropped digits between the calling code and the number, that is a trunk
/// prefix. Any other change would dial a different number.
fn drops_a_prefix(written: &[u8], canonical: &[u8], calling_code_len: usize) -> bool {
    match (written.split_at_checked(calling_code_len), canonical.split_at_checked(calling_code_len))
    {
        (Some((code, national)), Some((same, kept))) => code == same && national.ends_with(kept),
        _ => false,
    }
}

/// Converts a region of the library, which encodes two letters as a number with the first in the
/// high byte, and uses 1 for the whole world.
pub(super) fn country(region: Region) -> Option<Country> {
    Country::from_upper((region as u16).to_be_bytes())
}
