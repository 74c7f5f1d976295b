//! Whether the engine goes on, and what a shutdown waits for.

use std::{
    fmt,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use switchboard_core::{Error, ErrorKind};
use tokio::sync::Notify;

/// The engine is being stopped: the source of errors of the kind `Conflict` that say so.
#[derive(Debug)]
struct Stopping;

impl fmt::Display for Stopping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the engine is being stopped")
    }
}

impl std::error::Error for Stopping {}

/// An error that says that the engine is being stopped.
pub(crate) fn stopping(message: &'static str) -> Error {
    Error::new(ErrorKind::Conflict, message).with_code("stopping").with_source(Stopping)
}

pub(crate) fn is_stopping(error: &Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<Stopping>())
}

/// Whether the engine goes on.
#[derive(Debug, Default)]
pub(crate) struct Shutdown {
    /// The journal failed.
    pub(crate) halted: AtomicBool,
    /// Nothing new is sent.
    pub(crate) closing: AtomicBool,
    /// Every task was stopped.
    pub(crate) over: AtomicBool,
    /// Placing requests without an answer, and first looks at what was taken up.
    pub(crate) open: AtomicUsize,
    pub(crate) changed: Notify,
}

/// A placing request is open as long as this lives.
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
