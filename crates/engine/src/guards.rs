//! Guards: a call is driven only once at a time, and so is the search for an attempt.

use std::sync::Arc;

use switchboard_core::{AttemptId, CallId};
use tokio::sync::Notify;

use crate::shared::Shared;

/// While this guard exists, nothing else in this process drives the call. If something tried to,
/// the call is looked at again when the guard is dropped.
pub(crate) struct Driving {
    inner: Arc<Shared>,
    id: CallId,
}

impl Driving {
    /// `None` if the call is being driven already.
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

/// While this guard exists, nothing else in this process searches for the attempt. If something
/// tried to, the call is looked at again when the guard is dropped.
pub(crate) struct Searching {
    inner: Arc<Shared>,
    id: CallId,
    attempt: AttemptId,
    /// Notified when the call was changed elsewhere.
    pub(crate) woken: Arc<Notify>,
}

impl Searching {
    /// `None` if there is a search for the attempt already.
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
