//! One deck, ready for looking up.

use std::collections::HashMap;

use switchboard_core::{Country, Currency, Destination, PhoneNumber};

use super::{
    Exchange, RateRow, csv::Column, place, prefixes::Prefixes, price::Price, row::Window,
    row_error::RowError,
};

/// A price and when it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Term {
    pub(super) price: Price,
    pub(super) window: Window,
}

impl Term {
    pub(super) fn holds(&self, at: i64) -> bool {
        self.window.0 <= at && at < self.window.1
    }
}

/// One deck.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) exchange: Exchange,
    /// Of the file that it was read from; 0 where there was none.
    pub(super) fingerprint: u64,
    /// Each price once: a deck of a million rows has some thousand.
    terms: Vec<Term>,
    prefixes: Prefixes,
    countries: HashMap<Country, Vec<u32>>,
    everywhere: Vec<u32>,
    rows: usize,
}

impl Table {
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The price that holds at a moment, in microseconds since 1970.
    pub(super) fn find(&self, to: &PhoneNumber, at: i64) -> Option<&Term> {
        let held = |prices: &[u32]| self.held(prices, at);
        let by_prefix = self.prefixes.of_number(digits(to)).find_map(|(_, prices)| held(prices));
        by_prefix
            .or_else(|| self.countries.get(&to.country()).and_then(|prices| held(prices)))
            .or_else(|| held(&self.everywhere))
    }

    /// Every destination that covers a number, in the order in which they are asked, each with the
    /// price that holds.
    pub(super) fn asked(&self, to: &PhoneNumber, at: i64) -> Vec<(Destination, Option<&Term>)> {
        let digits = digits(to);
        let prefixes = self.prefixes.of_number(digits);
        let prefixes = prefixes.map(|(length, prices)| {
            (Destination::Prefix(digits.get(..length).unwrap_or_default().to_owned()), prices)
        });
        let country = self.countries.get(&to.country()).map(Vec::as_slice).into_iter();
        let country = country.map(|prices| (Destination::Country(to.country()), prices));
        let everywhere =
            [self.everywhere.as_slice()].into_iter().filter(|prices| !prices.is_empty());
        let everywhere = everywhere.map(|prices| (Destination::Everywhere, prices));
        prefixes
            .chain(country)
            .chain(everywhere)
            .map(|(destination, prices)| (destination, self.held(prices, at)))
            .collect()
    }

    fn held(&self, prices: &[u32], at: i64) -> Option<&Term> {
        prices
            .iter()
            .filter_map(|price| self.terms.get(*price as usize))
            .find(|term| term.holds(at))
    }

    pub(super) fn currencies(&self) -> impl Iterator<Item = Currency> {
        self.terms.iter().map(|term| self.exchange.currency(term.price.currency))
    }

    pub(super) fn covers_everything(&self) -> bool {
        let terms = self.everywhere.iter().filter_map(|price| self.terms.get(*price as usize));
        terms.into_iter().any(|term| term.window == (i64::MIN, i64::MAX))
    }

    pub(super) fn bytes(&self) -> usize {
        let others = self.countries.values().map(Vec::len).sum::<usize>() + self.everywhere.len();
        self.prefixes.bytes() + self.terms.len() * size_of::<Term>() + others * size_of::<u32>()
    }
}

fn digits(to: &PhoneNumber) -> &str {
    to.e164().get(1..).unwrap_or_default()
}

/// Two rows that hold for the same destination at the same time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clash {
    key: u64,
    /// The one that came later.
    pub(super) row: u32,
    /// The one that was there.
    pub(super) other: u32,
}

impl Clash {
    pub(super) fn shown(&self) -> String {
        place::shown(self.key)
    }
}

/// Finds clashes among rows that are sorted by their key and the beginning of their window.
#[derive(Default)]
struct Sweep {
    /// The row of this key that holds the longest.
    longest: Option<(u64, i64, u32)>,
}

