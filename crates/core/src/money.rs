//! Money and credits: exact decimals, never floating point.
//!
//! Both are stored in millionths, which fits every price that a provider documents (KallyAI: 0.05
//! credits; telephone rate decks: up to six decimals) and sums of nine trillion units without
//! overflow.

use std::{fmt, iter::Sum, str::FromStr};

pub use iso_currency::Currency;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Error, ErrorKind, Result};

const MICROS: i64 = 1_000_000;

/// An amount in one ISO 4217 currency. As JSON: `{"amount": "0.15", "currency": "USD"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    micros: i64,
    currency: Currency,
}

/// An amount in a provider's own unit of account. As JSON: a decimal string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Credits {
    micros: i64,
}

fn to_micros(amount: Decimal, what: &'static str) -> Result<i64> {
    let scaled = amount
        .checked_mul(Decimal::from(MICROS))
        .ok_or_else(|| Error::invalid(what, format!("{amount} is too large")))?;
    if !scaled.fract().is_zero() {
        return Err(Error::invalid(what, format!("{amount} has more than six decimals: round it")));
    }
    scaled.to_i64().ok_or_else(|| Error::invalid(what, format!("{amount} is too large")))
}

fn decimal(micros: i64) -> Decimal {
    Decimal::new(micros, 6).normalize()
}

/// Formats with at least the decimals of the currency's smallest unit: `0.50 USD`, `0.0125 USD`,
/// `150 JPY`, `0.250 KWD`.
fn price(micros: i64, currency: Currency) -> String {
    let mut amount = decimal(micros);
    let digits = u32::from(currency.exponent().unwrap_or_default());
    if amount.scale() < digits {
        amount.rescale(digits);
    }
    amount.to_string()
}

impl Money {
    /// Creates an amount from millionths of the currency's unit.
    pub const fn from_micros(micros: i64, currency: Currency) -> Self {
        Self { micros, currency }
    }

    /// Creates an amount from an exact decimal.
    ///
    /// # Errors
    /// `InvalidRequest` where the amount has more than six decimals or is beyond nine trillion.
    pub fn new(amount: Decimal, currency: Currency) -> Result<Self> {
        Ok(Self { micros: to_micros(amount, "amount")?, currency })
    }

    /// Creates an amount from text, for example `"0.15"` and `"USD"`.
    ///
    /// # Errors
    /// `InvalidRequest` with the field and how to fix it.
    pub fn parse(amount: &str, currency: &str) -> Result<Self> {
        let parsed = parse_decimal(amount, "amount")?;
        Self::new(parsed, parse_currency(currency)?)
    }

    /// The amount in millionths of the currency's unit.
    pub const fn micros(self) -> i64 {
        self.micros
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The amount as a decimal.
    pub fn amount(self) -> Decimal {
        decimal(self.micros)
    }

    /// The sum, or `None` if the currencies differ or it overflows.
    pub fn checked_add(self, other: Money) -> Option<Money> {
        if self.currency != other.currency {
            return None;
        }
        Some(Self { micros: self.micros.checked_add(other.micros)?, currency: self.currency })
    }
}

/// Parses an ISO 4217 code.
///
/// # Errors
/// `InvalidRequest` with the code and how to fix it.
pub fn parse_currency(code: &str) -> Result<Currency> {
    Currency::from_code(code).ok_or_else(|| {
        Error::invalid(
            "currency",
            format!("{code:?} is no ISO 4217 code: write three capital letters, as USD or EUR"),
        )
    })
}

pub(crate) fn parse_decimal(text: &str, field: &'static str) -> Result<Decimal> {
    Decimal::from_str(text.trim()).map_err(|source| {
        Error::invalid(field, format!("{text:?} is not a decimal number: write it as 0.15"))
            .with_source(source)
    })
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", price(self.micros, self.currency), self.currency.code())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MoneyWire {
    amount: DecimalText,
    currency: String,
}

/// A decimal that is read from a string or a number and written as a string.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum DecimalText {
    Text(String),
    Number(serde_json::Number),
}

impl DecimalText {
    fn parse(&self, field: &'static str) -> Result<Decimal> {
        match self {
            DecimalText::Text(text) => parse_decimal(text, field),
            DecimalText::Number(number) => {
                let text = number.to_string();
                Decimal::from_str(&text).or_else(|_| Decimal::from_scientific(&text)).map_err(
                    |source| {
                        Error::new(
                            ErrorKind::InvalidRequest,
                            format!("{text} is not a decimal number"),
                        )
                        .with_field(field)
                        .with_source(source)
                    },
                )
            }
        }
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        MoneyWire {
            amount: DecimalText::Text(price(self.micros, self.currency)),
            currency: self.currency.code().to_owned(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = MoneyWire::deserialize(deserializer)?;
        let amount = wire.amount.parse("amount").map_err(serde::de::Error::custom)?;
        let currency = parse_currency(&wire.currency).map_err(serde::de::Error::custom)?;
        Money::new(amount, currency).map_err(serde::de::Error::custom)
    }
}

impl Credits {
    /// Creates an amount from millionths of a credit.
    pub const fn from_micros(micros: i64) -> Self {
        Self { micros }
    }

    /// Creates an amount from an exact decimal.
    ///
    /// # Errors
    /// `InvalidRequest` where the amount has more than six decimals or is beyond nine trillion.
    pub fn new(amount: Decimal) -> Result<Self> {
        Ok(Self { micros: to_micros(amount, "credits")? })
    }

    /// The amount in millionths of a credit.
    pub const fn micros(self) -> i64 {
        self.micros
    }

    /// The amount as a decimal.
    pub fn amount(self) -> Decimal {
        decimal(self.micros)
    }

    /// The price of these credits if one costs `price`, rounded up to a millionth. `None` on
    /// overflow.
    pub fn at_price(self, price: Money) -> Option<Money> {
        let product = i128::from(self.micros) * i128::from(price.micros);
        let micros = product.div_euclid(i128::from(MICROS))
            + i128::from(product.rem_euclid(i128::from(MICROS)) != 0);
        Some(Money { micros: i64::try_from(micros).ok()?, currency: price.currency })
    }
}

impl Sum for Credits {
    fn sum<I: Iterator<Item = Credits>>(iter: I) -> Credits {
        Credits { micros: iter.fold(0, |sum, credits| sum.saturating_add(credits.micros)) }
    }
}

impl fmt::Display for Credits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} credits", decimal(self.micros))
    }
}

impl Serialize for Credits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&decimal(self.micros))
    }
}

impl<'de> Deserialize<'de> for Credits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let amount = DecimalText::deserialize(deserializer)?
            .parse("credits")
            .map_err(serde::de::Error::custom)?;
        Credits::new(amount).map_err(serde::de::Error::custom)
    }
}

/// A cost in the unit that the provider bills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cost {
    /// An amount of money.
    Money(Money),
    /// An amount of the provider's credits.
    Credits(Credits),
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cost::Money(money) => money.fmt(f),
            Cost::Credits(credits) => credits.fmt(f),
        }
    }
}
