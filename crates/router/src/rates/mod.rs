//! What providers charge, made ready for looking up.
//!
//! | file | why it is there |
//! |---|---|
//! | `row.rs` | one price of one destination, as a deck of the trade has it |
//! | `csv/` | decks as files |
//! | `exchange.rs` | prices in other currencies |
//! | `price.rs` | what a call of so many seconds costs |
//! | `place.rs`, `prefixes.rs` | the longest prefix of a number, over millions of them |
//! | `table.rs` | one deck: prefixes, countries, everywhere |
//! | `explain.rs` | why a call costs what it costs |
//!
//! The longest prefix wins, then the country, then everywhere; of a destination's rows the one that
//! holds at the time of the call. Where none holds the next shorter prefix is asked. Of several
//! decks the first that has a row for the number then has it, however long the others' prefixes
//! are. What no row covers has no known price, which is not a price of zero.

mod csv;
mod exchange;
mod explain;
mod place;
mod prefixes;
mod price;
mod row;
mod row_error;
mod table;

use std::{collections::HashSet, hash::Hasher, io::Read, sync::Arc, time::Duration};

use jiff::Timestamp;
use siphasher::sip::SipHasher13;
use switchboard_core::{Currency, Error, ErrorKind, Money, PhoneNumber, Result, Tariff};
use table::{Builder, Clash, Table};

pub use csv::{DeckFault, DeckFaults, DeckFile, DeckLayout, read_deck, scan_deck, write_deck};
pub use exchange::Exchange;
pub use explain::{Explained, Quote};
pub use row::RateRow;

/// A provider's prices, ready for looking up. Every estimate is in one currency. Cheap to clone,
/// however many rows it has.
///
/// ```
/// use std::time::Duration;
/// use jiff::Timestamp;
/// use switchboard_core::{Currency, PhoneNumber};
/// use switchboard_router::{Exchange, RateDeck};
///
/// let csv = "prefix,destination,rate,first increment,next increment,currency,effective from,until
/// 44,United Kingdom,0.010,1,1,EUR,,
/// 447,United Kingdom mobile,0.030,30,6,EUR,,2026-03-01
/// 447,United Kingdom mobile,0.025,30,6,EUR,2026-03-01,";
/// let exchange = Exchange::none(Currency::USD).with(Currency::EUR, "1.1".parse()?)?;
/// let deck = RateDeck::from_csv(csv.as_bytes(), "uk.csv", &exchange)?;
///
/// let mobile = PhoneNumber::parse("+447400123456")?;
/// let cost = |at: &str| -> Option<String> {
///     let cost = deck.estimate(&mobile, Duration::from_secs(31), at.parse::<Timestamp>().ok()?)?;
///     Some(cost.to_string())
/// };
/// assert_eq!(cost("2026-02-28T23:59:59Z").as_deref(), Some("0.0198 USD")); // 36 s are billed
/// assert_eq!(cost("2026-03-01T00:00:00Z").as_deref(), Some("0.0165 USD"));
/// let elsewhere = PhoneNumber::parse("+12015550123")?;
/// let unknown = deck.estimate(&elsewhere, Duration::from_secs(31), Timestamp::UNIX_EPOCH);
/// assert_eq!(unknown, None); // not zero
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct RateDeck {
    currency: Currency,
    credit_price: Option<Money>,
    layers: Vec<Layer>,
}

/// One of several decks.
#[derive(Debug, Clone)]
struct Layer {
    name: Arc<str>,
    table: Arc<Table>,
}

impl RateDeck {
    /// A deck without a price: every cost is unknown.
    pub fn unknown(currency: Currency) -> Self {
        Self { currency, credit_price: None, layers: Vec::new() }
    }

    /// Makes a tariff ready; explanations call it `tariff`.
    ///
    /// # Errors
    /// `Configuration` that names the row: a price in another currency, a prefix that is no number,
    /// two rows for one destination.
    pub fn new(tariff: &Tariff, currency: Currency) -> Result<Self> {
        let rows: Vec<RateRow> = tariff.rows.iter().cloned().map(RateRow::from).collect();
        let made = Self::of_rows("tariff", &rows, &Exchange::none(currency));
        let mut deck = made.map_err(|fault| fault.within("tariff.rows"))?;
        deck.credit_price = tariff.credit_price;
        Ok(deck)
    }

