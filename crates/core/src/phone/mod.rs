//! Telephone numbers that may be called.
//!
//! A [`PhoneNumber`] cannot hold an emergency number, a crisis line, a premium-rate or shared-cost
//! number, a short code, a satellite phone or a number of no country, so code that has one needs no
//! further check. Numbers are rejected here, before a provider sees them, because a voice agent
//! that calls 112 does harm that no refund makes good.
//!
//! The numbering plans come from `rlibphonenumber`, which is lenient: by itself it reads `911` as
//! `+1911`. It is only given text that already has the shape of E.164. Data that it lacks is here:
//! emergency and short numbers in `short_data.rs`, satellite ranges in `reserved.rs`.
//!
//! | file | purpose |
//! |---|---|
//! | `parse.rs` | parses text to a number |
//! | `written.rs`, `character.rs` | the digits of a text and the separators between them |
//! | `grouping.rs` | whether all digits belong to the number, so that trailing digits do not make it another one |
//! | `national.rs` | numbers as they are dialled within a country |
//! | `old_plan.rs` | numbers of former numbering plans |
//! | `refuse.rs` | why a text is rejected, including disguised emergency numbers |
//! | `reserved.rs` | satellite networks and calling codes without a country |
//! | `short_data.rs` | emergency and short numbers, generated |
//! | `calling_code.rs` | which digits a number may begin with |
//! | `kind.rs`, `error.rs` | number types, and the reasons for a rejection |

mod calling_code;
mod character;
mod error;
mod grouping;
mod kind;
mod national;
mod old_plan;
mod parse;
mod refuse;
mod reserved;
mod short_data;
mod written;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use self::calling_code::may_begin_number;
pub use self::error::PhoneNumberError;
pub use self::kind::NumberType;
use crate::country::Country;

/// A plus sign and at most 15 digits.
const LONGEST: usize = 16;

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
    text: [u8; LONGEST],
    len: u8,
    calling_code_len: u8,
    country: Country,
    kind: NumberType,
}

impl PhoneNumber {
    /// Parses a number in E.164. Spaces, hyphens, dots and parentheses between the digits are
    /// allowed.
    ///
    /// A trunk prefix after the calling code is dropped: `+44 (0)20 7946 0018` is `+442079460018`.
    ///
    /// # Errors
    ///
    /// The reason why the number may not be called, and what to write instead.
    pub fn parse(text: &str) -> Result<Self, PhoneNumberError> {
        parse::parse(text, None)
    }

    /// Parses a number like [`PhoneNumber::parse`]. With a country, it also accepts numbers as they
    /// are dialled there: a national number such as `020 7946 0018`, or one after an international
    /// prefix such as `00` or `011`.
    ///
    /// ```
    /// use switchboard_core::{Country, PhoneNumber};
    ///
    /// let number = PhoneNumber::parse_in("(212) 555-0123", Some(Country::US))?;
    /// assert_eq!(number.e164(), "+12125550123");
    /// let abroad = PhoneNumber::parse_in("011 44 20 7946 0018", Some(Country::US))?;
    /// assert_eq!(abroad.e164(), "+442079460018");
    /// # Ok::<(), switchboard_core::PhoneNumberError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The same as for [`PhoneNumber::parse`].
    pub fn parse_in(text: &str, default: Option<Country>) -> Result<Self, PhoneNumberError> {
        parse::parse(text, default)
    }

    /// Restores a number that was stored as its [`e164`](PhoneNumber::e164) and country. It is not
    /// validated again: numbering plans change, and old calls must stay readable. `None` if the
    /// text is not E.164. Only for journals: input from outside is [parsed](PhoneNumber::parse).
    #[doc(hidden)]
    pub fn restore(text: &str, country: Country) -> Option<Self> {
        match parse::parse(text, None) {
            Ok(number) if number.e164() == text => Some(number),
            Ok(_) | Err(_) => parse::restore(text, country),
        }
    }

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
    pub fn country(&self) -> Country {
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

impl FromStr for PhoneNumber {
    type Err = PhoneNumberError;

    fn from_str(text: &str) -> Result<Self, PhoneNumberError> {
        Self::parse(text)
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

impl<'de> Deserialize<'de> for PhoneNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // When asked for a string, serde_json would print a number that it found instead.
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(Text)
        } else {
            deserializer.deserialize_str(Text)
        }
    }
}

/// Reads a number from strings only. Numeric values are handled explicitly because the error
/// messages of serde would print them.
struct Text;

impl Visitor<'_> for Text {
    type Value = PhoneNumber;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a telephone number in E.164 as a string")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<PhoneNumber, E> {
        PhoneNumber::parse(text).map_err(E::custom)
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<PhoneNumber, E> {
        Err(E::custom(PhoneNumberError::NotE164))
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<PhoneNumber, E> {
        Err(E::custom(PhoneNumberError::NotE164))
    }

    fn visit_i128<E: serde::de::Error>(self, _: i128) -> Result<PhoneNumber, E> {
        Err(E::custom(PhoneNumberError::NotE164))
    }

    fn visit_u128<E: serde::de::Error>(self, _: u128) -> Result<PhoneNumber, E> {
        Err(E::custom(PhoneNumberError::NotE164))
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<PhoneNumber, E> {
        Err(E::custom(PhoneNumberError::NotE164))
    }
}
