//! What an account charges by its tariff, in money.

use std::{collections::HashMap, time::Duration};

use switchboard_core::{
    Country, Coverage, Currency, Destination, Money, Tariff, TariffRow, may_begin_number,
};

use crate::{
    config::{
        Amount, PriceConfig, ProviderConfig, TariffConfig, TariffRowConfig,
        file::Config,
        problem::{KeyPath, Problems},
    },
    registry::CreditCosts,
};

impl TariffConfig {
    /// The rows with every price in money. `documented` is what the provider's documents say, in
    /// credits.
    fn tariff(
        &self,
        at: &KeyPath,
        currency: Currency,
        calls: &Coverage<Country>,
        documented: Option<CreditCosts>,
        problems: &mut Problems,
    ) -> Tariff {
        let credit_price = self.credit_price(at, currency, problems);
        let mut rows = Vec::new();
        let mut taken: HashMap<String, usize> = HashMap::new();
        for (index, row) in self.rows.iter().enumerate() {
            let at = at.key("rows").index(index);
            let price = row.price().row(&at, currency, credit_price, problems);
            for (key, shown, destination) in row.destinations(&at, calls, problems) {
                match taken.insert(shown.clone(), index) {
                    Some(earlier) => problems.push(
                        &key,
                        format!("rows[{earlier}] has {shown} already: keep one of them"),
                    ),
                    None => rows.extend(price.clone().map(|row| TariffRow { destination, ..row })),
                }
            }
        }
        match &self.default {
            Some(price) => rows.extend(price.row(&at.key("default"), currency, credit_price, problems)),
            None if self.rows.is_empty() => match (documented, credit_price) {
                (Some(documented), Some(credit_price)) => rows.extend(as_documented(documented, credit_price)),
                // What is wrong with it was said.
                (Some(_), None) if self.credit_price.is_some() || self.plan.is_some() => {}
                (Some(_), None) => problems.push(
                    at,
                    "has no price: add credit_price or a plan, rows, or a default, or leave the tariff out",
                ),
                (None, _) => problems.push(at, "has no price: add rows, or a default, or leave the tariff out"),
            },
            None => {}
        }
        Tariff { rows, credit_price }
    }
}

impl TariffConfig {
    fn credit_price(
        &self,
        at: &KeyPath,
        currency: Currency,
        problems: &mut Problems,
    ) -> Option<Money> {
        let at_plan = at.key("plan");
        match (self.credit_price, self.plan) {
            (None, None) => None,
            (Some(price), None) => exact(price.money(currency), &at.key("credit_price"), problems),
            (Some(_), Some(_)) => {
                problems.push(&at_plan, "stands beside credit_price: keep one of them");
                None
            }
            (None, Some(plan)) => {
                let price = exact(plan.price.money(currency), &at_plan.key("price"), problems)?;
                let credits = exact(plan.credits.credits(), &at_plan.key("credits"), problems)?;
                if credits.micros() == 0 {
                    problems.push(
                        &at_plan.key("credits"),
                        "is 0: write how many credits a month has, as \"600\"",
                    );
                    return None;
                }
                let (price, credits) =
                    (i128::from(price.micros()) * 1_000_000, i128::from(credits.micros()));
                let micros = i64::try_from(price / credits + i128::from(price % credits != 0));
                match micros {
                    Ok(micros) => Some(Money::from_micros(micros, currency)),
                    Err(_) => {
                        problems.push(
                            &at_plan,
                            "makes a credit too dear: the price is too large, or the credits are too few",
                        );
                        None
                    }
                }
            }
        }
    }
}

fn as_documented(documented: CreditCosts, credit_price: Money) -> Option<TariffRow> {
    Some(TariffRow {
        destination: Destination::Everywhere,
        per_call: Some(documented.per_call.at_price(credit_price)?),
        per_minute: Some(documented.per_minute.at_price(credit_price)?),
        increment: None,
        minimum: None,
    })
}

