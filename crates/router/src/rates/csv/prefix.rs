//! From cells to where a price holds.

use switchboard_core::{Country, Destination, may_begin_number};

use super::column::{Column, Named};

/// Digits of a number with its calling code.
const LONGEST: usize = 15;
/// Prefixes that one range may stand for.
const LONGEST_RANGE: u64 = 10_000;
/// What separates several prefixes in a cell.
const BETWEEN: [char; 4] = [';', ',', '|', '\n'];
/// Digits of the North American code, and of a whole number behind its calling code.
const NPA: usize = 3;
const NATIONAL: usize = 10;

/// Where the price of a row holds: in one place, or by its layout in several.
pub(super) fn destinations(text: &str, layout: Named) -> Result<Vec<Destination>, String> {
    if layout == Named::Trade || text.is_empty() {
        return destination(text).map(|one| vec![one]);
    }
    let mut found = Vec::new();
    for part in parts(text)? {
        match layout {
            Named::Us => found.push(Destination::Prefix(north_american(part, &digits_of(part))?)),
            Named::Trade | Named::Carrier | Named::CarrierComma => match ends(part) {
                Some((from, to)) => range(part, "", from, to, &mut found)?,
                None => found.push(destination(part)?),
            },
        }
    }
    Ok(found)
}

/// The same where the calling code and what follows it are in two columns. Without the second the
/// price holds for the whole of the first.
///
/// # Errors
/// The column, and what is wrong with it.
pub(super) fn in_two(
    country: &str,
    areas: &str,
    layout: Named,
) -> Result<Vec<Destination>, (Column, String)> {
    let code = country.strip_prefix('+').unwrap_or(country);
    if code.is_empty() || !code.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err((
            Column::CountryCode,
            format!("{country:?} is no calling code: write its digits, as 44"),
        ));
    }
    if areas.is_empty() {
        let whole = match layout {
            Named::Us => north_american(code, code).map(Destination::Prefix),
            Named::Trade | Named::Carrier | Named::CarrierComma => destination(code),
        };
        return whole.map(|one| vec![one]).map_err(|message| (Column::CountryCode, message));
    }
    behind(code, areas, layout).map_err(|message| (Column::AreaCode, message))
}

fn behind(code: &str, areas: &str, layout: Named) -> Result<Vec<Destination>, String> {
    let mut found = Vec::new();
    for part in parts(areas)? {
        if layout == Named::Us {
            let digits = format!("{code}{}", digits_of(part));
            found.push(Destination::Prefix(north_american(part, &digits)?));
        } else if let Some((from, to)) = ends(part) {
            range(part, code, from, to, &mut found)?;
        } else if part.bytes().all(|digit| digit.is_ascii_digit()) {
            found.push(destination(&format!("{code}{part}"))?);
        } else {
            return Err(format!(
                "{part:?} is no area code: write its digits, as 20, or leave it empty"
            ));
        }
    }
    Ok(found)
}

/// Digits with a calling code, a country's code, or `*`.
fn destination(text: &str) -> Result<Destination, String> {
    if text == "*" {
        return Ok(Destination::Everywhere);
    }
    if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return text.parse::<Country>().map(Destination::Country).map_err(|_| {
            format!("{text:?} is no country: write its two letters of ISO 3166, as GB, or digits")
        });
    }
    let digits = text.strip_prefix('+').unwrap_or(text);
    let fits = (1..=LONGEST).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().all(|digit| digit.is_ascii_digit());
    if fits && may_begin_number(digits) {
        return Ok(Destination::Prefix(digits.to_owned()));
    }
    let fix = match text {
        "" => "is empty: write 1 to 15 digits that begin with the country's calling code, as 4420, or * for everywhere".to_owned(),
        _ if fits => format!("{text:?} is nobody's: no calling code begins so; write digits that begin with one, as 4420 or 1201"),
        _ if digits.starts_with("00") => format!(
            "{text:?} begins with what is dialled to leave a country: leave it out, as {}",
            digits.trim_start_matches('0')
        ),
        _ => {
            format!(
                "{text:?} is no beginning of a number: write 1 to 15 digits that begin with the country's calling code, as 4420, without signs"
            )
        }
    };
    Err(fix)
}

