//! Numbers as they are dialled within a country: after its trunk prefix, or after an international
//! prefix.
//!
//! The library removes a trunk prefix wherever it finds one, and adds a calling code to anything
//! that then is a number. This module accepts only the digits that the plan writes for the national
//! number.

use rlibphonenumber::{CountryCodeSource, PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

use super::e164::{E164, FEWEST, canonical};
use super::error::PhoneNumberError::{
    self, Ambiguous, InternationalPrefix, Invalid, Short, Tail, TooLong, TooShort, WithoutCountry,
    WithoutPlan, WithoutPlus, WithoutPrefix,
};
use super::judge::judge;
use super::number::PhoneNumber;
use super::written::Written;
use super::{grouping, old_plan};
use crate::country::Country;

/// Prefixes dialled before a national number that are not part of its written form.
const UNWRITTEN_PREFIXES: [&[u8]; 5] = [b"0", b"1", b"8", b"01", b"06"];

/// Returns the number that these digits dial in the country.
pub(super) fn read(
    written: &Written,
    country: Option<Country>,
) -> Result<PhoneNumber, PhoneNumberError> {
    let digits = written.digits();
    let Some(country) = country else {
        return Err(match digits {
            _ if digits.len() < FEWEST => PhoneNumberError::NotE164,
            [b'0', b'0', ..] => InternationalPrefix("00"),
            [b'0', b'1', b'1', ..] if digits.len() > 10 => InternationalPrefix("011"),
            _ => WithoutCountry,
        });
    };
    let text = str::from_utf8(digits).unwrap_or_default();
    let region: Region = country.as_str().parse().map_err(|_| WithoutPlan(country))?;
    if PHONE_NUMBER_UTIL.get_country_code_for_region(region).is_none() {
        return Err(WithoutPlan(country));
    }
    let parsed = PHONE_NUMBER_UTIL.parse_and_keep_raw_input(text, Some(region)).ok();
    let (abroad, home) = match &parsed {
        Some(parsed) if parsed.country_code_source() == CountryCodeSource::FromNumberWithIdd => {
            (Some(parsed), None)
        }
        home => (None, home.as_ref()),
    };

    let double_zero = digits.strip_prefix(b"00").filter(|rest| rest.first() != Some(&b'0'));
    let readings = [
        abroad.and_then(canonical).map(|(number, _)| judge(number)),
        double_zero
            .filter(|rest| rest.len() >= FEWEST)
            .and_then(|rest| E164::of([rest]))
            .map(judge),
        Some(at_home(digits, country, home)),
    ];
    let mut allowed = readings.iter().flatten().filter_map(|reading| reading.as_ref().ok());
    let Some(first) = allowed.next() else {
        // Report the error of the more likely reading: international if there is such a prefix.
        let mut reasons = readings.into_iter().flatten().filter_map(Result::err);
        return Err(reasons.next().unwrap_or(Invalid));
    };
    let without_plus =
        E164::of([digits]).filter(|_| digits.len() >= FEWEST && digits.first() != Some(&b'0'));
    let foreign = without_plus
        .and_then(|number| judge(number).ok())
        .filter(|_| starts_with_code(digits, region));
    if allowed.chain(&foreign).any(|other| other != first) {
        return Err(Ambiguous(country));
    }
    // Prefixes of other carriers begin with 00: digits that are a number with a tail after one
    // prefix can be a whole number after another.
    if double_zero.is_some_and(|rest| {
        !first.e164().as_bytes().ends_with(rest) && grouping::has_a_tail(written, rest)
    }) {
        return Err(Tail);
    }
    Ok(*first)
}

fn starts_with_code(digits: &[u8], region: Region) -> bool {
    let code = PHONE_NUMBER_UTIL.get_country_code_for_region(region).map(|code| code.to_string());
    code.is_some_and(|code| digits.starts_with(code.as_bytes()))
}

fn at_home(
    digits: &[u8],
    country: Country,
    parsed: Option<&rlibphonenumber::PhoneNumber>,
) -> Result<PhoneNumber, PhoneNumberError> {
    if let Some(number) =
        old_plan::dialled_at_home(country, digits).and_then(|number| judge(number).ok())
    {
        return Ok(number);
    }
    let (parsed, (number, calling_code_len)) =
        parsed.and_then(|parsed| Some((parsed, canonical(parsed)?))).ok_or(Invalid)?;
    let judged = match judge(number) {
        Err(Short) => Err(Invalid),
        other => other,
    };
    let national = number.digits().get(calling_code_len..).unwrap_or_default();
    if judged.is_ok_and(|judged| judged.national_digits().as_bytes() == national)
        && !is_dialled_so(digits, parsed, national)
    {
        return Err(if digits == national { WithoutPrefix(country) } else { WithoutPlus });
    }
    judged.map_err(|reason| match reason {
        TooShort(_) => TooShort(country),
        TooLong(_) if starts_abroad(digits) => WithoutPlus,
        TooLong(_) => TooLong(country),
        other => other,
    })
}

/// True if the digits are a number with a plus sign before them.
fn starts_abroad(digits: &[u8]) -> bool {
    digits.first() != Some(&b'0') && E164::of([digits]).is_some_and(|number| judge(number).is_ok())
}

/// True if the plan writes these digits for the national number.
fn is_dialled_so(digits: &[u8], parsed: &rlibphonenumber::PhoneNumber, national: &[u8]) -> bool {
    let text = PHONE_NUMBER_UTIL.format(parsed, PhoneNumberFormat::National);
    let dialled = || text.bytes().filter(u8::is_ascii_digit);
    if digits.iter().copied().eq(dialled()) {
        return true;
    }
    if dialled().eq(national.iter().copied()) {
        return UNWRITTEN_PREFIXES
            .iter()
            .any(|prefix| digits.strip_prefix(*prefix) == Some(national));
    }
    // Without its prefix a number is only certain if all numbers of the country have the same
    // length, because then no local number is as long.
    digits == national && has_one_length(parsed)
}

fn has_one_length(parsed: &rlibphonenumber::PhoneNumber) -> bool {
    let shorter = rlibphonenumber::PhoneNumber {
        national_number: parsed.national_number / 10,
        ..parsed.clone()
    };
    let longer = rlibphonenumber::PhoneNumber {
        national_number: parsed.national_number.saturating_mul(10),
        ..parsed.clone()
    };
    [shorter, longer].iter().all(|other| !PHONE_NUMBER_UTIL.is_possible_number(other))
}
