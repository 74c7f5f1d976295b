//! Why a text is rejected, and above all whether it is a disguised emergency number.
//!
//! Every text is first checked, exactly, for an emergency number after its calling code
//! ([`emergency`]). If a text is rejected for another reason ([`reason_for_text`],
//! [`reason_for_digits`]), trunk prefixes, international prefixes and foreign digits are removed as
//! well, so that the error names an emergency number and not merely bad formatting.

use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, Region, ValidationError};

use super::e164::country;
use super::error::PhoneNumberError::{self, Emergency, Invalid, NotE164, Short, TooLong, TooShort};
use super::short_data::{LONGEST, LONGEST_EMERGENCY, REGIONS, ShortNumbers};

/// Text after this many characters is ignored, because no disguised emergency number is longer.
const LONGEST_TEXT: usize = 64;

/// Trunk prefixes other than zeros: 1 in North America, 8 in Russia,
/// 06 in Hungary, 01 once in Mexico.
const TRUNK_PREFIXES: &[&[u8]] = &[b"1", b"8", b"06", b"01"];

/// Returns [`Emergency`] if the digits, calling code first, are an emergency number of a country
/// with that code.
pub(super) fn emergency(digits: &[u8]) -> Option<PhoneNumberError> {
    if digits.len() > 3 + LONGEST_EMERGENCY {
        return None;
    }
    let (regions, national) = split(digits)?;
    regions.into_iter().any(|region| is_emergency_in(region, national)).then_some(Emergency)
}

/// Returns why a text without the shape of E.164 is rejected: `problem`, unless there is a graver
/// reason.
pub(super) fn reason_for_text(text: &str, problem: PhoneNumberError) -> PhoneNumberError {
    match worst_of_text(text) {
        NotE164 => problem,
        worse => worse,
    }
}

fn worst_of_text(text: &str) -> PhoneNumberError {
    let mut digits = [0; LONGEST_TEXT];
    let mut len = 0;
    for (at, digit) in text.chars().take(LONGEST_TEXT + 1).enumerate() {
        if at == LONGEST_TEXT {
            return NotE164;
        }
        if let Some(digit) = digit_of(digit) {
            digits[len] = digit;
            len += 1;
        }
    }
    let digits = &digits[..len];
    // After a plus sign, more than three digits are a calling code and a number rather than a
    // number dialled within the country.
    let dialled_at_home = digits.len() <= 3 || !text.contains(['+', '\u{ff0b}']);
    if dialled_at_home && is_bare_emergency(digits) {
        return Emergency;
    }
    match reason_for_digits(digits) {
        Emergency => Emergency,
        _ if (3..=6).contains(&len) && text.chars().all(|c| !c.is_alphabetic()) => Short,
        NotE164 | Invalid | Short => NotE164,
        other => other,
    }
}

/// True if digits without a calling code are an emergency number of any country.
pub(super) fn is_bare_emergency(digits: &[u8]) -> bool {
    disguises(digits).any(is_emergency_anywhere)
}

/// Returns why digits, calling code first, that the library does not know are rejected.
pub(super) fn reason_for_digits(digits: &[u8]) -> PhoneNumberError {
    if disguises(digits).any(is_emergency_behind_a_trunk_prefix) {
        return Emergency;
    }
    let is_short = split(digits)
        .is_some_and(|(mut regions, national)| regions.any(|region| is_short_in(region, national)));
    if is_short { Short } else { Invalid }
}

/// Returns whether a number is too short or too long for its plan, or invalid for another reason.
pub(super) fn reason_for_length(parsed: &rlibphonenumber::PhoneNumber) -> PhoneNumberError {
    let region = PHONE_NUMBER_UTIL.get_region_for_country_code(parsed.country_code);
    let Some(country) = region.and_then(country) else {
        return Invalid;
    };
    match PHONE_NUMBER_UTIL.is_possible_number_with_reason(parsed) {
        Err(ValidationError::TooShort) | Ok(NumberLengthType::IsPossibleLocalOnly) => {
            TooShort(country)
        }
        Err(ValidationError::TooLong) => TooLong(country),
        _ => {
            // The country has shorter and longer numbers, but none that begin with these digits.
            let with = |national_number| rlibphonenumber::PhoneNumber {
                national_number,
                ..parsed.clone()
            };
            let is_number =
                |national_number| PHONE_NUMBER_UTIL.is_valid_number(&with(national_number));
            let longer = parsed.national_number.saturating_mul(10);
            if (0..10).any(|digit| is_number(longer.saturating_add(digit))) {
                TooShort(country)
            } else if is_number(parsed.national_number / 10) {
                TooLong(country)
            } else {
                Invalid
            }
        }
    }
}