/// The prefixes of a cell.
fn parts(text: &str) -> Result<impl Iterator<Item = &str>, String> {
    // Nobody writes a space within a number, and no number is that long.
    let groups: Vec<&str> = text.split(',').collect();
    let thousands = match groups.as_slice() {
        [first, rest @ ..] => {
            let digits = |group: &str, lengths: std::ops::RangeInclusive<usize>| {
                lengths.contains(&group.len()) && group.bytes().all(|digit| digit.is_ascii_digit())
            };
            let short = first.len() + 3 * rest.len() <= LONGEST;
            short
                && !rest.is_empty()
                && digits(first, 1..=3)
                && rest.iter().all(|group| digits(group, 3..=3))
        }
        [] => false,
    };
    if thousands {
        return Err(format!(
            "{text:?} may be several prefixes or one that a spreadsheet wrote in groups of thousands: write semicolons between several, or \
             digits alone"
        ));
    }
    let parts: Vec<&str> =
        text.split(BETWEEN).map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        return Err(format!("{text:?} holds no prefix: write digits, as 4420"));
    }
    Ok(parts.into_iter())
}

fn digits_of(part: &str) -> String {
    part.chars().filter(|letter| !matches!(letter, '-' | '+' | ' ')).collect()
}

/// The ends of a range, as `4420-4429`.
fn ends(part: &str) -> Option<(&str, &str)> {
    let (from, to) = part.split_once(['-', '–'])?;
    Some((from.trim(), to.trim()))
}

fn range(
    part: &str,
    code: &str,
    from: &str,
    to: &str,
    found: &mut Vec<Destination>,
) -> Result<(), String> {
    let wrong = || {
        format!(
            "{part:?} is no range: write two prefixes of as many digits, the smaller one first, as 4420-4429"
        )
    };
    let digits = |text: &str| -> Option<u64> {
        let text = text.strip_prefix('+').unwrap_or(text);
        let plain =
            (1..=LONGEST).contains(&text.len()) && text.bytes().all(|digit| digit.is_ascii_digit());
        text.parse().ok().filter(|_| plain)
    };
    let (from, to) = (from.strip_prefix('+').unwrap_or(from), to.strip_prefix('+').unwrap_or(to));
    let (Some(first), Some(last)) = (digits(from), digits(to)) else {
        return Err(wrong());
    };
    if from.len() != to.len() || first > last {
        return Err(wrong());
    }
    if last - first >= LONGEST_RANGE {
        return Err(format!(
            "{part:?} is a range of more than {LONGEST_RANGE} prefixes: write shorter ones, as 44 for 440-449"
        ));
    }
    let width = from.len();
    for prefix in first..=last {
        found.push(
            destination(&format!("{code}{prefix:0width$}"))
                .map_err(|problem| format!("{part:?}: {problem}"))?,
        );
    }
    Ok(())
}

/// With the leading 1, whether or not it was written: no area code begins with 1.
fn north_american(shown: &str, digits: &str) -> Result<String, String> {
    let national = digits.strip_prefix('1').unwrap_or(digits);
    let whole = national.is_empty() && digits == "1";
    let plain = (NPA..=NATIONAL).contains(&national.len())
        && national.bytes().all(|digit| digit.is_ascii_digit());
    if whole || (plain && !national.starts_with(['0', '1'])) {
        return Ok(format!("1{national}"));
    }
    Err(format!(
        "{shown:?} is no beginning of a number in North America: write an area code and what follows it, as 201555 or 1201555; other countries \
         need a deck of their own"
    ))
}
