//! A tariff made ready for looking up: the longest prefix, then the country, then everywhere.
//!
//! Prefixes are kept as one sorted table. A prefix covers an interval of padded numbers, and intervals of prefixes are
//! nested or apart, so that one binary search and a walk along parents finds the longest one.

use std::{collections::HashMap, time::Duration};

use switchboard_core::{Country, Currency, Destination, Error, ErrorKind, Money, PhoneNumber, Result, Tariff, TariffRow};

const DIGITS: u32 = 15;

/// Prices of one destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Price {
    per_call: i64,
    per_minute: i64,
    increment_secs: u64,
    minimum_secs: u64,
}

#[derive(Debug, Clone, Copy)]
struct PrefixRow {
    first: u64,
    last: u64,
    digits: u32,
    parent: Option<u32>,
    price: u32,
}

/// A provider's prices, ready for looking up. Every price is in one currency.
#[derive(Debug, Clone)]
pub struct RateDeck {
    currency: Currency,
    credit_price: Option<Money>,
    prices: Vec<Price>,
    prefixes: Vec<PrefixRow>,
    countries: HashMap<Country, u32>,
    everywhere: Option<u32>,
}

impl RateDeck {
    /// A deck without a price: every cost is unknown.
    pub fn unknown(currency: Currency) -> Self {
        Self {
            currency,
            credit_price: None,
            prices: Vec::new(),
            prefixes: Vec::new(),
            countries: HashMap::new(),
            everywhere: None,
        }
    }

    /// Makes a tariff ready.
    ///
    /// # Errors
    /// `Configuration` that names the row: a price in another currency, a prefix that is no number, two rows for one destination.
    pub fn new(tariff: &Tariff, currency: Currency) -> Result<Self> {
        let mut deck = Self::unknown(currency);
        deck.credit_price = tariff.credit_price;
        let mut prefixes = Vec::new();
        for (index, row) in tariff.rows.iter().enumerate() {
            let fault = |message: String| Error::new(ErrorKind::Configuration, message).with_field(format!("tariff.rows[{index}]"));
            let price = u32::try_from(deck.prices.len()).map_err(|_| fault("is one row too many".to_owned()))?;
            deck.prices.push(Price::new(row, currency).map_err(fault)?);
            let taken = match &row.destination {
                Destination::Prefix(digits) => {
                    prefixes.push((interval(digits).map_err(fault)?, price));
                    None
                }
                Destination::Country(country) => deck.countries.insert(*country, price),
                Destination::Everywhere => deck.everywhere.replace(price),
            };
            if taken.is_some() {
                return Err(fault("names a destination that an earlier row names: keep one of them".to_owned()));
            }
        }
        deck.prefixes = nest(prefixes)?;
        Ok(deck)
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        self.prices.len()
    }

    /// True where every cost is unknown.
    pub fn is_empty(&self) -> bool {
        self.prices.is_empty()
    }

    /// What one credit costs, where the provider bills credits.
    pub fn credit_price(&self) -> Option<Money> {
        self.credit_price
    }

    /// What a call to this number is expected to cost if it lasts so long. `None`: nobody knows.
    pub fn estimate(&self, to: &PhoneNumber, duration: Duration) -> Option<Money> {
        let price = self.prices.get(self.find(to)? as usize)?;
        let billed = round_up(whole_seconds(duration), price.increment_secs).max(price.minimum_secs);
        let minutes = i128::from(price.per_minute) * i128::from(billed);
        let rounded = minutes.div_euclid(60) + i128::from(minutes.rem_euclid(60) != 0);
        let micros = i64::try_from(i128::from(price.per_call) + rounded).ok()?;
        Some(Money::from_micros(micros, self.currency))
    }

    fn find(&self, to: &PhoneNumber) -> Option<u32> {
        self.longest_prefix(to)
            .or_else(|| self.countries.get(&to.country()).copied())
            .or(self.everywhere)
    }

