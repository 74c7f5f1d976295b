//! From lines to rows.

use std::{
    hash::Hasher,
    io::{self, Read},
    time::Duration,
};

use siphasher::sip::SipHasher13;
use switchboard_core::{Currency, Destination, Money, parse_currency};
use switchboard_table::{Breaks, FaultKind, Header, Reader, Row};

use super::{
    DeckFaults, DeckFile, cell,
    column::{Column, Named},
    fault::Gathered,
    layout::DeckLayout,
    prefix,
};
use crate::rates::{
    Exchange, RateRow,
    table::{Builder, Clash, Clashes, Table},
};

/// Reads a deck. `file` is what faults call it, with its layout if that is not the trade's;
/// `currency` is the one of rows that name none.
///
/// # Errors
/// Every fault, each with file, line and column; two rows of one destination for the same time are
/// one.
pub fn read_deck<'f>(
    input: impl Read,
    file: impl Into<DeckFile<'f>>,
    currency: Currency,
) -> Result<Vec<RateRow>, DeckFaults> {
    let mut rows = Vec::new();
    scan_deck(input, file, currency, |_, row| rows.push(row))?;
    Ok(rows)
}

/// The same, row by row with the line of each, for decks that need not be in memory as a whole.
/// `each` is called for rows that are sound, and before it is known whether the others are. A line
/// of several prefixes is several rows.
///
/// # Errors
/// As [`read_deck`].
pub fn scan_deck<'f>(
    input: impl Read,
    file: impl Into<DeckFile<'f>>,
    currency: Currency,
    mut each: impl FnMut(u64, RateRow),
) -> Result<(), DeckFaults> {
    let file = file.into();
    let mut faults = Gathered::of(file.name);
    let mut clashes = Clashes::default();
    lines(input, file.layout, currency, &mut faults, |line, row, faults| {
        match clashes.add(&row, row_number(line)) {
            Ok(()) => each(line, row),
            Err(wrong) => faults.say_row(line, wrong),
        }
    });
    clashes.find(|clash| say_clash(&clash, &mut faults));
    faults.into_result()
}

/// Reads a deck and makes it ready in one go.
pub(in crate::rates) fn read_table(
    input: impl Read,
    file: DeckFile<'_>,
    exchange: &Exchange,
) -> Result<Table, DeckFaults> {
    let mut faults = Gathered::of(file.name);
    let mut builder = Builder::new(exchange);
    let fingerprint = lines(input, file.layout, exchange.to(), &mut faults, |line, row, faults| {
        if let Err(wrong) = builder.add(&row, row_number(line)) {
            faults.say_row(line, wrong);
        }
    });
    let mut table = builder.build(|clash| say_clash(&clash, &mut faults));
    faults.into_result()?;
    table.fingerprint = fingerprint;
    Ok(table)
}

/// Lines are counted in 32 bits; a longer file would be over a hundred gigabytes.
fn row_number(line: u64) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}

fn say_clash(clash: &Clash, faults: &mut Gathered<'_>) {
    let message = format!(
        "{} has a price in line {} for the same time: end that one before this one begins, or keep one of them",
        clash.shown(),
        clash.other
    );
    faults.say(clash.row.into(), Some(Column::Prefix), message);
}

