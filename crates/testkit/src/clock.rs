//! A clock that follows the time of tokio, which tests can control.
//!
//! Under `#[tokio::test(start_paused = true)]` tokio's time stands still while any task can run and
//! jumps to the next timer when none can. With a clock that reads it, a wait of fifteen minutes
//! takes no real time and ends at the same nanosecond in every run.

use std::time::Duration;

use futures::{FutureExt, future::BoxFuture};
use jiff::Timestamp;
use switchboard_core::Clock;
use tokio::time::Instant;

/// The start time of every [`VirtualClock::new`]: 2026-03-02T09:00:00Z, a Monday.
const BASE: i64 = 1_772_442_000;

/// A clock that starts at a fixed time and advances with tokio's time.
#[derive(Debug, Clone, Copy)]
pub struct VirtualClock {
    base: Timestamp,
    start: Instant,
}

impl VirtualClock {
    /// Creates a clock that starts at 2026-03-02T09:00:00Z.
    pub fn new() -> Self {
        Self::at(Timestamp::from_second(BASE).unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// Creates a clock that starts at `base`.
    pub fn at(base: Timestamp) -> Self {
        Self { base, start: Instant::now() }
    }
}

impl Default for VirtualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        self.base.checked_add(self.start.elapsed()).unwrap_or(Timestamp::MAX)
    }

    fn uptime(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        tokio::time::sleep(duration).boxed()
    }
}