impl Sweep {
    fn pass(&mut self, key: u64, window: Window, row: u32) -> Option<Clash> {
        match self.longest {
            Some((same, until, other)) if same == key => {
                if window.1 > until {
                    self.longest = Some((key, window.1, row));
                }
                (window.0 < until).then(|| Clash {
                    key,
                    row: row.max(other),
                    other: row.min(other),
                })
            }
            Some(_) | None => {
                self.longest = Some((key, window.1, row));
                None
            }
        }
    }
}

/// Rows that are looked at for clashes only.
#[derive(Default)]
pub(super) struct Clashes {
    rows: Vec<(u64, Window, u32)>,
}

impl Clashes {
    pub(super) fn add(&mut self, row: &RateRow, number: u32) -> Result<(), RowError> {
        let (key, window) = sorted_by(row)?;
        self.rows.push((key, window, number));
        Ok(())
    }

    pub(super) fn find(mut self, say: impl FnMut(Clash)) {
        self.rows.sort_unstable();
        let mut sweep = Sweep::default();
        self.rows
            .into_iter()
            .filter_map(|(key, window, row)| sweep.pass(key, window, row))
            .for_each(say);
    }
}

fn sorted_by(row: &RateRow) -> Result<(u64, Window), RowError> {
    let key =
        place::key(&row.destination).map_err(|message| RowError::new(Column::Prefix, message))?;
    let window = row
        .window()
        .map_err(|message| RowError::new(Column::Until, format!("its end {message}")))?;
    Ok((key, window))
}

/// A deck whose rows are still coming in.
pub(super) struct Builder {
    exchange: Exchange,
    terms: Vec<Term>,
    known: HashMap<Term, u32>,
    /// Where, which price, and how the row is called.
    rows: Vec<(u64, u32, u32)>,
    countries: Vec<Country>,
}

impl Builder {
    pub(super) fn new(exchange: &Exchange) -> Self {
        Self {
            exchange: exchange.clone(),
            terms: Vec::new(),
            known: HashMap::new(),
            rows: Vec::new(),
            countries: Vec::new(),
        }
    }

    /// `number` is how clashes call the row.
    pub(super) fn add(&mut self, row: &RateRow, number: u32) -> Result<(), RowError> {
        let (key, window) = sorted_by(row)?;
        let term = Term { price: Price::of(row, &self.exchange)?, window };
        // There are at most as many prices as rows.
        let next =
            u32::try_from(self.rows.len()).map(|_| self.terms.len() as u32).map_err(|_| {
                RowError::new(Column::Prefix, "is one row too many: four billion are enough")
            })?;
        let term = *self.known.entry(term).or_insert_with(|| {
            self.terms.push(term);
            next
        });
        if let Destination::Country(country) = row.destination {
            self.countries.push(country);
        }
        self.rows.push((key, term, number));
        Ok(())
    }

    /// Makes it ready. What clashes is said; then the table is of no use.
    pub(super) fn build(mut self, mut say: impl FnMut(Clash)) -> Table {
        let terms = &self.terms;
        let window =
            |term: u32| terms.get(term as usize).map_or((i64::MIN, i64::MAX), |term| term.window);
        self.rows.sort_unstable_by_key(|(key, term, row)| (*key, window(*term).0, *row));
        let mut sweep = Sweep::default();
        for (key, term, row) in &self.rows {
            if let Some(clash) = sweep.pass(*key, window(*term), *row) {
                say(clash);
            }
        }
        self.terms.shrink_to_fit();
        let behind = self.rows.partition_point(|(key, _, _)| place::is_prefix(*key));
        let (prefixes, others) = self.rows.split_at(behind);
        let of = |destination: &Destination| {
            let wanted = place::key(destination).ok();
            let own = others.iter().filter(|(key, _, _)| Some(*key) == wanted);
            own.map(|(_, term, _)| *term).collect::<Vec<u32>>()
        };
        Table {
            prefixes: Prefixes::of(prefixes),
            countries: self
                .countries
                .iter()
                .map(|country| (*country, of(&Destination::Country(*country))))
                .collect(),
            everywhere: of(&Destination::Everywhere),
            rows: self.rows.len(),
            fingerprint: 0,
            terms: self.terms,
            exchange: self.exchange,
        }
    }
}
