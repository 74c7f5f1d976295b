//! Prices from files, and what other currencies are worth.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::Path,
};

use switchboard_core::{Country, Coverage, Currency, ErrorKind, Tariff, parse_currency};
use switchboard_router::{
    DeckFault, DeckFaults, DeckFile, DeckLayout, Exchange, ProviderPolicy, RateDeck, RateRow,
    scan_deck,
};

use super::tariff;
use crate::config::{
    DeckConfig, ExchangeRate, ProviderConfig,
    file::Config,
    problem::{KeyPath, Problems},
};

/// The rates of `[routing.currencies]`.
pub(crate) fn exchange(
    rates: &BTreeMap<String, ExchangeRate>,
    currency: Currency,
    problems: &mut Problems,
) -> Exchange {
    let at = KeyPath::of("routing").key("currencies");
    let mut exchange = Exchange::none(currency);
    for (code, ExchangeRate(rate)) in rates {
        let added =
            parse_currency(code).and_then(|currency| exchange.clone().with(currency, *rate));
        match added {
            Ok(more) => exchange = more,
            Err(error) => problems.push(&at.key(code), error.message()),
        }
    }
    exchange
}

/// A rate that no price needs is a mistake: of the currency, or of the file that should have the
/// price.
pub(crate) fn unused_rates(config: &Config, policies: &[ProviderPolicy], problems: &mut Problems) {
    let used: Vec<&str> = policies
        .iter()
        .flat_map(|one| one.deck.price_currencies())
        .map(|currency| currency.code())
        .collect();
    for code in config.routing.currencies.keys().filter(|code| !used.contains(&code.as_str())) {
        problems.push(
            &KeyPath::of("routing").key("currencies").key(code),
            format!("has no effect: no deck has a price in {code}; take it out"),
        );
    }
}

/// What an account charges: its decks in order, and its tariff as the last resort.
pub(crate) fn prices(
    config: &Config,
    name: &str,
    provider: &ProviderConfig,
    calls: &Coverage<Country>,
    exchange: &Exchange,
    problems: &mut Problems,
) -> (RateDeck, Option<Tariff>) {
    let at = KeyPath::of("providers").key(name);
    let mut deck = RateDeck::unknown(exchange.to());
    let tariff = tariff::of_account(config, provider, &at, exchange.to(), calls, problems);
    if let Some(read) = config.read_already(name, provider) {
        return (read.clone(), tariff);
    }
    let mut total: Option<&DeckConfig> = None;
    for (index, one) in provider.decks.iter().enumerate() {
        let deck_at = at.key("decks").index(index);
        let key = deck_at.key("file");
        if provider.decks.iter().take(index).any(|other| other.file == one.file) {
            problems.push(&key, "is listed twice: keep the first");
            continue;
        }
        if let Some(before) = total {
            problems.push(&key, never_used(before));
            continue;
        }
        let layout = match one.layout() {
            Ok(layout) => layout,
            Err((keys, message)) => {
                let wrong = keys.iter().fold(deck_at, |place, key| place.key(key));
                problems.push(&wrong, message);
                continue;
            }
        };
        if let Some(read) = read(config, one, &layout, exchange, &key, problems) {
            total = read.covers_everything().then_some(one);
            stack(&mut deck, read, &key, problems);
        }
    }
    if let Some(tariff) = &tariff {
        let key = at.key(if provider.tariff.is_some() { "tariff" } else { "price_per_minute" });
        match RateDeck::new(tariff, exchange.to()) {
            Ok(_) if total.is_some() && tariff.credit_price.is_none() => {
                total.into_iter().for_each(|before| problems.push(&key, never_used(before)));
            }
            Ok(ready) => stack(&mut deck, ready, &key, problems),
            Err(error) => problems.push(&key, error.message()),
        }
    }
    (deck, tariff)
}

fn never_used(before: &DeckConfig) -> String {
    format!(
        "has no effect: {} stands before it and has a price for everywhere",
        before.file.display()
    )
}

fn stack(deck: &mut RateDeck, next: RateDeck, at: &KeyPath, problems: &mut Problems) {
    match deck.clone().or(next) {
        Ok(both) => *deck = both,
        Err(error) => problems.push(at, error.message()),
    }
}

impl Config {
    /// Reads one of the decks that the configuration names, row by row, each with its line.
    ///
    /// # Errors
    /// `Configuration`: the file cannot be read, or has changed since the configuration was read.
    pub fn scan_deck(
        &self,
        deck: &DeckConfig,
        each: impl FnMut(u64, RateRow),
    ) -> switchboard_core::Result<()> {
        let fault =
            |message: String| switchboard_core::Error::new(ErrorKind::Configuration, message);
        let opened = self.open_deck(&deck.file).map_err(fault)?;
        let currency = parse_currency(&self.routing.currency)?;
        let layout = deck.layout().map_err(|(_, message)| fault(message))?;
        let shown = deck.file.display().to_string();
        Ok(scan_deck(opened, DeckFile::new(&shown).in_layout(&layout), currency, each)?)
    }

    fn open_deck(&self, file: &Path) -> Result<File, String> {
        let path = self.directory().join(file);
        // A pipe or a device would be waited for, or never end.
        let opened = fs::metadata(&path).and_then(|found| match found.is_file() {
            true => File::open(&path).map(Some),
            false => Ok(None),
        });
        match opened {
            Ok(Some(file)) => Ok(file),
            Ok(None) => Err(format!("{} is not a file: name a deck in CSV", path.display())),
            Err(error) => Err(format!("{} cannot be read: {error}", path.display())),
        }
    }
}

fn read(
    config: &Config,
    deck: &DeckConfig,
    layout: &DeckLayout,
    exchange: &Exchange,
    at: &KeyPath,
    problems: &mut Problems,
) -> Option<RateDeck> {
    let shown = deck.file.display().to_string();
    let file = config.open_deck(&deck.file).map_err(|message| problems.push(at, message)).ok()?;
    match RateDeck::from_csv(file, DeckFile::new(&shown).in_layout(layout), exchange) {
        Ok(read) => Some(read),
        Err(DeckFaults { faults, more }) => {
            for fault in faults {
                problems.push(at, describe(&fault));
            }
            if more > 0 {
                problems.push(at, format!("{shown} has {more} more problems"));
            }
            None
        }
    }
}

/// The router does not know which setting holds the exchange rates.
fn describe(fault: &DeckFault) -> String {
    match fault.missing_rate {
        Some(_) => format!("{fault}, in [routing.currencies]"),
        None => fault.to_string(),
    }
}
