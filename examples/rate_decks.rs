//! Rate decks: which provider is the cheapest where, and what changes at midnight.
//!
//!     cargo run -p switchboard-examples --example rate_decks
//!
//! NOTHING IS SENT: a price is arithmetic. The decks are `examples/decks/*.csv`, as the telephone
//! trade sends them, and `examples/decks/switchboard.toml` says whose they are. The longest prefix
//! that has a price at that time wins, and a cost that no row knows is unknown: it is never zero,
//! and never the cheapest.
#![allow(clippy::print_stdout)]

use std::{error::Error, path::Path, time::Duration};

use jiff::{Timestamp, ToSpan};
use switchboard::{CallRequest, Config, Money, PhoneNumber};

const NUMBERS: [(&str, &str); 7] = [
    ("London", "+442079460123"),
    ("a British mobile", "+447400123456"),
    ("Paris", "+33123456789"),
    ("Berlin", "+4930123456"),
    ("a German mobile", "+4915112345678"),
    ("New York", "+12125550123"),
    ("Dublin", "+35312345678"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let config =
        Config::from_file(Path::new(env!("CARGO_MANIFEST_DIR")).join("decks/switchboard.toml"))?;
    let policy = config.policy()?;
    for one in &policy.providers {
        let decks: Vec<String> =
            one.deck.decks().map(|(name, rows)| format!("{name} ({rows} rows)")).collect();
        println!("{}: {}", one.info.id, decks.join(", then "));
    }

    let midnight: Timestamp = "2026-12-01T00:00:00Z".parse()?;
    let before = midnight.checked_sub(1.second())?;
    let mut moved = Vec::new();
    for (place, number) in NUMBERS {
        let was = cheapest(&config, number, before)?;
        let is = cheapest(&config, number, midnight)?;
        println!("\n{place}");
        for (when, (who, prices)) in [("23:59:59", &was), ("00:00:00", &is)] {
            println!("  {when}  {:<5} {}", who, prices.join("  "));
        }
        if was.0 != is.0 {
            moved.push(place);
        }
    }
    println!("\nAt midnight the cheapest provider changes for {}.", moved.join(" and "));

    // Why: the row that holds, and the arithmetic.
    let east = &policy.providers.first().ok_or("no provider")?.deck;
    let mobile = PhoneNumber::parse("+447400123456")?;
    for at in [before, midnight] {
        let quote = east.explain(&mobile, Duration::from_secs(90), at).quote.ok_or("no price")?;
        println!(
            "{}: {} + {} s at {} a minute is {}, and {} at {}",
            quote.deck,
            quote.connection_fee,
            quote.billed.as_secs(),
            quote.per_minute,
            quote.in_row_currency,
            quote.cost,
            quote.rate.map_or_else(|| "par".to_owned(), |rate| rate.to_string()),
        );
    }

    // What was promised above.
    assert_eq!(moved, ["a British mobile", "Berlin"]);
    let dublin = PhoneNumber::parse("+35312345678")?;
    let west = &policy.providers.get(1).ok_or("one provider")?.deck;
    assert_eq!(
        west.estimate(&dublin, Duration::from_secs(90), midnight),
        None,
        "unknown, and not zero"
    );
    assert_eq!(
        east.estimate(&mobile, Duration::from_secs(90), midnight),
        Some(Money::parse("0.034704", "USD")?),
        "0.005 EUR and 90 s at 0.018 EUR, at 1.0845"
    );
    Ok(())
}

/// Who would be asked first at that time, and everybody's price.
fn cheapest(
    config: &Config,
    number: &str,
    at: Timestamp,
) -> Result<(String, Vec<String>), Box<dyn Error>> {
    let call = CallRequest::new(number, "Ask whether they are open on Sunday.").validate(at)?;
    let plan = config.plan(&call, at, 0)?;
    let first = plan.candidates.first().ok_or("nobody takes the call")?;
    let mut prices: Vec<String> = plan
        .candidates
        .iter()
        .map(|one| match one.estimated_cost {
            Some(cost) => format!("{} {cost}", one.provider),
            None => format!("{} unknown", one.provider),
        })
        .collect();
    prices.sort();
    Ok((first.provider.to_string(), prices))
}
