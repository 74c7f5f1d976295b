//! Rate limit windows in microseconds.

use std::time::Duration;

use jiff::Timestamp;
use switchboard_router::SlotNeed;

/// A window: in every `(t - length, t]` at most `limit` slots are taken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) limit: i64,
    pub(crate) length: i64,
}

impl Window {
    pub(crate) fn of(need: &SlotNeed) -> Self {
        Self {
            limit: need.limit.into(),
            length: i64::try_from(need.window.as_micros()).unwrap_or(i64::MAX),
        }
    }

    /// Slots that were taken at or before this time no longer count.
    pub(crate) fn begins(self, now: i64) -> i64 {
        now.saturating_sub(self.length)
    }

    /// How long until the slot taken at `first` no longer counts; `None` means that no slot ever
    /// becomes free.
    pub(crate) fn wait(self, first: Option<i64>, now: i64) -> Duration {
        wait(first.map(|first| first.saturating_add(self.length)), now)
    }
}

/// The index of the taken slot, in the order in which they end, that has to end before one is free.
/// More may be taken than the limit if it was lowered.
pub(crate) fn in_the_way(limit: i64, used: i64) -> i64 {
    used.saturating_sub(limit.max(1)).max(0)
}

/// How long until `ends`; `None` means never.
pub(crate) fn wait(ends: Option<i64>, now: i64) -> Duration {
    let ends = ends.unwrap_or(Timestamp::MAX.as_microsecond());
    Duration::from_micros(u64::try_from(ends.saturating_sub(now)).unwrap_or(0))
}
