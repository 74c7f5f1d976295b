//! What is asked before anything is sent, and what becomes of calls when it may not be.

use std::sync::{Arc, atomic::Ordering};

use switchboard_core::{CallId, Error, ErrorKind, Result};
use switchboard_journal::Denied;

use crate::{
    shared::Shared,
    shutdown::{is_stopping, stopping},
};

/// The same for the first look at a doubt that was taken up: who took it up, and be it for a
/// moment, has looked.
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
    /// Asked before anything is sent.
    pub(crate) fn check_running(&self) -> Result<()> {
        if self.shutdown.halted.load(Ordering::SeqCst) {
            return Err(Error::new(
                ErrorKind::Journal,
                "the journal failed and sending has stopped: mend the journal and start again",
            ));
        }
        if self.shutdown.is_closing() {
            return Err(stopping("the engine is being stopped and takes no calls"));
        }
        Ok(())
    }

    /// True for an error after which a call has to be left as it stands: it is not its end, but
    /// this process's, or another process has it.
    pub(crate) fn leaves_call_as_is(&self, error: &Error) -> bool {
        error.kind() == ErrorKind::Journal
            || matches!(Denied::in_error(error), Some(Denied::NotOwner))
            || is_stopping(error)
    }
}

impl Shared {
    /// Leaves a call as it stands. Where the journal is why, the process has to end: another, or
    /// its own next run, takes the call up, and here nobody would.
    pub(crate) fn leave(&self, id: CallId, error: &Error) {
        tracing::warn!(call = %id, %error, "the call is left as it stands");
        if error.kind() == ErrorKind::Journal {
            self.shutdown.halt();
        }
    }
}
