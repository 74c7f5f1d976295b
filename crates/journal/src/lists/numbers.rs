//! The hashes of a list, sorted.

use std::{fmt, sync::Arc};

use switchboard_core::ListedNumber;

use super::hash::ListHasher;

/// What is set in a hash if the number is listed. It is not set for a number that a washed list says
/// is not listed.
const LISTED: u64 = 1;

/// The numbers of a list as keyed hashes, sorted, each once. Clones share them. `Debug` shows how
/// many there are.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ListNumbers(Arc<Vec<u64>>);

impl ListNumbers {
    /// The hash of a number of a list.
    pub fn entry(hasher: &ListHasher, number: ListedNumber, listed: bool) -> u64 {
        hasher.hash(number) | if listed { LISTED } else { 0 }
    }

    /// Sorts [entries](Self::entry) and drops those that repeat a number. A number that occurs as
    /// listed and as not listed is listed. Returns how many were dropped, too.
    pub fn new(mut entries: Vec<u64>) -> (Self, u64) {
        entries.sort_unstable();
        let before = entries.len();
        // Of two entries of one number, the listed one comes last.
        entries.dedup_by(|next, kept| {
            let same = *next | LISTED == *kept | LISTED;
            if same {
                *kept |= *next;
            }
            same
        });
        let doubles = (before - entries.len()) as u64;
        (Self(Arc::new(entries)), doubles)
    }

    /// What was stored. `None` if it is not in order, and so was damaged or mixed.
    pub fn restore(entries: Vec<u64>) -> Option<Self> {
        let is_sorted = entries.is_sorted_by(|one, next| one | LISTED < next | LISTED);
        is_sorted.then(|| Self(Arc::new(entries)))
    }

    /// How many numbers there are, listed or not.
    pub fn len(&self) -> u64 {
        self.0.len() as u64
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The entries, sorted.
    pub fn entries(&self) -> &[u64] {
        &self.0
    }

    /// Whether the number is listed: true or false if the list has an entry for it.
    pub(super) fn find(&self, index: &Index, hash: u64) -> Option<bool> {
        let entries = self.0.get(index.bucket(hash))?;
        let at = entries.partition_point(|entry| *entry < hash);
        let entry = entries.get(at).filter(|entry| **entry | LISTED == hash | LISTED)?;
        Some(entry & LISTED == LISTED)
    }
}

impl fmt::Debug for ListNumbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ListNumbers({})", self.0.len())
    }
}

/// Where the hashes with the same first bits begin. Hashes are spread evenly, so that a look-up
/// reads two places in memory where a binary search over all would read twenty.
pub(super) struct Index {
    /// How far a hash is shifted, so that its first bits are left.
    shift: u32,
    /// The position of the first hash of each bucket, and the end of the last one.
    begins: Box<[u32]>,
}

/// The mean number of hashes in a bucket, as a power of two.
const BUCKET: u32 = 3;

impl Index {
    pub(super) fn new(numbers: &ListNumbers) -> Self {
        let entries = numbers.entries();
        let bits =
            (entries.len() as u64).checked_ilog2().unwrap_or(0).saturating_sub(BUCKET).max(1);
        let shift = u64::BITS - bits;
        let mut begins = Vec::with_capacity((1 << bits) + 1);
        let mut at = 0;
        for (position, entry) in entries.iter().enumerate() {
            let bucket = (entry >> shift) as usize;
            while begins.len() <= bucket {
                begins.push(position as u32);
            }
            at = position as u32 + 1;
        }
        begins.resize((1 << bits) + 1, at);
        Self { shift, begins: begins.into() }
    }

    fn bucket(&self, hash: u64) -> std::ops::Range<usize> {
        let bucket = (hash >> self.shift) as usize;
        match self.begins.get(bucket..bucket + 2) {
            Some([from, to]) => *from as usize..*to as usize,
            _ => 0..0,
        }
    }
}
