//! Which calls this process is working on, so that no work is started twice or forgotten.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use parking_lot::Mutex;
use switchboard_core::{AttemptId, CallId};
use tokio::sync::Notify;

use crate::events::WaitReason;

/// The work in progress in this process.
#[derive(Debug, Default)]
pub(crate) struct InProgress {
    /// Calls being driven; true if something else tried to drive one meanwhile.
    driven: Mutex<HashMap<CallId, bool>>,
    /// Attempts for which evidence is being searched for.
    searched: Mutex<HashMap<AttemptId, Searched>>,
    /// Calls that were submitted to this process, and when last.
    asked: Mutex<HashMap<CallId, Timestamp>>,
    /// Why calls wait.
    waits: Mutex<HashMap<CallId, WaitReason>>,
}

#[derive(Debug)]
struct Searched {
    /// The call of the attempt.
    call: CallId,
    woken: Arc<Notify>,
    /// Something else tried to start the same search.
    again: bool,
}

impl InProgress {
    /// Notes that the call was submitted to this process.
    pub(crate) fn is_asked_for(&self, id: CallId, at: Timestamp) {
        self.asked.lock().insert(id, at);
    }

    /// When the call was last submitted to this process; `None` if it was submitted elsewhere.
    pub(crate) fn asked_at(&self, id: CallId) -> Option<Timestamp> {
        self.asked.lock().get(&id).copied()
    }

    /// Forgets a call that is settled.
    pub(crate) fn forget(&self, id: CallId) {
        self.asked.lock().remove(&id);
    }

    /// Notes why a call waits.
    pub(crate) fn set_wait(&self, id: CallId, reason: WaitReason) {
        self.waits.lock().insert(id, reason);
    }

    /// Notes that a call does not wait any more.
    pub(crate) fn end_wait(&self, id: CallId) {
        self.waits.lock().remove(&id);
    }

    /// Why a call waits, if it does.
    pub(crate) fn waits_for(&self, id: CallId) -> Option<WaitReason> {
        self.waits.lock().get(&id).cloned()
    }

    /// Which calls wait, and why.
    pub(crate) fn waits(&self) -> Vec<(CallId, WaitReason)> {
        self.waits.lock().iter().map(|(id, reason)| (*id, reason.clone())).collect()
    }

    /// True if this process is driving the call.
    pub(crate) fn drives(&self, id: CallId) -> bool {
        self.driven.lock().contains_key(&id)
    }

    /// Wakes the search for evidence of the call's attempts, because the call was changed
    /// elsewhere. True if there is such a search.
    pub(crate) fn wake_search(&self, id: CallId) -> bool {
        let searched = self.searched.lock();
        let mut found = false;
        for one in searched.values().filter(|one| one.call == id) {
            one.woken.notify_one();
            found = true;
        }
        found
    }

    /// Starts to drive a call. False if it is being driven already: the call is looked at again
    /// once that has ended.
    pub(crate) fn begin_driving(&self, id: CallId) -> bool {
        let mut driven = self.driven.lock();
        if let Some(again) = driven.get_mut(&id) {
            *again = true;
            return false;
        }
        driven.insert(id, false);
        true
    }

    /// Stops driving a call. True if something else tried to drive it meanwhile.
    pub(crate) fn end_driving(&self, id: CallId) -> bool {
        self.end_wait(id);
        self.driven.lock().remove(&id) == Some(true)
    }

    /// Starts a search for evidence of an attempt. The returned `Notify` fires when the call was
    /// changed elsewhere. `None` if there is a search already: the call is looked at again after
    /// it.
    pub(crate) fn begin_search(&self, call: CallId, attempt: AttemptId) -> Option<Arc<Notify>> {
        let mut searched = self.searched.lock();
        if let Some(searched) = searched.get_mut(&attempt) {
            searched.again = true;
            return None;
        }
        let woken = Arc::new(Notify::new());
        let new = Searched { call, woken: Arc::clone(&woken), again: false };
        searched.insert(attempt, new);
        Some(woken)
    }

    /// Ends a search. True if something else tried to start the same one meanwhile.
    pub(crate) fn end_search(&self, attempt: AttemptId) -> bool {
        self.searched.lock().remove(&attempt).is_some_and(|searched| searched.again)
    }

    /// True if this process drives the call or searches for evidence of it.
    #[cfg(feature = "test-util")]
    pub(crate) fn has(&self, id: CallId) -> bool {
        self.drives(id) || self.searched.lock().values().any(|one| one.call == id)
    }
}
