//! From lines to rows.

use std::{
    borrow::Cow,
    hash::Hasher,
    io::{BufRead, BufReader, Read},
    time::Duration,
};

use siphasher::sip::SipHasher13;
use switchboard_core::{Currency, Destination, Money, parse_currency};

use super::{
    Column, DeckFaults, cell,
    fault::Gathered,
    split::{Broken, split},
};
use crate::deck::{
    Exchange, RateRow,
    table::{Builder, Clash, Clashes, Table},
};

/// Reads a deck. `file` is what faults call it; `currency` is the one of rows that name none.
///
/// # Errors
/// Every fault, each with file, line and column; two rows of one destination for the same time are one.
pub fn read_deck(input: impl Read, file: &str, currency: Currency) -> Result<Vec<RateRow>, DeckFaults> {
    let mut rows = Vec::new();
    scan_deck(input, file, currency, |_, row| rows.push(row))?;
    Ok(rows)
}

/// The same, row by row with the line of each, for decks that need not be in memory as a whole. `each` is called for rows that are sound, and
/// before it is known whether the others are.
///
/// # Errors
/// As [`read_deck`].
pub fn scan_deck(input: impl Read, file: &str, currency: Currency, mut each: impl FnMut(u64, RateRow)) -> Result<(), DeckFaults> {
    let mut faults = Gathered::of(file);
    let mut clashes = Clashes::default();
    lines(input, currency, &mut faults, |line, row, faults| {
        match clashes.add(&row, row_number(line)) {
            Ok(()) => each(line, row),
            Err(wrong) => faults.say(line, Some(wrong.column), wrong.message),
        }
    });
    clashes.find(|clash| say_clash(&clash, &mut faults));
    faults.into_result()
}

