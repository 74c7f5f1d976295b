//! Numbers of former numbering plans, so that a person has one number even if it comes from an old
//! list.
//!
//! | country | former | current |
//! |---|---|---|
//! | Mexico, until 2020 | `+52 1 55 1234 5678` for mobile phones; at home `044`, `045` or `01` before the ten digits | `+52 55 1234 5678` |
//! | Brazil, until 2016 | `+55 11 6123 4567` for mobile phones | `+55 11 96123 4567` |
//! | Argentina, still dialled within the country | `+54 11 15 2345 6789` for mobile phones | `+54 9 11 2345 6789` |
//!
//! A number that is valid in the current plan is not rewritten. If it could also be an old form, it
//! is rejected.

use super::e164::{E164, exists};
use super::error::PhoneNumberError::{self, OldPlan};
use crate::country::Country;

/// Prefixes before the ten digits of a Mexican number in old lists. `1` was used for mobile phones
/// from abroad.
const MEXICAN_PREFIXES: [&[u8]; 4] = [b"1", b"01", b"044", b"045"];

/// Converts a number to the current plan.
///
/// # Errors
/// [`OldPlan`] if the number could belong to two people.
pub(super) fn renewed(written: E164) -> Result<E164, PhoneNumberError> {
    let digits = written.digits();
    let new = match digits {
        [b'5', b'2', national @ ..] => mexican(national),
        [b'5', b'5', national @ ..] => brazilian(national),
        [b'5', b'4', b'9', rest @ ..] if rest.len() == 12 => argentine(rest),
        _ => None,
    };
    let Some(new) = new.filter(|new| exists(new).is_some()) else {
        return Ok(written);
    };
    if exists(&written).is_some() {
        return Err(match digits {
            [b'5', b'5', ..] => OldPlan(
                Country::BR,
                "write the 9 that all mobile numbers have behind the area code today",
            ),
            _ => return Ok(written),
        });
    }
    Ok(new)
}

fn mexican(national: &[u8]) -> Option<E164> {
    let ten = national.get(national.len().checked_sub(10)?..)?;
    let prefix = national.get(..national.len() - 10)?;
    MEXICAN_PREFIXES.contains(&prefix).then(|| E164::of([b"52", ten])).flatten()
}

/// Converts a Brazilian number of eight digits after an area code, the first of them 6 to 9.
fn brazilian(national: &[u8]) -> Option<E164> {
    let national = national.strip_prefix(b"0").unwrap_or(national);
    match national {
        [b'1'..=b'9', b'1'..=b'9', b'6'..=b'9', ..] if national.len() == 10 => {
            let (area, line) = national.split_at_checked(2)?;
            E164::of([b"55", area, b"9", line])
        }
        _ => None,
    }
}

/// Converts a number with both the international 9 and the national 15. The library finds the end
/// of the area code once the 9 is removed.
fn argentine(behind_nine: &[u8]) -> Option<E164> {
    E164::of([b"54", behind_nine])
}

/// True if `canonical` is the Argentine mobile number that was `written` with a 15 after its area
/// code.
pub(super) fn is_renewed(written: &[u8], canonical: &[u8]) -> bool {
    let ([b'5', b'4', written @ ..], [b'5', b'4', b'9', canonical @ ..]) = (written, canonical)
    else {
        return false;
    };
    let written = written.strip_prefix(b"0").unwrap_or(written);
    (2..=4).any(|area| match (written.split_at_checked(area), canonical.split_at_checked(area)) {
        (Some((code, [b'1', b'5', line @ ..])), Some((same, kept))) => code == same && line == kept,
        _ => false,
    })
}

/// Converts digits dialled within the country in its former plan to an international number. `None`
/// if they belong to the current plan or to another country.
pub(super) fn dialled_at_home(country: Country, digits: &[u8]) -> Option<E164> {
    match country.as_str() {
        "MX" => mexican(digits),
        "BR" => brazilian(digits),
        _ => None,
    }
}
