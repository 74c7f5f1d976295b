//! The one way from text to a number. The library is asked once for each thing, and only about the shape of E.164.

use rlibphonenumber::{CountryCodeSource, PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

use super::error::PhoneNumberError;
use super::kind::NumberType;
use super::{LONGEST, PhoneNumber, refuse, reserved};
use crate::country::Country;

/// A text in E.164 gathered from what a person wrote: a plus sign and digits, the rest zero.
#[derive(Clone, Copy)]
struct Written {
    text: [u8; LONGEST],
    len: usize,
}

impl Written {
    const EMPTY: Self = Self {
        text: [0; LONGEST],
        len: 0,
    };

    fn push(&mut self, byte: u8) -> Option<()> {
        *self.text.get_mut(self.len)? = byte;
        self.len += 1;
        Some(())
    }

    fn digits(&self) -> &[u8] {
        self.text.get(1..self.len).unwrap_or_default()
    }

    fn as_str(&self) -> &str {
        self.text
            .get(..self.len)
            .and_then(|text| str::from_utf8(text).ok())
            .unwrap_or_default()
    }
}

pub(super) fn parse(text: &str) -> Result<PhoneNumber, PhoneNumberError> {
    let written = read(text.trim()).ok_or_else(|| refuse::reason_for_text(text))?;
    let digits = written.digits();
    if let Some(reason) = reserved::reason(digits).or_else(|| refuse::emergency(digits)) {
        return Err(reason);
    }

    let Ok(parsed) = PHONE_NUMBER_UTIL.parse(written.as_str(), None) else {
        return Err(refuse::reason_for_digits(digits));
    };
    let kind = match NumberType::of(PHONE_NUMBER_UTIL.get_number_type(&parsed)) {
        // The library gives a kind to a number if and only if it is valid.
        Err(PhoneNumberError::Invalid) => return Err(refuse::reason_for_digits(digits)),
        kind => kind?,
    };
    let region = PHONE_NUMBER_UTIL.get_region_for_number(&parsed).ok_or(PhoneNumberError::Invalid)?;
    let country = country(region).ok_or(PhoneNumberError::NoCountry)?;

    let (canonical, calling_code_len) = canonical(&parsed).ok_or(PhoneNumberError::Invalid)?;
    if canonical.text != written.text {
        if !drops_a_prefix(digits, canonical.digits(), calling_code_len) {
            return Err(PhoneNumberError::NotE164);
        }
        // What is left without the trunk prefix is judged like what was written.
        if let Some(reason) = reserved::reason(canonical.digits()).or_else(|| refuse::emergency(canonical.digits())) {
            return Err(reason);
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

/// Reads a number as it is dialled in a country.
pub(super) fn parse_in(text: &str, country: Country) -> Result<PhoneNumber, PhoneNumberError> {
    let text = text.trim();
    if text.starts_with('+') {
        return parse(text);
    }
    let refused = || refuse::reason_for_text(text);
    let mut digits = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => digits.push(char::from(byte)),
            b' ' | b'-' | b'.' | b'(' | b')' => {}
            _ => return Err(refused()),
        }
    }
    if refused() == PhoneNumberError::Emergency {
        return Err(PhoneNumberError::Emergency);
    }
    if let Some(rest) = digits.strip_prefix("00") {
        return parse(&format!("+{rest}"));
    }
    let region = region(country).ok_or_else(refused)?;
    let parsed = PHONE_NUMBER_UTIL
        .parse_and_keep_raw_input(&digits, Some(region))
        .map_err(|_| refused())?;
    let (canonical, calling_code_len) = canonical(&parsed).ok_or_else(refused)?;
    let national = canonical.as_str().get(1 + calling_code_len..).unwrap_or_default();
    let dialled = PHONE_NUMBER_UTIL.format(&parsed, PhoneNumberFormat::National);
    let dialled: String = dialled.chars().filter(char::is_ascii_digit).collect();
    let abroad = parsed.country_code_source() == CountryCodeSource::FromNumberWithIdd;
    let trunk = ["0", "1", "8", "01", "06"];
    let optional = dialled == national && trunk.iter().any(|trunk| digits.strip_prefix(trunk) == Some(national));
    if abroad || dialled == digits || optional {
        parse(canonical.as_str())
    } else {
        Err(refused())
    }
}

fn region(country: Country) -> Option<Region> {
    country.as_str().parse().ok()
}

/// A number that today's plans refuse. Its kind is what plans say that do not tell.
pub(super) fn restore(text: &str, country: Country) -> Option<PhoneNumber> {
    let written = read(text).filter(|written| written.as_str() == text)?;
    let digits = written.digits();
    let calling_code_len = (1..=3).find(|len| is_calling_code(digits.get(..*len).unwrap_or_default()))?;
    Some(PhoneNumber {
        text: written.text,
        len: written.len as u8,
        calling_code_len: calling_code_len as u8,
        country,
        kind: NumberType::FixedLineOrMobile,
    })
}

fn is_calling_code(digits: &[u8]) -> bool {
    let code = digits.iter().fold(0, |code, digit| code * 10 + i32::from(digit - b'0'));
    digits.len() == 3 || PHONE_NUMBER_UTIL.get_regions_for_country_calling_code(code).is_some()
}

/// Takes the separators out; `None` if what remains is not `^\+[1-9]\d{6,14}$`.
fn read(text: &str) -> Option<Written> {
    let mut bytes = text.bytes();
    let mut written = Written::EMPTY;
    written.push(bytes.next().filter(|first| *first == b'+')?)?;
    for byte in bytes {
        match byte {
            b'0'..=b'9' => written.push(byte)?,
            b' ' | b'-' | b'.' | b'(' | b')' => {}
            _ => return None,
        }
    }
    (written.len >= 8 && written.digits().first() != Some(&b'0')).then_some(written)
}

/// What the library understood, written out, with the length of its calling code.
fn canonical(parsed: &rlibphonenumber::PhoneNumber) -> Option<(Written, usize)> {
    let mut written = Written::EMPTY;
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

fn push_number(written: &mut Written, number: u64) -> Option<()> {
    let mut power = 10_u64.pow(number.checked_ilog10().unwrap_or(0));
    while power > 0 {
        written.push(b'0' + (number / power % 10) as u8)?;
        power /= 10;
    }
    Some(())
}

/// Whether the library only dropped digits between the calling code and the number, a trunk prefix. Anything else it
/// rewrites, as Argentina's 15 of mobile phones, would dial another number than the one written.
fn drops_a_prefix(written: &[u8], canonical: &[u8], calling_code_len: usize) -> bool {
    match (
        written.split_at_checked(calling_code_len),
        canonical.split_at_checked(calling_code_len),
    ) {
        (Some((code, national)), Some((same, kept))) => code == same && national.ends_with(kept),
        _ => false,
    }
}

/// The library names a region by its two letters as a number, the first in the high byte; the world by 1.
fn country(region: Region) -> Option<Country> {
    Country::from_upper((region as u16).to_be_bytes())
}
