//! The number itself. How it is made is in `read.rs`.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Serialize, Serializer};

use super::e164::LONGEST;
use super::kind::NumberType;
use crate::country::Country;

/// A number that exists in its country's numbering plan and that an agent may call. It takes 21
/// bytes and does not allocate.
///
/// `Debug` and `Display` are masked, so that a number does not reach a log by accident; only
/// [`PhoneNumber::e164`] returns it whole. It serializes as E.164 text. Numbers compare by their
/// digits.
///
/// ```
/// use switchboard_core::{Country, PhoneNumber};
///
/// let number = PhoneNumber::parse("+44 20 7946 0018")?;
/// assert_eq!(number.e164(), "+442079460018");
/// assert_eq!(number.country(), Country::GB);
/// assert_eq!(number.to_string(), "+44••••••••18");
///
/// assert_eq!(PhoneNumber::parse("+1 911").unwrap_err().code(), "emergency_number");
/// # Ok::<(), switchboard_core::PhoneNumberError>(())
/// ```
#[derive(Clone, Copy)]
pub struct PhoneNumber {
    pub(super) text: [u8; LONGEST],
    pub(super) len: u8,
    pub(super) calling_code_len: u8,
    pub(super) country: Country,
    pub(super) kind: NumberType,
}

impl PhoneNumber {
    /// The whole number in E.164, for example `+15125550142`.
    pub fn e164(&self) -> &str {
        self.text
            .get(..usize::from(self.len))
            .and_then(|text| str::from_utf8(text).ok())
            .unwrap_or_default()
    }

    /// The country whose numbering plan contains the number. `+1` is shared by 25 countries, and
    /// Guernsey, Jersey and the Isle of Man are not the United Kingdom. The phone itself may be
    /// anywhere.
    pub const fn country(&self) -> Country {
        self.country
    }

    /// The type of line according to the numbering plan.
    pub fn number_type(&self) -> NumberType {
        self.kind
    }

    /// The country calling code, for example 44.
    pub fn country_code(&self) -> u16 {
        self.calling_code().bytes().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'))
    }

    /// The digits after the country calling code.
    pub fn national_digits(&self) -> &str {
        self.e164().get(1 + usize::from(self.calling_code_len)..).unwrap_or_default()
    }

    /// The number with its calling code and at most its last two digits, for example
    /// `+1••••••••42`. At least four digits are always hidden.
    pub fn masked(&self) -> String {
        self.to_string()
    }

    /// True if the number begins with `prefix`: a calling code and any digits after it, with or
    /// without the plus sign.
    pub fn has_prefix(&self, prefix: &str) -> bool {
        let digits = prefix.strip_prefix('+').unwrap_or(prefix);
        self.e164().as_bytes().get(1..).is_some_and(|own| own.starts_with(digits.as_bytes()))
    }

    fn calling_code(&self) -> &str {
        self.e164().get(1..=usize::from(self.calling_code_len)).unwrap_or_default()
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let national = self.national_digits();
        let hidden = national.len() - national.len().saturating_sub(4).min(2);
        write!(f, "+{}", self.calling_code())?;
        for _ in 0..hidden {
            f.write_str("•")?;
        }
        f.write_str(national.get(hidden..).unwrap_or_default())
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({self} {} {})", self.country, self.kind)
    }
}

impl PartialEq for PhoneNumber {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for PhoneNumber {}

impl Hash for PhoneNumber {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl PartialOrd for PhoneNumber {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PhoneNumber {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl Serialize for PhoneNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.e164())
    }
}
