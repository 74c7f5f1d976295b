//! The balance of the account, and what was charged.

use jiff::{SignedDuration, Timestamp};

/// The balance. Amounts are in thousandths of a credit.
pub(crate) struct Account {
    pub(super) allocated: u64,
    pub(super) used: u64,
    pub(super) entries: Vec<Entry>,
    pub(crate) period_start: String,
    pub(crate) period_end: String,
}

pub(super) struct Entry {
    pub(super) call_id: String,
    pub(super) cost: u64,
    pub(super) at: String,
}

impl Account {
    pub(crate) fn new(credits: u32, now: Timestamp) -> Self {
        let date = |at: Timestamp| at.strftime("%Y-%m-%dT00:00:00Z").to_string();
        let month = SignedDuration::from_hours(30 * 24);
        Self {
            allocated: u64::from(credits) * 1000,
            used: 0,
            entries: Vec::new(),
            period_start: date(now),
            period_end: date(now.checked_add(month).unwrap_or(now)),
        }
    }

    pub(crate) fn charge(&mut self, call_id: &str, cost: u64, at: String) {
        self.used += cost;
        self.entries.push(Entry { call_id: call_id.to_owned(), cost, at });
    }

    pub(crate) fn left(&self) -> u64 {
        self.allocated.saturating_sub(self.used)
    }

    pub(crate) fn calls(&self) -> usize {
        self.entries.len()
    }
}
