//! Which row a price comes from, and what it makes of a call.

use std::time::Duration;

use jiff::Timestamp;
use rust_decimal::Decimal;
use switchboard_core::{Destination, Money, PhoneNumber};

use super::{
    RateDeck,
    exchange::up,
    table::{Table, Term},
};

/// Why a call costs what it costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The price; `None`: nobody knows, because no row covers the number at that time.
    pub quote: Option<Quote>,
    /// Destinations that cover the number and have no price that holds then, in the order in which
    /// they were asked, each with its deck.
    pub skipped: Vec<(String, Destination)>,
}

/// The row that holds, and what it makes of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The deck: its file, or `tariff`.
    pub deck: String,
    /// The row's destination.
    pub destination: Destination,
    /// For each minute, in the row's currency.
    pub per_minute: Money,
    /// For each call.
    pub connection_fee: Money,
    /// What is billed of a call that lasts at all.
    pub first_increment: Duration,
    /// In which steps it goes on after that.
    pub next_increment: Duration,
    /// The least that is billed in all.
    pub minimum: Duration,
    /// Since when it holds; `None`: always so far.
    pub effective_from: Option<Timestamp>,
    /// Until before when; `None`: for good.
    pub effective_until: Option<Timestamp>,
    /// How much of the call is billed.
    pub billed: Duration,
    /// What that is in the row's currency, rounded up to a millionth.
    pub in_row_currency: Money,
    /// What one unit of it is worth, where costs are compared in another currency.
    pub rate: Option<Decimal>,
    /// The cost, as [`RateDeck::estimate`] gives it.
    pub cost: Money,
}

impl RateDeck {
    /// The same as [`estimate`](Self::estimate), with the reasons. The currencies' rate is applied
    /// before anything is rounded.
    pub fn explain(&self, to: &PhoneNumber, duration: Duration, at: Timestamp) -> Explained {
        let mut skipped = Vec::new();
        for layer in &self.layers {
            for (destination, held) in layer.table.asked(to, at.as_microsecond()) {
                if let Some(term) = held {
                    let quote = quote(&layer.name, &layer.table, destination, term, duration);
                    return Explained { quote, skipped };
                }
                skipped.push((layer.name.to_string(), destination));
            }
        }
        Explained { quote: None, skipped }
    }
}

fn quote(
    deck: &str,
    table: &Table,
    destination: Destination,
    term: &Term,
    duration: Duration,
) -> Option<Quote> {
    let (price, exchange) = (term.price, &table.exchange);
    let currency = exchange.currency(price.currency);
    let seconds = |count: u32| Duration::from_secs(count.into());
    let moment = |micros: i64| Timestamp::from_microsecond(micros).ok();
    let sixtieths = price.sixtieths(duration);
    Some(Quote {
        deck: deck.to_owned(),
        destination,
        per_minute: Money::from_micros(price.per_minute, currency),
        connection_fee: Money::from_micros(price.per_call, currency),
        first_increment: seconds(price.first_secs),
        next_increment: seconds(price.next_secs),
        minimum: seconds(price.minimum_secs),
        effective_from: Some(term.window.0).filter(|from| *from != i64::MIN).and_then(moment),
        effective_until: Some(term.window.1).filter(|until| *until != i64::MAX).and_then(moment),
        billed: Duration::from_secs(price.billed(duration)),
        in_row_currency: Money::from_micros(up(sixtieths, 60)?, currency),
        rate: exchange.rate(currency).filter(|_| currency != exchange.to()),
        cost: Money::from_micros(exchange.convert(price.currency, sixtieths)?, exchange.to()),
    })
}
