//! Prices as text, because a number with a point is rounded before anybody reads it.

use std::fmt;

use rust_decimal::Decimal;
use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};
use switchboard_core::{Credits, Currency, Money};

/// A price that is not negative and has at most six decimals, written as text: `"0.12"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount(Decimal);

impl Amount {
    /// # Errors
    /// Says what is wrong and how to write it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let amount: Decimal = text
            .trim()
            .parse()
            .map_err(|_| format!("{text:?} is no amount: write digits and a point, as \"0.12\""))?;
        if amount.is_sign_negative() && !amount.is_zero() {
            return Err(format!("{text:?} is less than nothing: a price is not negative"));
        }
        Credits::new(amount).map_err(|error| error.message().to_owned())?;
        Ok(Self(amount.normalize()))
    }

    /// As money.
    pub(crate) fn money(self, currency: Currency) -> switchboard_core::Result<Money> {
        Money::new(self.0, currency)
    }

    /// As a number.
    pub(crate) fn decimal(self) -> Decimal {
        self.0
    }

    /// As credits.
    pub(crate) fn credits(self) -> switchboard_core::Result<Credits> {
        Credits::new(self.0)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Amount;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an amount in quotes, as \"0.12\"")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Amount, E> {
                Amount::parse(text).map_err(E::custom)
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Amount, E> {
                Err(E::custom(format!(
                    "is a floating-point number, which cannot hold a price exactly: quote it, \"{number}\""
                )))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Amount, E> {
                Err(E::custom(format!("is a number, and amounts are text: quote it, \"{number}\"")))
            }
        }

        deserializer.deserialize_any(Text)
    }
}
