//! The longest prefix of a number, over millions of them.
//!
//! A prefix covers an interval of numbers that are filled up to fifteen digits, and intervals of
//! prefixes are nested or apart. Sorted by their beginning, the shorter before the longer, the last
//! prefix that begins at or before a number is the longest one that covers it, or lies inside of
//! those that do: from there a chain of parents leads to all of them, the longest first. In a large
//! deck a table over the first four to six digits narrows the search to a few rows.
//!
//! Sixteen bytes a prefix, and four more in decks of millions for that table; where prefixes have
//! several prices, as one for now and one for next month, four more and four for each price.

use super::place;

const DIGITS: usize = place::DIGITS;
const NONE: u32 = u32::MAX;

/// Prefixes, and the prices of each.
#[derive(Debug, Default)]
pub(super) struct Prefixes {
    /// The beginning of the interval, and in the lowest four bits the number of digits.
    keys: Vec<u64>,
    /// The longest other prefix that covers this one.
    parents: Vec<u32>,
    /// Where its prices begin; they end where the next one's begin. Empty where each has one price.
    offsets: Vec<u32>,
    prices: Vec<u32>,
    /// The first row at or after each number of so many leading digits; empty in a small deck.
    leading: Vec<u32>,
    /// How many numbers have the same leading digits.
    step: u64,
}

impl Prefixes {
    /// Of keys and prices, sorted by the keys.
    pub(super) fn of(rows: &[(u64, u32, u32)]) -> Self {
        let mut table = Prefixes {
            prices: rows.iter().map(|(_, price, _)| *price).collect(),
            ..Self::default()
        };
        let distinct = rows.chunk_by(|one, other| one.0 == other.0).count();
        table.keys.reserve_exact(distinct);
        table.parents.reserve_exact(distinct);
        if distinct < rows.len() {
            table.offsets.reserve_exact(distinct + 1);
        }
        let mut open: Vec<u32> = Vec::new();
        let mut from = 0;
        for group in rows.chunk_by(|one, other| one.0 == other.0) {
            let Some((key, _, _)) = group.first() else {
                continue;
            };
            while open.last().is_some_and(|top| table.last_of(*top) < place::first_of(*key)) {
                open.pop();
            }
            table.parents.push(open.last().copied().unwrap_or(NONE));
            open.push(table.keys.len() as u32);
            table.keys.push(*key);
            if distinct < rows.len() {
                table.offsets.push(from);
            }
            from += group.len() as u32;
        }
        if distinct < rows.len() {
            table.offsets.push(from);
        }
        if let Some(digits) = worth_leading(distinct) {
            table.lead(digits);
        }
        table
    }

    fn lead(&mut self, digits: u32) {
        let buckets = 10_usize.pow(digits);
        self.step = 10_u64.pow(DIGITS as u32 - digits);
        self.leading.reserve_exact(buckets + 1);
        let mut at = 0;
        for leading in 0..=buckets as u64 {
            while self.keys.get(at).is_some_and(|key| place::first_of(*key) < leading * self.step) {
                at += 1;
            }
            self.leading.push(at as u32);
        }
    }

    fn last_of(&self, row: u32) -> u64 {
        let key = self.keys.get(row as usize).copied().unwrap_or_default();
        place::first_of(key) + (10_u64.pow((DIGITS - place::digits_of(key)) as u32) - 1)
    }

    /// The prefixes of a number, the longest first: how many digits each has, and its prices.
    pub(super) fn of_number(&self, digits: &str) -> impl Iterator<Item = (usize, &[u32])> {
        let number = place::padded(digits).unwrap_or_default();
        let first =
            self.behind(number).and_then(|behind| u32::try_from(behind.checked_sub(1)?).ok());
        let parent =
            |row: &u32| self.parents.get(*row as usize).copied().filter(|parent| *parent != NONE);
        std::iter::successors(first, parent).filter_map(move |row| {
            let length = place::digits_of(*self.keys.get(row as usize)?);
            (number <= self.last_of(row) && length <= digits.len())
                .then(|| (length, self.prices_of(row)))
        })
    }

    /// The first row that begins behind a number, whatever its digits.
    fn behind(&self, number: u64) -> Option<usize> {
        let (from, to) = match self.leading.as_slice() {
            [] => (0, self.keys.len()),
            leading => {
                let bucket = (number / self.step) as usize;
                (*leading.get(bucket)? as usize, *leading.get(bucket + 1)? as usize)
            }
        };
        // Every prefix that begins at the number itself, however many digits it has, sorts below
        // this.
        let last = number << 4 | 15;
        Some(from + self.keys.get(from..to)?.partition_point(|key| *key <= last))
    }

    fn prices_of(&self, row: u32) -> &[u32] {
        let row = row as usize;
        let range = match self.offsets.as_slice() {
            [] => row..row + 1,
            offsets => match (offsets.get(row), offsets.get(row + 1)) {
                (Some(from), Some(to)) => *from as usize..*to as usize,
                (None, _) | (_, None) => 0..0,
            },
        };
        self.prices.get(range).unwrap_or_default()
    }

    pub(super) fn bytes(&self) -> usize {
        let words =
            self.parents.len() + self.offsets.len() + self.prices.len() + self.leading.len();
        self.keys.len() * 8 + words * 4
    }
}

/// How many leading digits a table tells apart that adds at most a third to the memory of so many
/// prefixes.
fn worth_leading(prefixes: usize) -> Option<u32> {
    match prefixes {
        ..10_000 => None,
        10_000..100_000 => Some(4),
        100_000..800_000 => Some(5),
        800_000.. => Some(6),
    }
}
