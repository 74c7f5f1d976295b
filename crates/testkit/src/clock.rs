//! A clock that tests move: tokio's.
//!
//! Under `#[tokio::test(start_paused = true)]` tokio's time stands still while anything can run and
//! leaps to the next timer when nothing can. A clock that reads it makes a wait of fifteen minutes
//! take no time and end at the same nanosecond in every run.

use std::time::Duration;

use futures::{FutureExt, future::BoxFuture};
use jiff::Timestamp;
use switchboard_core::Clock;
use tokio::time::Instant;

/// The moment at which every [`VirtualClock::new`] begins: 2026-03-02T09:00:00Z, a Monday.
const BASE: i64 = 1_772_442_000;

/// A fixed moment, and as much as tokio's time has moved since the clock was made.
#[derive(Debug, Clone, Copy)]
pub struct VirtualClock {
    base: Timestamp,
    start: Instant,
}

impl VirtualClock {
    /// A clock at 2026-03-02T09:00:00Z.
    pub fn new() -> Self {
        Self::at(Timestamp::from_second(BASE).unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// A clock at another moment.
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
