//! The number in a cell.
//!
//! Spellings are read as everywhere else ([`PhoneNumber`]), with three differences, because a number
//! that is on a list and is not taken is somebody who is called: `00` counts as an international
//! prefix, a calling code needs no plus sign where the digits cannot be anything else, and the
//! leading zero that spreadsheets remove is put back.

use switchboard_core::{Country, ListedNumber, PhoneNumber, PhoneNumberError};

use crate::refused::Reason;

/// A North American number, to find out which countries share its plan.
const NORTH_AMERICAN: &str = "2125550123";

/// The fewest digits of a number of its own in a cell.
const SHORTEST: usize = 7;

/// Reads cells of a list whose numbers without a plus sign are of one country.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cells {
    country: Option<Country>,
    /// The country is one of those that share the calling code 1.
    shares_one: bool,
}

impl Cells {
    pub(crate) fn new(country: Option<Country>) -> Self {
        let shares_one = country.is_some()
            && PhoneNumber::parse_in(NORTH_AMERICAN, country)
                .is_ok_and(|number| number.country_code() == 1);
        Self { country, shares_one }
    }

    pub(crate) fn country(&self) -> Option<Country> {
        self.country
    }

    pub(crate) fn read(&self, cell: &str) -> Result<ListedNumber, Reason> {
        if let Some(number) = self.plain(cell.as_bytes()) {
            return Ok(number);
        }
        let number = self.written(cell).map_err(|error| {
            if is_several(cell) { Reason::SeveralNumbers } else { Reason::of(error, digits(cell)) }
        })?;
        Ok(ListedNumber::from(&number))
    }

    /// The fast path for North American numbers in plain digits, which the largest lists consist of.
    fn plain(&self, cell: &[u8]) -> Option<ListedNumber> {
        let national = match cell.len() {
            10 if self.shares_one => cell,
            11 if self.shares_one => cell.strip_prefix(b"1")?,
            12 => cell.strip_prefix(b"+1")?,
            _ => return None,
        };
        north_american(national)
    }

    fn written(&self, cell: &str) -> Result<PhoneNumber, PhoneNumberError> {
        use PhoneNumberError as E;
        let again = |begin: &str, drop: usize| {
            let digits: String = cell.chars().filter(char::is_ascii_digit).skip(drop).collect();
            PhoneNumber::parse_in(&format!("{begin}{digits}"), self.country)
        };
        match PhoneNumber::parse_in(cell, self.country) {
            Err(error @ E::InternationalPrefix("00")) => again("+", 2).map_err(|_| error),
            Err(error @ E::WithoutPlus) => again("+", 0).map_err(|_| error),
            Err(error @ E::WithoutPrefix(_)) => again("0", 0).map_err(|_| error),
            read => read,
        }
    }
}

fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// True if two parts of the cell have the digits of a number each.
fn is_several(cell: &str) -> bool {
    let separates = |one: char| "/,;|&".contains(one) || one.is_alphabetic();
    cell.split(separates).filter(|part| digits(part) >= SHORTEST).count() > 1
}

/// The number with these ten digits of the North American plan. Area codes and exchanges begin with
/// 2 to 9, and an area code does not end with 11.
pub(crate) fn north_american(digits: &[u8]) -> Option<ListedNumber> {
    let [a, b, c, d, ..] = digits else { return None };
    let begins = |digit: &u8| (b'2'..=b'9').contains(digit);
    let is_number = digits.len() == 10
        && digits.iter().all(u8::is_ascii_digit)
        && begins(a)
        && begins(d)
        && [*b, *c] != *b"11";
    if !is_number {
        return None;
    }
    let mut whole = [b'1'; 11];
    whole.get_mut(1..)?.copy_from_slice(digits);
    ListedNumber::from_digits(&whole)
}