    fn longest_prefix(&self, to: &PhoneNumber) -> Option<u32> {
        if self.prefixes.is_empty() {
            return None;
        }
        let digits = to.e164().get(1..)?;
        let (number, length) = (padded(digits.bytes())?, u32::try_from(digits.len()).ok()?);
        let mut at = self.prefixes.partition_point(|row| row.first <= number).checked_sub(1)?;
        loop {
            let row = self.prefixes.get(at)?;
            if number <= row.last && row.digits <= length {
                return Some(row.price);
            }
            at = row.parent? as usize;
        }
    }
}

impl Price {
    fn new(row: &TariffRow, currency: Currency) -> std::result::Result<Self, String> {
        let micros = |price: Option<Money>, key: &str| match price {
            None => Ok(0),
            Some(money) if money.currency() != currency => Err(format!(
                "{key} is in {}, and costs are compared in {}: convert it",
                money.currency().code(),
                currency.code()
            )),
            Some(money) if money.micros() < 0 => Err(format!("{key} is {money}: a price is not negative")),
            Some(money) => Ok(money.micros()),
        };
        if row.per_call.is_none() && row.per_minute.is_none() {
            return Err("has no price: give per_call, per_minute or both; for a free call write 0".to_owned());
        }
        Ok(Self {
            per_call: micros(row.per_call, "per_call")?,
            per_minute: micros(row.per_minute, "per_minute")?,
            increment_secs: row.increment.map_or(1, |step| whole_seconds(step).max(1)),
            minimum_secs: row.minimum.map_or(0, whole_seconds),
        })
    }
}

fn round_up(value: u64, step: u64) -> u64 {
    value.div_ceil(step).saturating_mul(step)
}

/// A second that has begun counts.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0))
}

/// The number as if it had fifteen digits, filled up with zeros.
fn padded(digits: impl Iterator<Item = u8>) -> Option<u64> {
    let (mut value, mut count) = (0_u64, 0);
    for digit in digits {
        value = value * 10 + u64::from(digit.checked_sub(b'0').filter(|digit| *digit < 10)?);
        count += 1;
    }
    Some(value * 10_u64.pow(DIGITS.checked_sub(count)?))
}

/// The numbers that begin with a prefix, as if they had fifteen digits, and the prefix's length.
fn interval(prefix: &str) -> std::result::Result<(u64, u64, u32), String> {
    let fault = || format!("prefix {prefix:?} is no beginning of a number: write 1 to {DIGITS} digits, as \"4420\"");
    if prefix.is_empty() || prefix.starts_with('0') {
        return Err(fault());
    }
    let first = padded(prefix.bytes()).ok_or_else(fault)?;
    let digits = u32::try_from(prefix.len()).map_err(|_| fault())?;
    Ok((first, first + (10_u64.pow(DIGITS - digits) - 1), digits))
}

fn nest(mut rows: Vec<((u64, u64, u32), u32)>) -> Result<Vec<PrefixRow>> {
    rows.sort_by_key(|&((first, _, digits), _)| (first, digits));
    let mut table: Vec<PrefixRow> = Vec::with_capacity(rows.len());
    let mut open: Vec<u32> = Vec::new();
    for ((first, last, digits), price) in rows {
        while let Some(&top) = open.last() {
            let Some(row) = table.get(top as usize) else { break };
            if row.last >= last {
                if (row.first, row.digits) == (first, digits) {
                    return Err(Error::new(
                        ErrorKind::Configuration,
                        "names a prefix that an earlier row names: keep one of them",
                    )
                    .with_field(format!("tariff.rows[{price}]")));
                }
                break;
            }
            open.pop();
        }
        let index = u32::try_from(table.len())
            .map_err(|_| Error::new(ErrorKind::Configuration, "has more than four billion rows").with_field("tariff.rows"))?;
        table.push(PrefixRow {
            first,
            last,
            digits,
            parent: open.last().copied(),
            price,
        });
        open.push(index);
    }
    Ok(table)
}
