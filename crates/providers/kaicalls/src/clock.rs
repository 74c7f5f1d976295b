//! The wall, for whoever brings no clock.

use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;
use switchboard_core::Clock;

/// The system's time, and the runtime's sleep.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wall;

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}
