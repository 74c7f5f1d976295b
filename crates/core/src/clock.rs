//! Time comes in from outside.

use std::{fmt::Debug, time::Duration};

use futures::future::BoxFuture;
use jiff::Timestamp;

/// Where time comes from: the wall in production, a virtual clock in tests and simulations.
pub trait Clock: Debug + Send + Sync {
    /// Now, in UTC.
    fn now(&self) -> Timestamp;

    /// How long this clock runs, for measuring: unlike [`Clock::now`] it must never be set back.
    /// Counted from any moment.
    fn uptime(&self) -> Duration {
        Duration::try_from(self.now().duration_since(Timestamp::UNIX_EPOCH)).unwrap_or_default()
    }

    /// A future that ends after `duration` of this clock's time.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}
