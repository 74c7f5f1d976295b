//! Where a price holds, in one word: so that a million of them sort in a moment.
//!
//! A prefix is its digits, filled up to fifteen with zeros, above four bits that say how many
//! digits it has. Countries sort behind all prefixes, and everywhere behind all countries.

use switchboard_core::{Country, Destination};

/// The longest number of E.164.
pub(super) const DIGITS: usize = 15;
const COUNTRY: u64 = 1 << 60;
const EVERYWHERE: u64 = 1 << 61;

/// The word of a destination.
///
/// # Errors
/// What is wrong with a prefix, and how to mend it.
pub(super) fn key(destination: &Destination) -> Result<u64, String> {
    match destination {
        Destination::Prefix(prefix) => {
            let fits = !prefix.is_empty() && !prefix.starts_with('0');
            let first = padded(prefix).filter(|_| fits);
            let wrong = || {
                format!(
                    "prefix {prefix:?} is no beginning of a number: write 1 to {DIGITS} digits, as \"4420\""
                )
            };
            Ok(first.ok_or_else(wrong)? << 4 | prefix.len() as u64)
        }
        Destination::Country(country) => {
            Ok(COUNTRY
                | country.as_str().bytes().fold(0, |key, letter| key << 8 | u64::from(letter)))
        }
        Destination::Everywhere => Ok(EVERYWHERE),
    }
}

pub(super) fn is_prefix(key: u64) -> bool {
    key < COUNTRY
}

/// The first number that a prefix covers.
pub(super) fn first_of(key: u64) -> u64 {
    key >> 4
}

/// How many digits a prefix has.
pub(super) fn digits_of(key: u64) -> usize {
    (key & 15) as usize
}

/// The number as if it had fifteen digits, filled up with zeros.
pub(super) fn padded(digits: &str) -> Option<u64> {
    let mut value = 0_u64;
    let missing = DIGITS.checked_sub(digits.len())? as u32;
    for digit in digits.bytes() {
        value = value * 10 + u64::from(digit.checked_sub(b'0').filter(|digit| *digit < 10)?);
    }
    Some(value * 10_u64.pow(missing))
}

/// As a person reads it.
pub(super) fn shown(key: u64) -> String {
    if is_prefix(key) {
        let digits = digits_of(key);
        return (first_of(key) / 10_u64.pow((DIGITS - digits.min(DIGITS)) as u32)).to_string();
    }
    if key == EVERYWHERE {
        return "everywhere".to_owned();
    }
    Country::all()
        .find(|country| self::key(&Destination::Country(*country)) == Ok(key))
        .map_or_else(|| "a country".to_owned(), |country| country.to_string())
}
