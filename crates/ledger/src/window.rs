//! Limits in microseconds: how many slots of a window are taken, and when one frees.

use std::time::Duration;

use jiff::Timestamp;
use switchboard_router::RateSlot;

/// In every `(t - length, t]` at most `limit` slots are taken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) limit: i64,
    pub(crate) length: i64,
}

impl Window {
    pub(crate) fn of(need: &RateSlot) -> Self {
        Self {
            limit: need.limit.into(),
            length: i64::try_from(need.window.as_micros()).unwrap_or(i64::MAX),
        }
    }

    /// What was taken then or earlier counts no more.
    pub(crate) fn begins(self, now: i64) -> i64 {
        now.saturating_sub(self.length)
    }

    /// How long until the slot that was taken at `first` counts no more; `None`: nothing is ever
    /// free.
    pub(crate) fn wait(self, first: Option<i64>, now: i64) -> Duration {
        wait(first.map(|first| first.saturating_add(self.length)), now)
    }
}

/// Which of those that are taken, in the order in which they end, has to end before one is free:
/// more may be taken than a limit that was lowered allows.
pub(crate) fn in_the_way(limit: i64, used: i64) -> i64 {
    used.saturating_sub(limit.max(1)).max(0)
}

/// How long until what ends then has ended; `None`: it never does.
pub(crate) fn wait(ends: Option<i64>, now: i64) -> Duration {
    let ends = ends.unwrap_or(Timestamp::MAX.as_microsecond());
    Duration::from_micros(u64::try_from(ends.saturating_sub(now)).unwrap_or(0))
}
