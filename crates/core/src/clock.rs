//! The source of time, passed in so that tests and simulations can control it.

use std::{fmt::Debug, time::Duration};

use futures::future::BoxFuture;
use jiff::Timestamp;

/// A source of time: the system clock in production, a virtual clock in tests and simulations.
pub trait Clock: Debug + Send + Sync {
    /// The current time in UTC.
    fn now(&self) -> Timestamp;

    /// A monotonic time for measuring durations: unlike [`Clock::now`] it must never go backwards.
    /// The starting point is arbitrary.
    fn uptime(&self) -> Duration {
        Duration::try_from(self.now().duration_since(Timestamp::UNIX_EPOCH)).unwrap_or_default()
    }

    /// Returns a future that completes after `duration` of this clock's time.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}
