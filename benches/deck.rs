//! What a rate deck of a million rows costs: to load, to keep and to ask.
//!
//!     cargo bench -p switchboard-benches --bench deck
//!
//! Rows are as carriers send them: prefixes of three to eleven digits, some thousand prices, and
//! one prefix in twenty with a price until now and another from now on. A lookup stands beside two
//! others with the same meaning, over the same rows: a binary search for each length, the longest
//! first, and a hash of the prefix for each length, with a hash function made for such keys. Both
//! are told in advance which lengths there are. And beside `PhoneNumber::parse`, which every call
//! pays anyway. Answers are compared before anything is measured.
#![allow(clippy::print_stdout)]

use std::{
    collections::{BTreeSet, HashMap},
    error::Error,
    hash::{BuildHasherDefault, Hasher},
    hint::black_box,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use switchboard::{
    Currency, Money, PhoneNumber,
    core::Destination,
    router::{Exchange, RateDeck, RateRow, write_deck},
};
use switchboard_benches::{Chance, Sample, Table, in_earnest, numbers};

const NUMBERS: usize = 10_000;
const MINUTE: Duration = Duration::from_secs(60);

fn main() -> Result<(), Box<dyn Error>> {
    let (count, rounds) = if in_earnest() { (1_000_000, 15) } else { (20_000, 1) };
    let mut chance = Chance::new(1);
    let numbers = numbers(NUMBERS, &mut chance);
    let texts: Vec<&str> = numbers.iter().map(PhoneNumber::e164).collect();
    let now: Timestamp = "2026-11-22T12:00:00Z".parse()?;
    let rows = rows(count, &numbers, now, &mut chance);

    let exchange = Exchange::none(Currency::USD);
    let mut csv = Vec::new();
    write_deck(&rows, &mut csv)?;
    let (mut split, mut read, mut made) = (Sample::default(), Sample::default(), Sample::default());
    for _ in 0..if in_earnest() { 3 } else { 1 } {
        split.add(time(|| black_box(fields(&csv)) > rows.len()), rows.len());
        read.add(
            time(|| RateDeck::from_csv(csv.as_slice(), "deck.csv", &exchange).is_ok()),
            rows.len(),
        );
        made.add(time(|| RateDeck::of_rows("deck", &rows, &exchange).is_ok()), rows.len());
    }
    let deck = RateDeck::from_csv(csv.as_slice(), "deck.csv", &exchange)?;
    let (sorted, hashed) = (Sorted::of(&rows), Hashed::of(&rows));
    for number in &numbers {
        let cost = deck.estimate(number, MINUTE, now).map(Money::micros);
        assert_eq!(
            (sorted.find(number, now), hashed.find(number, now)),
            (cost, cost),
            "{number:?}"
        );
    }
    let known = numbers.iter().filter(|number| deck.covers(number, now)).count();
    println!(
        "{} rows, {} MB of CSV; {known} of {} numbers have a price\n",
        deck.len(),
        csv.len() / 1_000_000,
        numbers.len()
    );

    let mut table = Table::new(&["loading", "s", "ns a row", "of the split"]);
    for (name, sample) in [
        ("lines and fields alone", &split),
        ("RateDeck::from_csv: read, checked, made", &read),
        ("RateDeck::of_rows: made of rows", &made),
    ] {
        let seconds = sample.median() * deck.len() as f64 / 1e9;
        let figures = [seconds, sample.median(), sample.median() / split.median()];
        table.row(name, figures.map(|figure| format!("{figure:.2}")));
    }
    println!("{table}");
    let mut table = Table::new(&["memory", "bytes a row"]);
    for (name, bytes) in [
        ("RateDeck", deck.bytes()),
        ("sorted for a binary search", sorted.bytes()),
        ("hashed", hashed.bytes()),
    ] {
        table.row(name, [format!("{:.1}", bytes as f64 / deck.len() as f64)]);
    }
    println!("{table}");

    let asked: [&dyn Fn() -> bool; 5] = [
        &|| texts.iter().all(|text| PhoneNumber::parse(black_box(text)).is_ok()),
        &|| each(&numbers, |number| deck.covers(number, now)) == known,
        &|| each(&numbers, |number| deck.estimate(number, MINUTE, now).is_some()) == known,
        &|| each(&numbers, |number| sorted.find(number, now).is_some()) == known,
        &|| each(&numbers, |number| hashed.find(number, now).is_some()) == known,
    ];
    let mut samples: [Sample; 5] = Default::default();
    // The first round warms up and is left out. What comes behind a parse finds its memory
    // elsewhere, so that each comes there in its turn.
    for round in 0..=rounds {
        for nth in 0..asked.len() {
            let turn = (nth + round) % asked.len();
            if let (Some(ask), Some(sample)) = (asked.get(turn), samples.get_mut(turn)) {
                let took = time(ask);
                if round > 0 {
                    sample.add(took, numbers.len());
                }
            }
        }
    }
    let names = [
        "PhoneNumber::parse",
        "lookup (RateDeck::covers)",
        "lookup and cost (RateDeck::estimate)",
        "a binary search for each length",
        "a hash for each length",
    ];
    let [parse, lookup, ..] = &samples;
    let mut table = Table::new(&["asking", "ns", "of a parse", "of the lookup"]);
    for (name, sample) in names.iter().zip(&samples) {
        let ratios = [sample.paired_ratio(parse), sample.paired_ratio(lookup)];
        let ratios = ratios.map(|ratio| format!("{ratio:.2}"));
        table.row(*name, [format!("{:.0}", sample.median())].into_iter().chain(ratios));
    }
    println!("{table}");
    println!("Target: a lookup costs less than a parse.");
    Ok(())
}

/// Does it, and says how long it took.
fn time(what: impl FnOnce() -> bool) -> Duration {
    let start = Instant::now();
    let done = what();
    let elapsed = start.elapsed();
    assert!(done, "what is measured has to be done");
    elapsed
}

/// For how many it holds.
fn each(numbers: &[PhoneNumber], what: impl Fn(&PhoneNumber) -> bool) -> usize {
    numbers.iter().filter(|number| black_box(what(black_box(number)))).count()
}

/// A deck whose prices of a minute are millionths from 1 to 4,000.
fn rows(count: usize, among: &[PhoneNumber], now: Timestamp, chance: &mut Chance) -> Vec<RateRow> {
    let mut known = BTreeSet::new();
    let mut rows = Vec::with_capacity(count);
    // Whoever is called has some price: that of the first three digits.
    for number in among {
        known.insert(number.e164().get(1..4).unwrap_or_default().to_owned());
    }
    while known.len() < count - count / 21 {
        let Some(number) = chance.of(among) else {
            break;
        };
        let (stem, length) = (2 + chance.below(6) as usize, 4 + chance.below(8) as usize);
        let digits = format!(
            "{}{:09}",
            number.e164().get(1..=stem).unwrap_or_default(),
            chance.below(1_000_000_000)
        );
        known.insert(digits.get(..length).unwrap_or_default().to_owned());
    }
    for (nth, digits) in known.into_iter().enumerate() {
        let dated = nth % 20 == 0 && rows.len() + 2 <= count;
        let mut row = |from, until| {
            rows.push(RateRow {
                destination: Destination::Prefix(digits.clone()),
                name: Some(format!("Destination {}", nth % 997)),
                per_minute: Some(Money::from_micros(1 + chance.below(4_000) as i64, Currency::USD)),
                connection_fee: None,
                first_increment: Some(MINUTE),
                next_increment: Some(MINUTE),
                minimum: None,
                effective_from: from,
                effective_until: until,
            });
        };
        if dated {
            row(None, Some(now));
            row(Some(now), None);
        } else {
            row(None, None);
        }
    }
    rows
}

/// What reading costs that makes nothing of what it reads.
fn fields(csv: &[u8]) -> usize {
    let text = str::from_utf8(csv).unwrap_or_default();
    text.lines()
        .map(|line| line.split(',').map(str::trim).filter(|field| !field.is_empty()).count())
        .sum()
}

/// The digits as a number, and how many they are: what both others look for.
fn key(digits: &str, length: usize) -> u64 {
    let value = digits
        .bytes()
        .take(length)
        .fold(0_u64, |value, digit| value * 10 + u64::from(digit - b'0'));
    value << 4 | length as u64
}

/// From when, until when, and the price.
type Term = (i64, i64, i64);

fn term(row: &RateRow) -> Term {
    let from = row.effective_from.map_or(i64::MIN, Timestamp::as_microsecond);
    let until = row.effective_until.map_or(i64::MAX, Timestamp::as_microsecond);
    (from, until, row.per_minute.map_or(0, Money::micros))
}

fn digits(row: &RateRow) -> &str {
    match &row.destination {
        Destination::Prefix(digits) => digits,
        Destination::Country(_) | Destination::Everywhere => "",
    }
}

fn lengths(rows: &[RateRow]) -> Vec<usize> {
    let lengths: BTreeSet<usize> = rows.iter().map(|row| digits(row).len()).collect();
    lengths.into_iter().rev().collect()
}

/// A sorted list that is searched once for each length.
struct Sorted {
    lengths: Vec<usize>,
    rows: Vec<(u64, Term)>,
}

impl Sorted {
    fn of(rows: &[RateRow]) -> Self {
        let mut sorted: Vec<_> =
            rows.iter().map(|row| (key(digits(row), digits(row).len()), term(row))).collect();
        sorted.sort_unstable();
        Self { lengths: lengths(rows), rows: sorted }
    }

    fn find(&self, number: &PhoneNumber, at: Timestamp) -> Option<i64> {
        let (digits, at) = (number.e164().get(1..)?, at.as_microsecond());
        self.lengths.iter().filter(|length| **length <= digits.len()).find_map(|length| {
            let key = key(digits, *length);
            let first = self.rows.partition_point(|(other, _)| *other < key);
            let own = self.rows.get(first..)?.iter().take_while(|(other, _)| *other == key);
            own.map(|(_, term)| term)
                .find(|(from, until, _)| *from <= at && at < *until)
                .map(|(_, _, price)| *price)
        })
    }

    fn bytes(&self) -> usize {
        self.rows.len() * size_of::<(u64, Term)>()
    }
}

/// Multiplies and folds: good enough for keys that are numbers, and far cheaper than the usual one.
#[derive(Default)]
struct Folded(u64);

impl Hasher for Folded {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, value: u64) {
        let product = u128::from(self.0 ^ value) * 0x9e37_79b9_7f4a_7c15_u128;
        self.0 = (product >> 64) as u64 ^ product as u64;
    }
}

