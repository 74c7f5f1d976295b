//! Ending in order, and ending because nothing can be written down any more.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use switchboard_core::{CallId, Error, ErrorKind, Result};
use switchboard_journal::Denied;
use tokio::sync::Notify;

use crate::shared::{Engine, Inner};

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

fn is_stopping(error: &Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<Stopping>())
}

/// Whether the router goes on.
#[derive(Debug, Default)]
pub(crate) struct Ending {
    /// The journal failed.
    halted: AtomicBool,
    /// Nothing new is sent.
    closing: AtomicBool,
    /// Every task was stopped.
    over: AtomicBool,
    /// Placing requests without an answer, and first looks at what was taken up.
    open: AtomicUsize,
    changed: Notify,
}

/// A placing request is open as long as this lives.
pub(crate) struct Open<'a>(&'a Ending);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
        self.0.changed.notify_waiters();
    }
}

/// The same for the first look at a doubt that was taken up: who took it up, and be it for a
/// moment, has looked.
#[derive(Debug)]
pub(crate) struct OpenLook(Arc<Inner>);

impl OpenLook {
    pub(crate) fn new(inner: &Arc<Inner>) -> Self {
        inner.ending.open.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(inner))
    }
}

impl Drop for OpenLook {
    fn drop(&mut self) {
        self.0.ending.open.fetch_sub(1, Ordering::SeqCst);
        self.0.ending.changed.notify_waiters();
    }
}

impl Ending {
    pub(crate) fn halt(&self) {
        self.halted.store(true, Ordering::SeqCst);
        self.changed.notify_waiters();
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    fn is_closing(&self) -> bool {
        self.closing.load(Ordering::SeqCst)
    }

    pub(crate) fn opened(&self) -> Open<'_> {
        self.open.fetch_add(1, Ordering::SeqCst);
        Open(self)
    }

    async fn until(&self, done: impl Fn(&Self) -> bool) {
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

impl Inner {
    /// Asked before anything is sent.
    pub(crate) fn check_running(&self) -> Result<()> {
        if self.ending.halted.load(Ordering::SeqCst) {
            return Err(Error::new(
                ErrorKind::Journal,
                "the journal failed and sending has stopped: mend the journal and start again",
            ));
        }
        if self.ending.is_closing() {
            return Err(stopping("the engine is being stopped and takes no calls"));
        }
        Ok(())
    }

    /// True for an error after which a call has to be left as it stands: it is not its end, but
    /// this process's, or another process has it.
    pub(crate) fn leaves_the_call(&self, error: &Error) -> bool {
        error.kind() == ErrorKind::Journal
            || matches!(Denied::in_error(error), Some(Denied::NotOwner))
            || is_stopping(error)
    }
}

impl Inner {
    /// Leaves a call as it stands. Where the journal is why, the process has to end: another, or
    /// its own next run, takes the call up, and here nobody would.
    pub(crate) fn leave(&self, id: CallId, error: &Error) {
        tracing::warn!(call = %id, %error, "the call is left as it stands");
        if error.kind() == ErrorKind::Journal {
            self.ending.halt();
        }
    }
}

impl Engine {
    /// Ends in order: takes no new calls, sends nothing more, waits at most so long for the answers
    /// to requests that are open, and stops. What is not over then is in the journal, for
    /// [`Engine::recover`] of the next process.
    pub async fn shutdown(&self, grace: Duration) {
        let inner = &self.inner;
        inner.ending.closing.store(true, Ordering::SeqCst);
        let answered = inner.ending.until(|ending| ending.open.load(Ordering::SeqCst) == 0);
        tokio::select! {
            biased;
            () = answered => {}
            () = inner.clock.sleep(grace) => {}
        }
        self.stop_now();
    }

    /// Stops at once, as a process that is killed: whatever is open stays as the journal has it.
    pub fn stop_now(&self) {
        self.inner.ending.closing.store(true, Ordering::SeqCst);
        self.inner.ending.over.store(true, Ordering::SeqCst);
        self.inner.abort_all();
        // Nothing changes any more: whoever waits for a change is told so.
        self.inner.wake_all();
    }

    /// Waits until the journal fails. Whoever runs a router ends its process then: after a write
    /// that failed, only a process that reads the journal afresh knows what it holds.
    pub async fn failed(&self) {
        self.inner.ending.until(|ending| ending.halted.load(Ordering::SeqCst)).await;
    }
}