    /// Makes rows ready; estimates are in the exchange's currency. `name` is what explanations call
    /// the deck.
    ///
    /// # Errors
    /// What is wrong with which row, counted from 0: the first that is.
    pub fn of_rows(
        name: &str,
        rows: &[RateRow],
        exchange: &Exchange,
    ) -> std::result::Result<Self, RowFault> {
        let mut builder = Builder::new(exchange);
        for (index, row) in rows.iter().enumerate() {
            let number = u32::try_from(index).unwrap_or(u32::MAX);
            let fault =
                |wrong: row_error::RowError| RowFault { row: index, message: wrong.message };
            builder.add(row, number).map_err(fault)?;
        }
        let mut first: Option<Clash> = None;
        let table = builder.build(|clash| {
            if first.is_none_or(|first| clash.row < first.row) {
                first = Some(clash);
            }
        });
        match first {
            None => Ok(Self::one(name, table)),
            Some(clash) => Err(RowFault {
                row: clash.row as usize,
                message: format!(
                    "names {}, which row {} names for the same time: keep one of them",
                    clash.shown(),
                    clash.other
                ),
            }),
        }
    }

    /// Reads a deck of the trade, row by row: a million rows are never in memory as text. Rows that
    /// name no currency are in the exchange's; `file` is what faults and explanations call it, with
    /// its layout if that is not the trade's.
    ///
    /// # Errors
    /// Every fault, each with file, line and column, as [`read_deck`] has them, and a currency that
    /// the exchange does not know.
    pub fn from_csv<'f>(
        input: impl Read,
        file: impl Into<DeckFile<'f>>,
        exchange: &Exchange,
    ) -> std::result::Result<Self, DeckFaults> {
        let file = file.into();
        Ok(Self::one(file.name(), csv::read_table(input, file, exchange)?))
    }

    fn one(name: &str, table: Table) -> Self {
        Self {
            currency: table.exchange.to(),
            credit_price: None,
            layers: vec![Layer { name: name.into(), table: Arc::new(table) }],
        }
    }

    /// This deck, and the other for what no row of this one covers at the time of the call.
    ///
    /// # Errors
    /// `Configuration` where their estimates are in different currencies.
    pub fn or(mut self, other: Self) -> Result<Self> {
        if self.currency != other.currency {
            let (one, other) = (self.currency.code(), other.currency.code());
            let message = format!(
                "has estimates in {other}, and the deck before it in {one}: use one exchange for both"
            );
            return Err(Error::new(ErrorKind::Configuration, message));
        }
        self.layers.extend(other.layers);
        self.credit_price = self.credit_price.or(other.credit_price);
        Ok(self)
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        self.layers.iter().map(|layer| layer.table.rows()).sum()
    }

    /// True where every cost is unknown.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What one credit costs, where the provider bills credits.
    pub fn credit_price(&self) -> Option<Money> {
        self.credit_price
    }

    /// The currency of its estimates.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// The currencies of its prices.
    pub fn price_currencies(&self) -> HashSet<Currency> {
        self.layers.iter().flat_map(|layer| layer.table.currencies()).collect()
    }

    /// Its decks, in the order in which they are asked, each with the number of its rows.
    pub fn decks(&self) -> impl Iterator<Item = (&str, usize)> {
        self.layers.iter().map(|layer| (&*layer.name, layer.table.rows()))
    }

    /// Whether some deck has a price for everywhere that always holds, so that no cost is unknown
    /// and nothing behind it is ever asked.
    pub fn covers_everything(&self) -> bool {
        self.layers.iter().any(|layer| layer.table.covers_everything())
    }

    /// Another number for other files: what its CSV decks said, hashed the same in every process.
    /// It tells versions apart and proves nothing.
    pub fn fingerprint(&self) -> u64 {
        let mut hash = SipHasher13::new();
        for layer in &self.layers {
            hash.write_u64(layer.table.fingerprint);
        }
        hash.finish()
    }

    /// Bytes that its tables hold, without what the allocator adds.
    pub fn bytes(&self) -> usize {
        self.layers.iter().map(|layer| layer.table.bytes()).sum()
    }

    /// Whether a row covers the number at that time, so that there is an estimate.
    pub fn covers(&self, to: &PhoneNumber, at: Timestamp) -> bool {
        self.find(to, at).is_some()
    }

    /// What a call to this number that begins at `at` is expected to cost if it lasts so long: the
    /// fee and each begun increment, worked out exactly, converted, and rounded up to a millionth
    /// once, at the end. `None`: nobody knows.
    pub fn estimate(&self, to: &PhoneNumber, duration: Duration, at: Timestamp) -> Option<Money> {
        let (table, term) = self.find(to, at)?;
        let micros = table.exchange.convert(term.price.currency, term.price.sixtieths(duration))?;
        Some(Money::from_micros(micros, self.currency))
    }

    fn find(&self, to: &PhoneNumber, at: Timestamp) -> Option<(&Table, &table::Term)> {
        let at = at.as_microsecond();
        let tables = self.layers.iter().map(|layer| &*layer.table);
        tables.into_iter().find_map(|table| Some((table, table.find(to, at)?)))
    }
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// Which, counted from 0.
    pub row: usize,
    /// What, and how to mend it.
    pub message: String,
}

impl RowFault {
    fn within(self, field: &str) -> Error {
        Error::new(ErrorKind::Configuration, self.message)
            .with_field(format!("{field}[{}]", self.row))
    }
}