/// A map that is asked once for each length.
struct Hashed {
    lengths: Vec<usize>,
    rows: HashMap<u64, (u32, u32), BuildHasherDefault<Folded>>,
    terms: Vec<Term>,
}

impl Hashed {
    fn of(rows: &[RateRow]) -> Self {
        let sorted = Sorted::of(rows);
        let mut map: HashMap<u64, (u32, u32), _> = HashMap::default();
        for (nth, (key, _)) in sorted.rows.iter().enumerate() {
            map.entry(*key).or_insert((nth as u32, nth as u32)).1 = nth as u32 + 1;
        }
        Self {
            lengths: sorted.lengths,
            rows: map,
            terms: sorted.rows.into_iter().map(|(_, term)| term).collect(),
        }
    }

    fn find(&self, number: &PhoneNumber, at: Timestamp) -> Option<i64> {
        let (digits, at) = (number.e164().get(1..)?, at.as_microsecond());
        self.lengths.iter().filter(|length| **length <= digits.len()).find_map(|length| {
            let (from, to) = *self.rows.get(&key(digits, *length))?;
            let own = self.terms.get(from as usize..to as usize)?.iter();
            own.into_iter()
                .find(|(from, until, _)| *from <= at && at < *until)
                .map(|(_, _, price)| *price)
        })
    }

    fn bytes(&self) -> usize {
        // A slot of the map and a byte of control for each of its places, of which seven in eight
        // may be taken.
        let places = (self.rows.capacity() * 8 / 7).next_power_of_two();
        places * (size_of::<(u64, (u32, u32))>() + 1) + self.terms.len() * size_of::<Term>()
    }
}
