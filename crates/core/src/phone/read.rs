//! The ways to a number: from text, and from what was stored.

use std::fmt;
use std::str::FromStr;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer};

use super::error::PhoneNumberError;
use super::number::PhoneNumber;
use super::parse;
use crate::country::Country;

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
    /// assert_eq!(PhoneNumber::parse_in("011 44 20 7946 0018", Some(Country::US))?.e164(), "+442079460018");
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
}

impl FromStr for PhoneNumber {
    type Err = PhoneNumberError;

    fn from_str(text: &str) -> Result<Self, PhoneNumberError> {
        Self::parse(text)
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
