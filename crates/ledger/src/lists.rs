//! Lists of numbers, the same for both databases.
//!
//! An import writes the numbers in blocks under an id of its own, a megabyte a transaction, so that
//! calls are written in between. One last transaction makes them the list of its name. Blocks of an
//! import that was broken off are removed by the next import after a day.

use jiff::Timestamp;
use switchboard_core::{Error, ErrorKind, Result};
use switchboard_journal::{ListHasher, ListHead, ListNumbers};
use uuid::{NoContext, Uuid};

use crate::{
    key::{Domain, HashKey},
    row::{micros, moment, number},
};

pub(crate) const HEAD_COLUMNS: &str =
    "name, generation, as_of, covers, count, imported_at, imported_by";

/// How many numbers are in a block: 32 KiB.
const BLOCK: usize = 4_096;
/// How many blocks are written in one transaction: one megabyte.
pub(crate) const BLOCKS: usize = 32;
/// After this time the blocks of an import that is not complete are removed, in seconds.
const BROKEN_OFF: u64 = 24 * 60 * 60;

/// The row of a list.
pub(crate) struct HeadRow {
    pub(crate) name: String,
    pub(crate) generation: i64,
    pub(crate) as_of: i64,
    pub(crate) covers: String,
    pub(crate) count: i64,
    pub(crate) imported_at: i64,
    pub(crate) imported_by: String,
}

impl HeadRow {
    pub(crate) fn new(head: &ListHead) -> Self {
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        Self {
            name: head.name.as_str().to_owned(),
            generation: whole(head.generation),
            as_of: micros(head.as_of),
            covers: head.covers.to_string(),
            count: whole(head.count),
            imported_at: micros(head.imported_at),
            imported_by: text(&head.imported_by),
        }
    }

    pub(crate) fn read(self) -> Result<ListHead> {
        let unreadable = |source: Error| {
            Error::new(ErrorKind::Journal, "a list in the ledger cannot be read")
                .with_source(source)
        };
        let name = self.name.parse().map_err(unreadable)?;
        let covers = self.covers.parse().map_err(unreadable)?;
        let as_of = moment(self.as_of, "the date of a list")?;
        let imported_at = moment(self.imported_at, "the import of a list")?;
        Ok(ListHead::new(name, number(self.generation), as_of, imported_at).with(|head| {
            head.covers = covers;
            head.count = number(self.count);
            head.imported_by = self.imported_by;
        }))
    }
}

/// PostgreSQL stores no NUL.
fn text(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// The numbers as blocks of bytes, with the number of each block.
pub(crate) fn blocks(numbers: &ListNumbers) -> impl Iterator<Item = (i64, Vec<u8>)> {
    (0..).zip(numbers.entries().chunks(BLOCK).map(|block| {
        let mut bytes = Vec::with_capacity(block.len() * 8);
        for entry in block {
            bytes.extend_from_slice(&entry.to_le_bytes());
        }
        bytes
    }))
}

/// Reads the blocks of a list in their order.
pub(crate) struct Blocks {
    count: u64,
    entries: Vec<u64>,
}

impl Blocks {
    pub(crate) fn of(head: &ListHead) -> Self {
        // A damaged count must not take all memory.
        let likely = usize::try_from(head.count).unwrap_or(0).min(1 << 24);
        Self { count: head.count, entries: Vec::with_capacity(likely) }
    }

    pub(crate) fn add(&mut self, bytes: &[u8]) {
        let (entries, _) = bytes.as_chunks::<8>();
        self.entries.extend(entries.iter().map(|entry| u64::from_le_bytes(*entry)));
    }

    /// # Errors
    /// `Journal` if numbers are missing or not in order.
    pub(crate) fn end(self) -> Result<ListNumbers> {
        let whole = self.entries.len() as u64 == self.count;
        ListNumbers::restore(self.entries).filter(|_| whole).ok_or_else(|| {
            Error::new(
                ErrorKind::Journal,
                "a list of numbers in the ledger is damaged: import it again",
            )
        })
    }
}

/// The id of a new import. It begins with the time.
pub(crate) fn new_import() -> Uuid {
    Uuid::now_v7()
}

/// Imports with ids before this one are not under way any more.
pub(crate) fn broken_off_before() -> Uuid {
    let now = u64::try_from(Timestamp::now().as_second()).unwrap_or(0);
    Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, now.saturating_sub(BROKEN_OFF), 0))
}

impl HashKey {
    pub(crate) fn list_hasher(&self) -> ListHasher {
        let whole = self.hash(Domain::List, b"");
        let mut key = [0; 16];
        key.copy_from_slice(&whole[..16]);
        ListHasher::new(key)
    }
}
