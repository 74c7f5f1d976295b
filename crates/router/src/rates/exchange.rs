//! Prices in other currencies, by rates that the configuration gives. No rate is ever guessed or
//! fetched.

use rust_decimal::Decimal;
use switchboard_core::{Currency, Error, ErrorKind, Result};

/// Sixtieths of a millionth in a millionth.
const SIXTIETHS: i128 = 60;
/// So that a currency's index is a byte.
const MOST_CURRENCIES: usize = 200;
const MOST_DECIMALS: u32 = 12;

/// A rate as a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rate {
    currency: Currency,
    num: i128,
    den: i128,
}

/// What the units of other currencies are worth in one.
///
/// ```
/// use switchboard_core::Currency;
/// use switchboard_router::Exchange;
///
/// // One euro is 1.0845 dollars.
/// let exchange = Exchange::none(Currency::USD).with(Currency::EUR, "1.0845".parse()?)?;
/// assert_eq!(exchange.rate(Currency::EUR), Some("1.0845".parse()?));
/// assert_eq!(exchange.rate(Currency::GBP), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    to: Currency,
    rates: Vec<Rate>,
}

impl Exchange {
    /// No other currency is known.
    pub fn none(to: Currency) -> Self {
        let itself = Rate { currency: to, num: 1, den: 1 };
        Self { to, rates: vec![itself] }
    }

    /// One unit of `currency` is worth `rate` units of the exchange's own.
    ///
    /// # Errors
    /// `Configuration` for a rate that is not above zero, has more than twelve decimals or is above
    /// a million, for a currency that has a rate already, as the exchange's own has, and for more
    /// than 200 currencies.
    pub fn with(mut self, currency: Currency, rate: Decimal) -> Result<Self> {
        let fault = |message: String| {
            Err(Error::new(ErrorKind::Configuration, message).with_field(currency.code()))
        };
        let rate = rate.normalize();
        if rate <= Decimal::ZERO || rate > Decimal::from(1_000_000) || rate.scale() > MOST_DECIMALS
        {
            return fault(format!(
                "{rate} is no rate: write how much one {} is worth in {}, above 0, up to 1000000, with at most twelve decimals",
                currency.code(),
                self.to.code()
            ));
        }
        if currency == self.to {
            return fault(
                "is the currency that everything is converted into: take it out".to_owned(),
            );
        }
        if self.index_of(currency).is_some() {
            return fault("has a rate already: keep one of them".to_owned());
        }
        if self.rates.len() >= MOST_CURRENCIES {
            return fault(format!("is one currency too many: {MOST_CURRENCIES} are enough"));
        }
        self.rates.push(Rate { currency, num: rate.mantissa(), den: 10_i128.pow(rate.scale()) });
        Ok(self)
    }

    /// The currency that everything is converted into.
    pub fn to(&self) -> Currency {
        self.to
    }

    /// What one unit of a currency is worth; `None`: nobody said so.
    pub fn rate(&self, currency: Currency) -> Option<Decimal> {
        let rate = self.rates.iter().find(|rate| rate.currency == currency)?;
        Decimal::try_from_i128_with_scale(rate.num, rate.den.ilog10()).ok()
    }

    pub(super) fn index_of(&self, currency: Currency) -> Option<u8> {
        let at = self.rates.iter().position(|rate| rate.currency == currency)?;
        u8::try_from(at).ok()
    }

    pub(super) fn currency(&self, index: u8) -> Currency {
        self.rates.get(usize::from(index)).map_or(self.to, |rate| rate.currency)
    }

    /// From sixtieths of millionths to millionths of the exchange's own currency, rounded up, and
    /// rounded only here. `None` where it is beyond all bounds.
    pub(super) fn convert(&self, currency: u8, sixtieths: i128) -> Option<i64> {
        let rate = self.rates.get(usize::from(currency))?;
        up(sixtieths.checked_mul(rate.num)?, rate.den * SIXTIETHS)
    }
}

/// Rounded up to a whole number.
pub(super) fn up(num: i128, den: i128) -> Option<i64> {
    let whole = num.div_euclid(den) + i128::from(num.rem_euclid(den) != 0);
    i64::try_from(whole).ok()
}
