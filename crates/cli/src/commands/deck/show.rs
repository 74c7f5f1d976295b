//! `deck show`: what a call costs at a provider, and why.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use switchboard::{
    Config, PhoneNumber,
    core::{Destination, PhoneNumberError},
    router::{Explained, Quote, RateRow},
};

use crate::{
    cli::DeckShowArgs,
    commands::deck::{account::account, prefix::prefix},
    exit::Exit,
    failure::{Failure, Outcome},
    output::{Output, or_dash},
};

pub(super) fn run(config: &Config, args: &DeckShowArgs, output: Output) -> Outcome {
    let to: PhoneNumber = args
        .number
        .parse()
        .map_err(|error: PhoneNumberError| Failure::input("NUMBER", error.to_string()))?;
    let at = args.at.unwrap_or_else(Timestamp::now);
    let seconds = args.seconds.unwrap_or(config.routing.expected_duration_seconds);
    let policy = config.policy()?;
    let account = account(&policy, &args.provider)?;
    let explained = account.deck.explain(&to, Duration::from_secs(seconds.into()), at);
    let named =
        explained.quote.as_ref().map(|quote| line_of(config, &args.provider, quote)).transpose()?;
    let (line, name) = named.flatten().unwrap_or_default();
    let found = Found {
        provider: &args.provider,
        to,
        at,
        seconds,
        explained,
        line,
        name,
        has_decks: !account.deck.is_empty(),
    };
    match output.json {
        true => found.object(output),
        false => found.show(output),
    }
    Ok(Exit::Done)
}

/// The line of the price in the file, and the name of its destination.
type Named = (Option<u64>, Option<String>);

fn line_of(config: &Config, provider: &str, quote: &Quote) -> Outcome<Option<Named>> {
    let decks = config.providers.get(provider).into_iter().flat_map(|one| &one.decks);
    let Some(deck) = decks.into_iter().find(|deck| deck.file.display().to_string() == quote.deck)
    else {
        return Ok(None);
    };
    let mut found = None;
    config.scan_deck(deck, |line, row| {
        let RateRow { destination, effective_from, effective_until, name, .. } = row;
        if destination == quote.destination
            && effective_from == quote.effective_from
            && effective_until == quote.effective_until
        {
            found = Some((Some(line), name));
        }
    })?;
    Ok(found)
}

struct Found<'a> {
    provider: &'a str,
    to: PhoneNumber,
    at: Timestamp,
    seconds: u32,
    explained: Explained,
    line: Option<u64>,
    name: Option<String>,
    has_decks: bool,
}

impl Found<'_> {
    fn object(&self, output: Output) {
        let quote = self.explained.quote.as_ref().map(|quote| {
            json!({
                "deck": quote.deck, "line": self.line, "prefix": prefix(&quote.destination), "destination": self.name,
                "rate": quote.per_minute, "connection_fee": quote.connection_fee,
                "first_increment": quote.first_increment.as_secs(), "next_increment": quote.next_increment.as_secs(),
                "minimum": quote.minimum.as_secs(), "effective_from": quote.effective_from, "until": quote.effective_until,
                "billed_seconds": quote.billed.as_secs(), "in_row_currency": quote.in_row_currency, "exchange_rate": quote.rate,
            })
        });
        let skipped = self.explained.skipped.iter();
        let skipped: Vec<_> =
            skipped.map(|(deck, place)| json!({"deck": deck, "prefix": prefix(place)})).collect();
        output.object(&json!({
            "provider": self.provider, "to": self.to, "country": self.to.country(), "at": self.at, "seconds": self.seconds,
            "cost": self.explained.quote.as_ref().map(|quote| quote.cost), "quote": quote, "skipped": skipped,
        }));
    }

    fn show(&self, output: Output) {
        let country = self.to.country();
        output.line(format!(
            "{}  {} ({country})  at {}  {} s  by {}",
            self.to,
            country.name(),
            self.at,
            self.seconds,
            self.provider
        ));
        for (deck, place) in &self.explained.skipped {
            output.line(format!(
                "skipped: {} in {deck}, which has no price at that time",
                described(place)
            ));
        }
        let Some(quote) = &self.explained.quote else {
            let why = match (self.has_decks, self.explained.skipped.is_empty()) {
                (false, _) => "the provider has no prices",
                (true, true) => "no row covers the number",
                (true, false) => "no row that covers the number has a price at that time",
            };
            output.line(format!("the cost is unknown: {why}"));
            return;
        };
        let mut rows: Vec<(&str, String)> = vec![
            (
                "deck",
                match self.line {
                    Some(line) => format!("{}, line {line}", quote.deck),
                    None => quote.deck.clone(),
                },
            ),
            (
                "row",
                self.name
                    .iter()
                    .fold(described(&quote.destination), |row, name| format!("{row}: {name}")),
            ),
            (
                "valid",
                match (quote.effective_from, quote.effective_until) {
                    (None, None) => "always".to_owned(),
                    (from, until) => {
                        format!("from {} until before {}", or_dash(from), or_dash(until))
                    }
                },
            ),
            ("rate", format!("{} per minute", quote.per_minute)),
            ("connection fee", quote.connection_fee.to_string()),
            ("increments", increments(quote)),
            ("billed", format!("{} s", quote.billed.as_secs())),
        ];
        if let Some(rate) = quote.rate {
            let code = quote.in_row_currency.currency().code();
            rows.push(("in the deck's currency", quote.in_row_currency.to_string()));
            rows.push((
                "exchange rate",
                format!("1 {code} is {rate} {}", quote.cost.currency().code()),
            ));
        }
        rows.push(("cost", quote.cost.to_string()));
        output.table(
            &["field", "value"],
            rows.into_iter().map(|(what, value)| vec![what.to_owned(), value]),
        );
    }
}

fn described(place: &Destination) -> String {
    match place {
        Destination::Prefix(digits) => format!("prefix {digits}"),
        Destination::Country(country) => format!("country {country}"),
        Destination::Everywhere => "everywhere".to_owned(),
    }
}

fn increments(quote: &Quote) -> String {
    let (first, next) = (quote.first_increment.as_secs(), quote.next_increment.as_secs());
    let steps = match (first, next) {
        (1, 1) => "every second".to_owned(),
        (first, next) if first == next => format!("every {first} s"),
        (first, next) => format!("{first} s, then every {next} s"),
    };
    match quote.minimum.as_secs() {
        0 => steps,
        least => format!("{steps}, at least {least} s"),
    }
}
