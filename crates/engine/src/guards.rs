//! One call is driven once, and one attempt searched for once, at a time.

use std::sync::Arc;

use switchboard_core::{AttemptId, CallId};
use tokio::sync::Notify;

use crate::shared::Shared;

/// A call is on its way as long as this lives. Nobody else sends it on meanwhile; who wanted to has
/// it looked at again afterwards.
pub(crate) struct Driving {
    inner: Arc<Shared>,
    id: CallId,
}

impl Driving {
    /// `None` where it is on its way already.
    pub(crate) fn begin(inner: &Arc<Shared>, id: CallId) -> Option<Self> {
        inner.in_progress.begin_driving(id).then(|| Self { inner: Arc::clone(inner), id })
    }
}

impl Drop for Driving {
    fn drop(&mut self) {
        if self.inner.in_progress.end_driving(self.id) {
            (self.inner.callbacks.look_again)(&self.inner, self.id);
        }
    }
}

/// Evidence is looked for as long as this lives. Nobody else looks for it meanwhile; who wanted to
/// has the call looked at again afterwards.
pub(crate) struct Searching {
    inner: Arc<Shared>,
    id: CallId,
    attempt: AttemptId,
    /// Told when somebody else wrote to the call.
    pub(crate) woken: Arc<Notify>,
}

impl Searching {
    /// `None` where it is looked for already.
    pub(crate) fn begin(inner: &Arc<Shared>, call: CallId, attempt: AttemptId) -> Option<Self> {
        let woken = inner.in_progress.begin_search(call, attempt)?;
        Some(Self { inner: Arc::clone(inner), id: call, attempt, woken })
    }
}

impl Drop for Searching {
    fn drop(&mut self) {
        if self.inner.in_progress.end_search(self.attempt) {
            (self.inner.callbacks.look_again)(&self.inner, self.id);
        }
    }
}