/// Calls `each` for every sound row, with the line it stands on, and says the hash of the file.
fn lines(
    input: impl Read,
    layout: &DeckLayout,
    currency: Currency,
    faults: &mut Gathered<'_>,
    each: impl FnMut(u64, RateRow, &mut Gathered<'_>),
) -> u64 {
    let mut input = Hashed { input, hash: SipHasher13::new() };
    match Reader::new(&mut input, Breaks::Refused) {
        Ok(reader) => rows(reader, layout, currency, faults, each),
        Err(fault) if fault.kind == FaultKind::Empty => {
            let names = Column::listed();
            faults.say(fault.line, None, format!("{}, which are {names}", fault.message));
        }
        Err(fault) => faults.say(fault.line, None, fault.message),
    }
    input.hash.finish()
}

fn rows(
    mut reader: Reader<impl Read>,
    layout: &DeckLayout,
    currency: Currency,
    faults: &mut Gathered<'_>,
    mut each: impl FnMut(u64, RateRow, &mut Gathered<'_>),
) {
    let Some(columns) = Columns::read(reader.header(), layout, faults) else {
        return;
    };
    let mut codes = Codes { usual: currency, last: None };
    let (mut row, mut count) = (Row::new(), 0_u64);
    loop {
        match reader.read(&mut row) {
            Ok(false) => break,
            Ok(true) => {
                let cells = Cells { columns: &columns, row: &row };
                cells.rows(&mut codes, faults, &mut each);
            }
            Err(fault) => {
                faults.say(fault.line, fault.cell.and_then(|at| columns.at(at)), fault.message)
            }
        }
        count += 1;
    }
    if count == 0 {
        faults.say(
            reader.line(),
            None,
            "has no row below the names of the columns: write one, or leave the deck out, which leaves every cost unknown",
        );
    }
}

/// A file, and the hash of what was read of it.
struct Hashed<R> {
    input: R,
    hash: SipHasher13,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.hash.write(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

/// The columns as they stand.
struct Columns {
    columns: Vec<Option<Column>>,
    places: [Option<usize>; Column::ALL.len()],
    layout: Named,
}

impl Columns {
    fn read(header: &Header, layout: &DeckLayout, faults: &mut Gathered<'_>) -> Option<Self> {
        let before = faults.count();
        let line = header.line();
        let is_prefix = |name: &str| {
            matches!(
                prefix::destinations(name, Named::Trade).as_deref(),
                Ok([Destination::Prefix(_)])
            )
        };
        if header.names().next().is_some_and(is_prefix) {
            let message = format!(
                "names no columns: put a line above it, with names among {}",
                Column::listed()
            );
            faults.say(line, None, message);
            return None;
        }
        let columns = layout.columns(header, faults)?;
        let mut places = [None; Column::ALL.len()];
        for (at, column) in columns.iter().enumerate() {
            if let Some(place) = column.and_then(|column| places.get_mut(column as usize)) {
                *place = Some(at);
            }
        }
        let has = |column: Column| columns.contains(&Some(column));
        let missing = "is missing: a deck needs this column";
        if !has(Column::Rate) {
            faults.say(line, Some(Column::Rate), missing);
        }
        match (has(Column::Prefix), has(Column::CountryCode), has(Column::AreaCode)) {
            (true, false, false) | (false, true, _) => {}
            (true, true, _) => faults.say(
                line,
                Some(Column::CountryCode),
                "stands beside prefix: keep one of them, and ignore the other",
            ),
            (true, false, true) => faults.say(
                line,
                Some(Column::AreaCode),
                "stands beside prefix: keep one of them, and ignore the other",
            ),
            (false, false, true) => faults.say(
                line,
                Some(Column::CountryCode),
                "is missing beside the area code: a prefix begins with it",
            ),
            (false, false, false) => faults.say(line, Some(Column::Prefix), missing),
        }
        if has(Column::Increments) && (has(Column::FirstIncrement) || has(Column::NextIncrement)) {
            let message = "stand beside the first or the next increment: keep one of them, and ignore the other";
            faults.say(line, Some(Column::Increments), message);
        }
        (faults.count() == before).then(|| Self { columns, places, layout: layout.kind() })
    }

    fn at(&self, at: usize) -> Option<Column> {
        self.columns.get(at).copied().flatten()
    }
}

/// The currency of the row before is most often that of the next.
struct Codes {
    usual: Currency,
    last: Option<(String, Currency)>,
}

impl Codes {
    fn read(&mut self, code: &str) -> Result<Currency, String> {
        if let Some((last, currency)) = &self.last
            && last == code
        {
            return Ok(*currency);
        }
        let currency = parse_currency(code).map_err(|error| error.message().to_owned())?;
        self.last = Some((code.to_owned(), currency));
        Ok(currency)
    }
}

/// One line of the file.
struct Cells<'a> {
    columns: &'a Columns,
    row: &'a Row,
}

impl Cells<'_> {
    fn line(&self) -> u64 {
        self.row.line()
    }

    fn get(&self, column: Column) -> Option<&str> {
        let at = (*self.columns.places.get(column as usize)?)?;
        self.row.get(at).filter(|text| !text.is_empty())
    }

    fn read<T>(
        &self,
        column: Column,
        faults: &mut Gathered<'_>,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        read(self.get(column)?)
            .map_err(|message| faults.say(self.line(), Some(column), message))
            .ok()
    }

    /// The rows that it makes: one for each of its prefixes.
    fn rows(
        &self,
        codes: &mut Codes,
        faults: &mut Gathered<'_>,
        each: &mut impl FnMut(u64, RateRow, &mut Gathered<'_>),
    ) {
        let before = faults.count();
        let destinations = self.destinations(faults);
        let usual = codes.usual;
        let currency =
            self.read(Column::Currency, faults, |code| codes.read(code)).unwrap_or(usual);
        let micros = match self.columns.layout {
            Named::CarrierComma => cell::micros_with_comma,
            Named::Trade | Named::Carrier | Named::Us => cell::micros,
        };
        let money = |column, faults: &mut Gathered<'_>| {
            let micros = self.read(column, faults, micros)?;
            Some(Money::from_micros(micros, currency))
        };
        let (per_minute, connection_fee) =
            (money(Column::Rate, faults), money(Column::ConnectionFee, faults));
        if self.get(Column::Rate).is_none() {
            let message = "is empty: write the price of a minute, 0 where it is free";
            faults.say(self.line(), Some(Column::Rate), message);
        }
        let (first_increment, next_increment) = self.increments(faults).unzip();
        let mut row = RateRow {
            destination: Destination::Everywhere,
            name: self.get(Column::Destination).map(str::to_owned),
            per_minute,
            connection_fee,
            first_increment,
            next_increment,
            minimum: self.read(Column::Minimum, faults, cell::minimum),
            effective_from: self.read(Column::EffectiveFrom, faults, cell::moment),
            effective_until: self.read(Column::Until, faults, cell::moment),
        };
        if let Err(message) = row.window() {
            faults.say(self.line(), Some(Column::Until), message);
        }
        if faults.count() > before {
            return;
        }
        let mut destinations = destinations.into_iter();
        let last = destinations.next_back();
        for destination in destinations {
            let row = RateRow { destination, ..row.clone() };
            each(self.line(), row, faults);
        }
        if let Some(last) = last {
            row.destination = last;
            each(self.line(), row, faults);
        }
    }

    fn destinations(&self, faults: &mut Gathered<'_>) -> Vec<Destination> {
        let layout = self.columns.layout;
        let text = |column| self.get(column).unwrap_or_default();
        let two = self.columns.columns.contains(&Some(Column::CountryCode));
        let read = match two {
            true => prefix::in_two(text(Column::CountryCode), text(Column::AreaCode), layout),
            false => prefix::destinations(text(Column::Prefix), layout)
                .map_err(|message| (Column::Prefix, message)),
        };
        read.map_err(|(column, message)| faults.say(self.line(), Some(column), message))
            .unwrap_or_default()
    }

    fn increments(&self, faults: &mut Gathered<'_>) -> Option<(Duration, Duration)> {
        if let Some(both) = self.get(Column::Increments) {
            let read =
                cell::steps(both).unwrap_or_else(|| cell::step(both).map(|step| (step, step)));
            return read
                .map_err(|message| faults.say(self.line(), Some(Column::Increments), message))
                .ok();
        }
        let (first, next) = (self.get(Column::FirstIncrement), self.get(Column::NextIncrement));
        let missing = |column, other: Column, faults: &mut Gathered<'_>| {
            let message = format!(
                "is empty beside {}: write both, as 60 and 60 for whole minutes, or neither for seconds",
                other.name()
            );
            faults.say(self.line(), Some(column), message);
            None
        };
        match (first, next) {
            (None, None) => None,
            (Some(both), next) if both.contains('/') => {
                if next.is_some() {
                    let message = "stands beside a pair of steps: write one number in each column";
                    faults.say(self.line(), Some(Column::NextIncrement), message);
                }
                let read = cell::steps(both)?;
                read.map_err(|message| {
                    faults.say(self.line(), Some(Column::FirstIncrement), message)
                })
                .ok()
            }
            (Some(_), None) => missing(Column::NextIncrement, Column::FirstIncrement, faults),
            (None, Some(_)) => missing(Column::FirstIncrement, Column::NextIncrement, faults),
            (Some(_), Some(_)) => {
                let first = self.read(Column::FirstIncrement, faults, cell::step);
                let next = self.read(Column::NextIncrement, faults, cell::step);
                first.zip(next)
            }
        }
    }
}
