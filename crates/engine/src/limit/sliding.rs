//! At most so many in any window of so long, exactly.

use std::{collections::VecDeque, time::Duration};

use jiff::Timestamp;
use switchboard_router::Headroom;

/// One slot that was taken; give it back where the request provably never left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a slot that is dropped stays taken until its window is over"]
pub struct Slot {
    id: u64,
}

/// A log of the moments at which slots were taken.
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
    /// At most `limit` in any `window`.
    pub fn new(limit: u32, window: Duration) -> Self {
        Self {
            limit: limit as usize,
            window,
            taken: VecDeque::new(),
            latest: Timestamp::MIN,
            next_id: 0,
        }
    }

    /// Obeys another limit from now on. What was taken stays taken; where the window grows, only
    /// what the log still has counts.
    pub fn set_limit(&mut self, limit: u32, window: Duration) {
        self.limit = limit as usize;
        self.window = window;
    }

    /// Takes a slot.
    ///
    /// # Errors
    /// The moment at which the next slot frees.
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

    /// Frees a slot whose request provably never left.
    pub fn give_back(&mut self, slot: Slot) {
        self.taken.retain(|(_, id)| *id != slot.id);
    }

    /// What is left, without taking any.
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

    /// Where none is free: when so few are left that one is. More than the limit may be taken,
    /// where it was greater before.
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