fn is_emergency_behind_a_trunk_prefix(digits: &[u8]) -> bool {
    let Some((mut regions, national)) = split(digits) else {
        return false;
    };
    regions.any(|region| {
        let mut without_trunk =
            TRUNK_PREFIXES.iter().filter_map(|prefix| national.strip_prefix(*prefix));
        without_zeros(national).any(|national| is_emergency_in(region, national))
            || without_trunk.any(|national| is_emergency_in(region, national))
    })
}

/// The digits as they are, and without the prefixes that are dialled before international numbers.
fn disguises(digits: &[u8]) -> impl Iterator<Item = &[u8]> {
    without_zeros(digits).chain(digits.strip_prefix(b"011".as_slice()))
}

/// The digits with all leading zeros, then with one less, and so on until none is left.
fn without_zeros(digits: &[u8]) -> impl Iterator<Item = &[u8]> {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    (0..=zeros).filter_map(|dropped| digits.get(dropped..))
}

/// The regions of a number's calling code, and its national part. No calling code is a prefix of
/// another one or begins with zero.
fn split(digits: &[u8]) -> Option<(impl Iterator<Item = Region>, &[u8])> {
    if digits.first() == Some(&b'0') {
        return None;
    }
    let mut code = 0;
    for (at, digit) in digits.iter().enumerate().take(3) {
        code = code * 10 + i32::from(digit - b'0');
        if let Some(regions) = PHONE_NUMBER_UTIL.get_regions_for_country_calling_code(code) {
            return Some((regions, digits.get(at + 1..)?));
        }
    }
    None
}

fn is_emergency_in(region: Region, national: &[u8]) -> bool {
    row(region).is_some_and(|row| matches_any(row.emergency, national))
}

fn is_short_in(region: Region, national: &[u8]) -> bool {
    row(region).is_some_and(|row| matches_any(row.short, national))
}

/// True if the digits are an emergency number in any country. Seven digits do not count: they are
/// more likely a local number without its area code.
fn is_emergency_anywhere(digits: &[u8]) -> bool {
    digits.len() < 7 && REGIONS.iter().any(|row| matches_any(row.emergency, digits))
}

fn row(region: Region) -> Option<&'static ShortNumbers> {
    let code = (region as u16).to_be_bytes();
    let at = REGIONS.binary_search_by(|row| row.region.as_bytes().cmp(&code)).ok()?;
    REGIONS.get(at)
}

fn matches_any(patterns: &str, digits: &[u8]) -> bool {
    digits.len() <= LONGEST
        && patterns.split_ascii_whitespace().any(|pattern| matches(pattern.as_bytes(), digits))
}

/// True if the digits match the pattern: a digit matches itself, `.` any digit, `[..]` one of those
/// inside.
fn matches(mut pattern: &[u8], digits: &[u8]) -> bool {
    for digit in digits {
        let (fits, rest) = match pattern {
            [b'.', rest @ ..] => (true, rest),
            [b'[', class @ ..] => {
                let Some(end) = class.iter().position(|byte| *byte == b']') else {
                    return false;
                };
                (class[..end].contains(digit), &class[end + 1..])
            }
            [exact, rest @ ..] => (exact == digit, rest),
            [] => return false,
        };
        if !fits {
            return false;
        }
        pattern = rest;
    }
    pattern.is_empty()
}

/// The ASCII digit for a digit of a script that phones and keyboards can write.
fn digit_of(character: char) -> Option<u8> {
    const ZEROS: [char; 8] =
        ['0', '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{e50}', '\u{ff10}', '\u{1d7ce}'];
    let distances =
        ZEROS.iter().filter_map(|zero| u32::from(character).checked_sub(u32::from(*zero)));
    distances.min().filter(|digit| *digit < 10).map(|digit| b'0' + digit as u8)
}
