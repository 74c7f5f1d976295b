//! A clock that can be set.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use switchboard_core::Clock;

/// A clock whose wall time is this many seconds ahead. Its uptime is right.
#[derive(Debug)]
pub(crate) struct Set {
    inner: Arc<dyn Clock>,
    by: AtomicI64,
}

impl Set {
    pub(crate) fn new(inner: &Arc<dyn Clock>, by: i64) -> Arc<Self> {
        Arc::new(Self { inner: Arc::clone(inner), by: AtomicI64::new(by) })
    }

    /// Sets it so many seconds ahead of the other one.
    pub(crate) fn set(&self, by: i64) {
        self.by.store(by, Ordering::SeqCst);
    }
}

impl Clock for Set {
    fn now(&self) -> Timestamp {
        let by = SignedDuration::from_secs(self.by.load(Ordering::SeqCst));
        self.inner.now().checked_add(by).unwrap()
    }

    fn uptime(&self) -> Duration {
        self.inner.uptime()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.inner.sleep(duration)
    }
}
