//! Parses text to a number. The library is only given text that has the shape of E.164.

use rlibphonenumber::PHONE_NUMBER_UTIL;

use super::e164::{E164, FEWEST, LONGEST};
use super::error::PhoneNumberError::{
    self, Invalid, NotE164, Tail, TooLong, TooManyDigits, TooShort, ZeroBehindPlus,
};
use super::judge::judge;
use super::kind::NumberType;
use super::number::PhoneNumber;
use super::written::Written;
use super::{grouping, national, refuse};
use crate::country::Country;

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
