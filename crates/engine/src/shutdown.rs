//! Whether the engine is running, and what a shutdown waits for.

use std::{
    fmt,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use switchboard_core::{Error, ErrorKind};
use tokio::sync::Notify;

/// The source of `Conflict` errors that are returned because the engine is being stopped.
#[derive(Debug)]
struct Stopping;

impl fmt::Display for Stopping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the engine is being stopped")
    }
}

impl std::error::Error for Stopping {}

/// An error saying that the engine is being stopped.
pub(crate) fn stopping(message: &'static str) -> Error {
    Error::new(ErrorKind::Conflict, message).with_code("stopping").with_source(Stopping)
}

pub(crate) fn is_stopping(error: &Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<Stopping>())
}

/// The flags and counters of a shutdown.
#[derive(Debug, Default)]
pub(crate) struct Shutdown {
    /// The journal failed.
    pub(crate) halted: AtomicBool,
    /// Nothing new is sent.
    pub(crate) closing: AtomicBool,
    /// Every task was stopped.
    pub(crate) over: AtomicBool,
    /// The number of unanswered placing requests, and of first reads for doubts that were taken
    /// over.
    pub(crate) open: AtomicUsize,
    pub(crate) changed: Notify,
}

/// Counts one open placing request while it exists.
pub(crate) struct InFlight<'a>(&'a Shutdown);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
        self.0.changed.notify_waiters();
    }
}

impl Shutdown {
    pub(crate) fn halt(&self) {
        self.halted.store(true, Ordering::SeqCst);
        self.changed.notify_waiters();
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::SeqCst)
    }

    pub(crate) fn in_flight(&self) -> InFlight<'_> {
        self.open.fetch_add(1, Ordering::SeqCst);
        InFlight(self)
    }

    pub(crate) async fn until(&self, done: impl Fn(&Self) -> bool) {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if done(self) {
                return;
            }
            changed.await;
        }
    }
}
