//! `[providers.NAME.tariff]`: what an account charges, in money or in its own credits.

use std::{collections::HashMap, time::Duration};

use serde::Deserialize;
use switchboard_core::{Country, Coverage, Currency, Destination, Money, Tariff, TariffRow};

use crate::config::{
    amount::Amount,
    problem::{Place, Problems},
};

/// A tariff. Prices are in `routing.currency`. The longest prefix wins, then the country, then `default`; what no row covers
/// has no known price, which is not a price of zero.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TariffConfig {
    /// What one credit costs; required where a row is in credits, and what turns bills in credits into money.
    pub credit_price: Option<Amount>,
    /// The price of everywhere else.
    pub default: Option<PriceConfig>,
    /// The others.
    pub rows: Vec<TariffRowConfig>,
}

/// `tariff.default`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PriceConfig {
    /// For each call that is placed.
    pub per_call: Option<Amount>,
    /// The same in credits.
    pub per_call_credits: Option<Amount>,
    /// For each minute.
    pub per_minute: Option<Amount>,
    /// The same in credits.
    pub per_minute_credits: Option<Amount>,
    /// Time is rounded up to a multiple of this: 1.
    pub increment_seconds: Option<u32>,
    /// The least that is billed: 0.
    pub minimum_seconds: Option<u32>,
}

/// One of `tariff.rows`: a price, and where it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TariffRowConfig {
    /// In these countries.
    pub countries: Vec<Country>,
    /// For numbers that begin so, as `+4477`.
    pub prefixes: Vec<String>,
    /// For each call that is placed.
    pub per_call: Option<Amount>,
    /// The same in credits.
    pub per_call_credits: Option<Amount>,
    /// For each minute.
    pub per_minute: Option<Amount>,
    /// The same in credits.
    pub per_minute_credits: Option<Amount>,
    /// Time is rounded up to a multiple of this: 1.
    pub increment_seconds: Option<u32>,
    /// The least that is billed: 0.
    pub minimum_seconds: Option<u32>,
}

impl TariffRowConfig {
    fn price(&self) -> PriceConfig {
        PriceConfig {
            per_call: self.per_call,
            per_call_credits: self.per_call_credits,
            per_minute: self.per_minute,
            per_minute_credits: self.per_minute_credits,
            increment_seconds: self.increment_seconds,
            minimum_seconds: self.minimum_seconds,
        }
    }
}

impl TariffConfig {
    /// The rows with every price in money.
    pub(crate) fn tariff(&self, at: &Place, currency: Currency, calls: &Coverage<Country>, problems: &mut Problems) -> Tariff {
        let credit_price = self
            .credit_price
            .and_then(|price| exact(price.money(currency), &at.key("credit_price"), problems));
        let mut rows = Vec::new();
        let mut taken: HashMap<String, usize> = HashMap::new();
        for (index, row) in self.rows.iter().enumerate() {
            let at = at.key("rows").index(index);
            let price = row.price().row(&at, currency, credit_price, problems);
            for (key, shown, destination) in row.destinations(&at, calls, problems) {
                match taken.insert(shown.clone(), index) {
                    Some(earlier) => problems.say(&key, format!("rows[{earlier}] has {shown} already: keep one of them")),
                    None => rows.extend(price.clone().map(|row| TariffRow { destination, ..row })),
                }
            }
        }
        match &self.default {
            Some(price) => rows.extend(price.row(&at.key("default"), currency, credit_price, problems)),
            None if self.rows.is_empty() => problems.say(at, "has no price: add rows, or a default, or leave the tariff out"),
            None => {}
        }
        Tariff { rows, credit_price }
    }
}

impl TariffRowConfig {
    fn destinations(&self, at: &Place, calls: &Coverage<Country>, problems: &mut Problems) -> Vec<(Place, String, Destination)> {
        let mut destinations = Vec::new();
        for (index, country) in self.countries.iter().enumerate() {
            let key = at.key("countries").index(index);
            if calls.covers(country) {
                destinations.push((key, country.to_string(), Destination::Country(*country)));
            } else {
                problems.say(
                    &key,
                    format!("the provider does not call {country}: take it out, or add it to the provider's countries"),
                );
            }
        }
        for (index, prefix) in self.prefixes.iter().enumerate() {
            let key = at.key("prefixes").index(index);
            match wrong_prefix(prefix) {
                Some(problem) => problems.say(&key, problem),
                None => destinations.push((key, prefix.clone(), Destination::Prefix(prefix.trim_start_matches('+').to_owned()))),
            }
        }
        if self.countries.is_empty() && self.prefixes.is_empty() {
            problems.say(
                at,
                "says not where it holds: add countries or prefixes, or make it the default of the tariff",
            );
        }
        destinations
    }
}

impl PriceConfig {
    fn row(&self, at: &Place, currency: Currency, credit_price: Option<Money>, problems: &mut Problems) -> Option<TariffRow> {
        let before = problems.len();
        let mut price = |key: &str, money: Option<Amount>, credits: Option<Amount>| {
            let in_credits = format!("{key}_credits");
            match (money, credits) {
                (None, None) => None,
                (Some(money), None) => exact(money.money(currency), &at.key(key), problems),
                (Some(_), Some(_)) => {
                    problems.say(
                        &at.key(&in_credits),
                        format!("stands beside {key}: a price is in money or in credits, keep one of them"),
                    );
                    None
                }
                (None, Some(credits)) => {
                    let at = at.key(&in_credits);
                    let Some(credit_price) = credit_price else {
                        problems.say(
                            &at,
                            "is in credits, and nothing says what one costs: add credit_price to the tariff",
                        );
                        return None;
                    };
                    let credits = exact(credits.credits(), &at, problems)?;
                    let money = credits.at_price(credit_price);
                    if money.is_none() {
                        problems.say(&at, "is too large once it is money");
                    }
                    money
                }
            }
        };
        let per_call = price("per_call", self.per_call, self.per_call_credits);
        let per_minute = price("per_minute", self.per_minute, self.per_minute_credits);
        if problems.len() > before {
            return None;
        }
        if per_call.is_none() && per_minute.is_none() {
            problems.say(at, "has no price: add per_call, per_minute or both; for a free call write \"0\"");
        }
        if self.increment_seconds == Some(0) {
            problems.say(&at.key("increment_seconds"), "is 0: write 1 for billing by the second");
        }
        for (key, set) in [
            ("increment_seconds", self.increment_seconds.is_some()),
            ("minimum_seconds", self.minimum_seconds.is_some()),
        ] {
            if set && per_minute.is_none() && per_call.is_some() {
                problems.say(
                    &at.key(key),
                    "has no effect on a price for each call: take it out, or add per_minute",
                );
            }
        }
        let seconds = |count: u32| Duration::from_secs(count.into());
        (problems.len() == before).then(|| TariffRow {
            destination: Destination::Everywhere,
            per_call,
            per_minute,
            increment: self.increment_seconds.map(seconds),
            minimum: self.minimum_seconds.map(seconds),
        })
    }
}

/// What keeps a text from being the beginning of a number.
pub(crate) fn wrong_prefix(prefix: &str) -> Option<String> {
    let digits = prefix
        .strip_prefix('+')
        .filter(|digits| (1..=15).contains(&digits.len()) && !digits.starts_with('0'));
    let fits = digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    (!fits).then(|| format!("{prefix:?} is no beginning of a number: write a plus, the country's calling code and digits, as \"+4420\""))
}

fn exact<T>(value: switchboard_core::Result<T>, at: &Place, problems: &mut Problems) -> Option<T> {
    value.map_err(|error| problems.say(at, error.message())).ok()
}
