//! Seeded mutations: a seed gives the same inputs on every machine.

use serde_json::{Map, Number, Value};

/// A seeded random number generator (SplitMix64).
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// Creates a generator for this seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns the next 64 bits.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// Returns a number below `end`, or 0 if `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        let end = end.max(1) as u64;
        usize::try_from(self.next() % end).unwrap_or(0)
    }

    fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

/// Text that is difficult for parsers of times, numbers, ids and URLs.
pub(super) const WORDS: &[&str] = &[
    "",
    " ",
    "\u{0}",
    "\u{feff}",
    "\u{1f4de}",
    "null",
    "true",
    "-0",
    "1e999999999",
    "1e-99999",
    "79228162514264337593543950336",
    "-79228162514264337593543950335.5",
    "0.0000000000000000000000000000001",
    "NaN",
    "Infinity",
    "0x10",
    "9999-12-31T23:59:60Z",
    "-009999-01-01T00:00:00Z",
    "2026-02-30T10:00:00Z",
    "2026-02-13T10:00:00+25:00",
    "2026-02-13",
    "10:00",
    "18446744073709551616",
    "-9223372036854775809",
    "+15551234567",
    "+999999999999999999",
    "http://[::1",
    "file:///etc/passwd",
    "in-progress",
    "success|busy",
    "call.completed",
    "{}",
    "\\u0000",
    "DTSTART:99999999T999999",
];

const NUMBERS: &[&str] = &[
    "0",
    "-0",
    "-1",
    "1.5",
    "1e308",
    "-1e308",
    "5e-324",
    "18446744073709551615",
    "-9223372036854775808",
    "253402300800",
    "8640000000000001",
];

/// Generates inputs from a corpus.
#[derive(Debug)]
pub struct Mutator {
    corpus: Vec<Vec<u8>>,
    parsed: Vec<Value>,
    chance: Chance,
}

impl Mutator {
    /// # Panics
    /// If the corpus is empty.
    pub fn new(corpus: Vec<Vec<u8>>, seed: u64) -> Self {
        assert!(!corpus.is_empty(), "there is nothing to mutate");
        let parsed = corpus.iter().filter_map(|bytes| serde_json::from_slice(bytes).ok()).collect();
        Self { corpus, parsed, chance: Chance::new(seed) }
    }

    /// Generates an input: two of three are valid JSON, the rest are arbitrary bytes.
    pub fn input(&mut self) -> Vec<u8> {
        if self.chance.below(3) == 0 || self.parsed.is_empty() {
            let seed = self.chance.below(self.corpus.len());
            let mut bytes = self.corpus[seed].clone();
            for _ in 0..=self.chance.below(4) {
                self.spoil(&mut bytes);
            }
            return bytes;
        }
        let mut value = self.parsed[self.chance.below(self.parsed.len())].clone();
        for _ in 0..=self.chance.below(5) {
            let depth = self.chance.below(6);
            self.change(&mut value, depth);
        }
        let mut bytes = serde_json::to_vec(&value).unwrap_or_default();
        if self.chance.below(16) == 0 {
            self.spoil(&mut bytes);
        }
        bytes
    }

    fn spoil(&mut self, bytes: &mut Vec<u8>) {
        let at = self.chance.below(bytes.len());
        let end = (at + self.chance.below(32)).min(bytes.len());
        match self.chance.below(7) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << self.chance.below(8),
            1 => bytes.insert(at, self.chance.next().to_le_bytes()[0]),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            4 => bytes.truncate(at),
            5 => {
                let word = self.chance.pick(WORDS).bytes();
                bytes.splice(at..end, word);
            }
            _ => {
                let other = &self.corpus[self.chance.below(self.corpus.len())];
                let from = self.chance.below(other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
        }
        bytes.truncate(1 << 16);
    }

    /// Changes something in this value, at most `depth` levels deep.
    fn change(&mut self, value: &mut Value, depth: usize) {
        match value {
            Value::Object(fields) if depth > 0 && !fields.is_empty() => {
                let key =
                    fields.keys().nth(self.chance.below(fields.len())).cloned().unwrap_or_default();
                self.change_field(fields, &key, depth);
            }
            Value::Array(entries) if depth > 0 && !entries.is_empty() => {
                let at = self.chance.below(entries.len());
                match self.chance.below(6) {
                    0 => drop(entries.remove(at)),
                    1 => {
                        let copy = entries[at].clone();
                        entries.resize(entries.len() + self.chance.below(40), copy);
                    }
                    _ => self.change(&mut entries[at], depth - 1),
                }
            }
            other => *other = self.anything(3),
        }
    }

    fn change_field(&mut self, fields: &mut Map<String, Value>, key: &str, depth: usize) {
        match self.chance.below(8) {
            0 => drop(fields.remove(key)),
            1 => {
                let moved = fields.remove(key).unwrap_or_default();
                fields.insert(self.chance.pick(WORDS).to_owned(), moved);
            }
            2 => {
                let name = self.key();
                let copy = fields[key].clone();
                fields.insert(name, copy);
            }
            _ => {
                if let Some(inner) = fields.get_mut(key) {
                    self.change(inner, depth - 1);
                }
            }
        }
    }

    /// A field name from an example.
    fn key(&mut self) -> String {
        let example = &self.parsed[self.chance.below(self.parsed.len())];
        let mut names = example.as_object().into_iter().flat_map(Map::keys);
        let nth = self.chance.below(example.as_object().map_or(0, Map::len));
        names.nth(nth).cloned().unwrap_or_default()
    }

    fn anything(&mut self, depth: usize) -> Value {
        match self.chance.below(10) {
            0 => Value::Null,
            1 => Value::Bool(self.chance.next() & 1 == 0),
            2 | 3 => {
                let text = self.chance.pick(NUMBERS);
                serde_json::from_str::<Number>(text).map_or(Value::Null, Value::Number)
            }
            4 => Value::String(self.chance.pick(WORDS).repeat(1 + self.chance.below(200))),
            5 if depth > 0 => {
                Value::Array((0..self.chance.below(4)).map(|_| self.anything(depth - 1)).collect())
            }
            6 if depth > 0 => {
                let fields =
                    (0..self.chance.below(4)).map(|_| (self.key(), self.anything(depth - 1)));
                Value::Object(fields.collect::<Vec<_>>().into_iter().collect())
            }
            // Deep, but less than the limit of serde_json.
            7 if depth > 0 => {
                (0..self.chance.below(120)).fold(Value::Null, |inner, _| Value::Array(vec![inner]))
            }
            8 => self.parsed[self.chance.below(self.parsed.len())].clone(),
            _ => Value::String(self.chance.pick(WORDS).to_owned()),
        }
    }
}
