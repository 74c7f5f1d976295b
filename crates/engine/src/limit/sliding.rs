//! An exact sliding-window rate limit.

use std::{collections::VecDeque, time::Duration};

use jiff::Timestamp;
use switchboard_router::Headroom;

/// A slot that was taken. Give it back if the request was provably never sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a slot that is dropped stays taken until its window is over"]
pub struct Slot {
    id: u64,
}

/// A log of the times at which slots were taken.
///
/// In every window `(t - window, t]` at most `limit` slots are taken, whatever the order of the
/// clock's readings: a clock that jumps back counts as standing still.
#[derive(Debug, Clone)]
pub struct SlidingLog {
    limit: usize,
    window: Duration,
    taken: VecDeque<(Timestamp, u64)>,
    latest: Timestamp,
    next_id: u64,
}

impl SlidingLog {
    /// Allows at most `limit` slots in any `window`.
    pub fn new(limit: u32, window: Duration) -> Self {
        Self {
            limit: limit as usize,
            window,
            taken: VecDeque::new(),
            latest: Timestamp::MIN,
            next_id: 0,
        }
    }

    /// Changes the limit. Slots that were taken stay taken; if the window grows, only those still
    /// in the log count.
    pub fn set_limit(&mut self, limit: u32, window: Duration) {
        self.limit = limit as usize;
        self.window = window;
    }

    /// Takes a slot.
    ///
    /// # Errors
    /// The time at which the next slot is free.
    pub fn take(&mut self, now: Timestamp) -> Result<Slot, Timestamp> {
        self.forget(now);
        if self.taken.len() >= self.limit {
            return Err(self.frees_at());
        }
        let id = self.next_id;
        self.next_id += 1;
        self.taken.push_back((self.latest, id));
        Ok(Slot { id })
    }

    /// Gives back a slot whose request was provably never sent.
    pub fn give_back(&mut self, slot: Slot) {
        self.taken.retain(|(_, id)| *id != slot.id);
    }

    /// How many slots are free, without taking one.
    pub fn headroom(&self, now: Timestamp) -> Headroom {
        let now = now.max(self.latest);
        let used = self.taken.iter().filter(|(at, _)| !self.is_over(*at, now)).count();
        let free = self.limit.saturating_sub(used);
        Headroom {
            free: u32::try_from(free).unwrap_or(u32::MAX),
            of: u32::try_from(self.limit).unwrap_or(u32::MAX),
            frees_at: (free == 0).then(|| self.frees_at()),
        }
    }

    fn forget(&mut self, now: Timestamp) {
        self.latest = self.latest.max(now);
        while self.taken.front().is_some_and(|(at, _)| self.is_over(*at, self.latest)) {
            self.taken.pop_front();
        }
    }

    /// If none is free: when enough slots have expired. More than the limit may be taken if the
    /// limit was higher before.
    fn frees_at(&self) -> Timestamp {
        let last = self.taken.len().saturating_sub(self.limit);
        self.taken.get(last).map_or(Timestamp::MAX, |(at, _)| self.end_of(*at))
    }

    fn end_of(&self, at: Timestamp) -> Timestamp {
        at.checked_add(self.window).unwrap_or(Timestamp::MAX)
    }

    fn is_over(&self, at: Timestamp, now: Timestamp) -> bool {
        self.end_of(at) <= now
    }
}