/// What an account charges by its tariff or its price of a minute, beside its decks.
pub(crate) fn of_account(
    config: &Config,
    provider: &ProviderConfig,
    at: &KeyPath,
    currency: Currency,
    calls: &Coverage<Country>,
    problems: &mut Problems,
) -> Option<Tariff> {
    let at_price = at.key("price_per_minute");
    match (&provider.tariff, provider.price_per_minute) {
        (None, None) => None,
        (Some(_), Some(_)) => {
            problems.push(
                &at_price,
                "stands beside the tariff: make it the tariff's default, default = { per_minute = … }, or keep one of them",
            );
            None
        }
        (Some(tariff), None) => {
            let documented =
                config.registry.kind(&provider.kind).and_then(|kind| kind.credit_costs());
            Some(tariff.tariff(&at.key("tariff"), currency, calls, documented, problems))
        }
        (None, Some(price)) => {
            let row = TariffRow {
                destination: Destination::Everywhere,
                per_call: None,
                per_minute: Some(exact(price.money(currency), &at_price, problems)?),
                increment: None,
                minimum: None,
            };
            Some(Tariff { rows: vec![row], credit_price: None })
        }
    }
}

impl TariffRowConfig {
    fn destinations(
        &self,
        at: &KeyPath,
        calls: &Coverage<Country>,
        problems: &mut Problems,
    ) -> Vec<(KeyPath, String, Destination)> {
        let mut destinations = Vec::new();
        for (index, country) in self.countries.iter().enumerate() {
            let key = at.key("countries").index(index);
            if calls.covers(country) {
                destinations.push((key, country.to_string(), Destination::Country(*country)));
            } else {
                problems.push(
                    &key,
                    format!("the provider does not call {country}: take it out, or add it to the provider's countries"),
                );
            }
        }
        for (index, prefix) in self.prefixes.iter().enumerate() {
            let key = at.key("prefixes").index(index);
            match wrong_prefix(prefix) {
                Some(problem) => problems.push(&key, problem),
                None => destinations.push((
                    key,
                    prefix.clone(),
                    Destination::Prefix(prefix.trim_start_matches('+').to_owned()),
                )),
            }
        }
        if self.countries.is_empty() && self.prefixes.is_empty() {
            problems.push(
                at,
                "says not where it holds: add countries or prefixes, or make it the default of the tariff",
            );
        }
        destinations
    }
}

impl PriceConfig {
    fn row(
        &self,
        at: &KeyPath,
        currency: Currency,
        credit_price: Option<Money>,
        problems: &mut Problems,
    ) -> Option<TariffRow> {
        let before = problems.len();
        let mut price = |key: &str, money: Option<Amount>, credits: Option<Amount>| {
            let in_credits = format!("{key}_credits");
            match (money, credits) {
                (None, None) => None,
                (Some(money), None) => exact(money.money(currency), &at.key(key), problems),
                (Some(_), Some(_)) => {
                    problems.push(
                        &at.key(&in_credits),
                        format!("stands beside {key}: a price is in money or in credits, keep one of them"),
                    );
                    None
                }
                (None, Some(credits)) => {
                    let at = at.key(&in_credits);
                    let Some(credit_price) = credit_price else {
                        problems.push(
                            &at,
                            "is in credits, and nothing says what one costs: add credit_price to the tariff",
                        );
                        return None;
                    };
                    let credits = exact(credits.credits(), &at, problems)?;
                    let money = credits.at_price(credit_price);
                    if money.is_none() {
                        problems.push(&at, "is too large once it is money");
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
            problems.push(
                at,
                "has no price: add per_call, per_minute or both; for a free call write \"0\"",
            );
        }
        if self.increment_seconds == Some(0) {
            problems.push(&at.key("increment_seconds"), "is 0: write 1 for billing by the second");
        }
        for (key, set) in [
            ("increment_seconds", self.increment_seconds.is_some()),
            ("minimum_seconds", self.minimum_seconds.is_some()),
        ] {
            if set && per_minute.is_none() && per_call.is_some() {
                problems.push(
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
    let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    match digits {
        None => Some(format!(
            "{prefix:?} is not the beginning of a number: write a plus, the country's calling code and digits, as \"+4420\""
        )),
        Some(digits) if !may_begin_number(digits) => Some(format!(
            "{prefix:?} belongs to no country: no calling code begins like this; write a plus, the country's calling code and digits, as \"+4420\""
        )),
        Some(_) => None,
    }
}

fn exact<T>(
    value: switchboard_core::Result<T>,
    at: &KeyPath,
    problems: &mut Problems,
) -> Option<T> {
    value.map_err(|error| problems.push(at, error.message())).ok()
}
