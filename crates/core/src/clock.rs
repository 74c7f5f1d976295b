//! The source of time, passed in so that tests and simulations can control it.

use std::{fmt::Debug, time::Duration};

use futures::future::BoxFuture;
use jiff::Timestamp;

/// A source of time: the system clock in production, a virtual clock in tests and simulations.
pub trait Clock: Debug + Send + Sync {
    /// The current time in UTC.
    fn now(&self) -> Timestamp;

    /// The time since an arbitrary fixed moment, for measuring durations. Unlike [`Clock::now`] it
    /// must never go backwards.
    fn uptime(&self) -> Duration;

    /// Returns a future that completes after `duration` of this clock's time.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

/// The system clock with the timers of tokio.
#[cfg(feature = "tokio")]
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[cfg(feature = "tokio")]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn uptime(&self) -> Duration {
        static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
        START.get_or_init(std::time::Instant::now).elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}
