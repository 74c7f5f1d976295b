//! The check before anything is sent, and what happens to calls when sending is not allowed.

use std::sync::{Arc, atomic::Ordering};

use switchboard_core::{CallId, Error, ErrorKind, Result};
use switchboard_journal::Denied;

use crate::{
    shared::Shared,
    shutdown::{is_stopping, stopping},
};

/// Makes a shutdown wait for the first read after a doubt was taken over, so that even a process
/// that runs only briefly reads the provider once.
#[derive(Debug)]
pub(crate) struct OpenLook(Arc<Shared>);

impl OpenLook {
    pub(crate) fn new(inner: &Arc<Shared>) -> Self {
        inner.shutdown.open.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(inner))
    }
}

impl Drop for OpenLook {
    fn drop(&mut self) {
        self.0.shutdown.open.fetch_sub(1, Ordering::SeqCst);
        self.0.shutdown.changed.notify_waiters();
    }
}

impl Shared {
    /// Must be checked before anything is sent.
    pub(crate) fn check_running(&self) -> Result<()> {
        if self.shutdown.halted.load(Ordering::SeqCst) {
            return Err(Error::new(
                ErrorKind::Journal,
                "the journal failed and sending has stopped: repair the journal and restart the process",
            ));
        }
        if self.shutdown.is_closing() {
            return Err(stopping("the engine is being stopped and accepts no calls"));
        }
        Ok(())
    }

    /// True for errors that must not end the call: the journal failed, this process is being
    /// stopped, or another process owns the call.
    pub(crate) fn leaves_call_as_is(&self, error: &Error) -> bool {
        error.kind() == ErrorKind::Journal
            || matches!(Denied::in_error(error), Some(Denied::NotOwner))
            || is_stopping(error)
    }
}

impl Shared {
    /// Leaves a call as it is. If the journal failed, this process has to end, so that its next run
    /// or another process takes the call over.
    pub(crate) fn leave(&self, id: CallId, error: &Error) {
        tracing::warn!(call = %id, %error, "the call is left as it is");
        if error.kind() == ErrorKind::Journal {
            self.shutdown.halt();
        }
    }
}