/// Reads a deck and makes it ready in one go.
pub(in crate::deck) fn read_table(input: impl Read, file: &str, exchange: &Exchange) -> Result<Table, DeckFaults> {
    let mut faults = Gathered::of(file);
    let mut builder = Builder::new(exchange);
    let fingerprint = lines(input, exchange.to(), &mut faults, |line, row, faults| {
        if let Err(wrong) = builder.add(&row, row_number(line)) {
            faults.say(line, Some(wrong.column), wrong.message);
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
fn lines(input: impl Read, currency: Currency, faults: &mut Gathered<'_>, mut each: impl FnMut(u64, RateRow, &mut Gathered<'_>)) -> u64 {
    let mut hash = SipHasher13::new();
    let mut input = BufReader::with_capacity(1 << 16, input);
    let mut header: Option<Header> = None;
    let (mut bytes, mut line, mut rows) = (Vec::new(), 0_u64, 0_u64);
    let mut codes = Codes {
        usual: currency,
        last: None,
    };
    loop {
        bytes.clear();
        match input.read_until(b'\n', &mut bytes) {
            Ok(0) => break,
            Ok(_) => line += 1,
            Err(error) => {
                faults.say(line + 1, None, format!("cannot be read: {error}"));
                return hash.finish();
            }
        }
        hash.write(&bytes);
        let text = match str::from_utf8(&bytes) {
            Ok(text) if !text.contains('\0') => text,
            Ok(_) | Err(_) => {
                faults.say(line, None, "is no text in UTF-8: save the file as CSV in UTF-8");
                match header {
                    Some(_) => continue,
                    None => return hash.finish(),
                }
            }
        };
        let text = if line == 1 {
            text.strip_prefix('\u{feff}').unwrap_or(text)
        } else {
            text
        }
        .trim();
        if text.is_empty() {
            continue;
        }
        let Some(header) = &header else {
            match Header::read(text, line, faults) {
                Some(read) => header = Some(read),
                None => return hash.finish(),
            }
            continue;
        };
        rows += 1;
        let mut fields = Vec::with_capacity(header.columns.len());
        if let Err(Broken { field, message }) = split(text, &mut fields) {
            faults.say(line, header.columns.get(field).copied(), message);
            continue;
        }
        if fields.iter().all(|field| field.is_empty()) {
            rows -= 1;
            continue;
        }
        if fields.len() != header.columns.len() {
            let (has, wanted) = (fields.len(), header.columns.len());
            let fix = if has > wanted {
                "quote what has a comma in it"
            } else {
                "write the commas of empty ones, too"
            };
            faults.say(line, None, format!("has {has} fields, and there are {wanted} columns: {fix}"));
            continue;
        }
        let cells = Cells {
            header,
            fields: &fields,
            line,
        };
        if let Some(row) = cells.row(&mut codes, faults) {
            each(line, row, faults);
        }
    }
    if header.is_none() {
        faults.say(
            1,
            None,
            format!("is empty: the first line names the columns, which are {}", Column::names()),
        );
    } else if rows == 0 {
        faults.say(
            line,
            None,
            "has no row below the names of the columns: write one, or leave the deck out, which leaves every cost unknown",
        );
    }
    hash.finish()
}

/// The columns as they stand.
struct Header {
    columns: Vec<Column>,
    places: [Option<usize>; Column::ALL.len()],
}

impl Header {
    fn read(text: &str, line: u64, faults: &mut Gathered<'_>) -> Option<Self> {
        let before = faults.count();
        let mut names = Vec::new();
        if let Err(Broken { message, .. }) = split(text, &mut names) {
            faults.say(line, None, message);
            return None;
        }
        if let [only] = names.as_slice()
            && let Some(other) = [';', '\t', '|'].into_iter().find(|other| only.contains(*other))
        {
            faults.say(line, None, format!("has {other:?} between its fields: separate them by commas"));
            return None;
        }
        if names
            .first()
            .is_some_and(|name| matches!(cell::destination(name), Ok(Destination::Prefix(_))))
        {
            let message = format!("names no columns: put a line above it, with names among {}", Column::names());
            faults.say(line, None, message);
            return None;
        }
        let (mut columns, mut places) = (Vec::new(), [None; Column::ALL.len()]);
        for (at, name) in names.iter().enumerate() {
            let Some(column) = Column::read(name) else {
                let known = Column::names();
                faults.say(
                    line,
                    None,
                    format!("{name:?} is no column of a rate deck: take it out, or write one of {known}"),
                );
                continue;
            };
            columns.push(column);
            if let Some(place) = places.get_mut(column as usize)
                && place.replace(at).is_some()
            {
                faults.say(line, Some(column), "stands there twice: take one out");
            }
        }
        for needed in [Column::Prefix, Column::Rate] {
            if !columns.contains(&needed) {
                faults.say(line, Some(needed), "is missing: a deck needs this column");
            }
        }
        (faults.count() == before).then_some(Self { columns, places })
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
    header: &'a Header,
    fields: &'a [Cow<'a, str>],
    line: u64,
}

impl Cells<'_> {
    fn get(&self, column: Column) -> Option<&str> {
        let at = (*self.header.places.get(column as usize)?)?;
        self.fields.get(at).map(Cow::as_ref).filter(|text| !text.is_empty())
    }

    fn read<T>(&self, column: Column, faults: &mut Gathered<'_>, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        read(self.get(column)?)
            .map_err(|message| faults.say(self.line, Some(column), message))
            .ok()
    }

    fn row(&self, codes: &mut Codes, faults: &mut Gathered<'_>) -> Option<RateRow> {
        let before = faults.count();
        let destination = cell::destination(self.get(Column::Prefix).unwrap_or_default())
            .map_err(|message| faults.say(self.line, Some(Column::Prefix), message))
            .unwrap_or(Destination::Everywhere);
        let usual = codes.usual;
        let currency = self.read(Column::Currency, faults, |code| codes.read(code)).unwrap_or(usual);
        let money = |column, faults: &mut Gathered<'_>| {
            let micros = self.read(column, faults, cell::micros)?;
            Some(Money::from_micros(micros, currency))
        };
        let (per_minute, connection_fee) = (money(Column::Rate, faults), money(Column::ConnectionFee, faults));
        if self.get(Column::Rate).is_none() {
            let message = "is empty: write the price of a minute, 0 where it is free";
            faults.say(self.line, Some(Column::Rate), message);
        }
        let (first_increment, next_increment) = self.increments(faults).unzip();
        let row = RateRow {
            destination,
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
            faults.say(self.line, Some(Column::Until), message);
        }
        (faults.count() == before).then_some(row)
    }

    fn increments(&self, faults: &mut Gathered<'_>) -> Option<(Duration, Duration)> {
        let (first, next) = (self.get(Column::FirstIncrement), self.get(Column::NextIncrement));
        let missing = |column, other: Column, faults: &mut Gathered<'_>| {
            let message = format!(
                "is empty beside {}: write both, as 60 and 60 for whole minutes, or neither for seconds",
                other.name()
            );
            faults.say(self.line, Some(column), message);
            None
        };
        match (first, next) {
            (None, None) => None,
            (Some(both), next) if both.contains('/') => {
                if next.is_some() {
                    let message = "stands beside a pair of steps: write one number in each column";
                    faults.say(self.line, Some(Column::NextIncrement), message);
                }
                let read = cell::steps(both)?;
                read.map_err(|message| faults.say(self.line, Some(Column::FirstIncrement), message))
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
