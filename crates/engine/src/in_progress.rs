//! Which calls this process is at work on, so that nothing is begun twice and nothing that was begun
//! is missed.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use parking_lot::Mutex;
use switchboard_core::{AttemptId, CallId};
use tokio::sync::Notify;

/// What goes on in this process.
#[derive(Debug, Default)]
pub(crate) struct InProgress {
    /// Calls on their way; true where somebody wanted to send one on that was.
    driven: Mutex<HashMap<CallId, bool>>,
    /// Attempts for which evidence is looked for.
    searched: Mutex<HashMap<AttemptId, Searched>>,
    /// Calls that this process was asked to place, and when last.
    asked: Mutex<HashMap<CallId, Timestamp>>,
}

#[derive(Debug)]
struct Searched {
    /// Whose attempt it is.
    call: CallId,
    woken: Arc<Notify>,
    /// Somebody wanted to look for it too.
    again: bool,
}

impl InProgress {
    /// This process was asked to place the call.
    pub(crate) fn is_asked_for(&self, id: CallId, at: Timestamp) {
        self.asked.lock().insert(id, at);
    }

    /// When it was last asked to; `None`: another process was.
    pub(crate) fn asked_at(&self, id: CallId) -> Option<Timestamp> {
        self.asked.lock().get(&id).copied()
    }

    /// The call is over.
    pub(crate) fn forget(&self, id: CallId) {
        self.asked.lock().remove(&id);
    }

    /// True where the call is on its way here.
    pub(crate) fn drives(&self, id: CallId) -> bool {
        self.driven.lock().contains_key(&id)
    }

    /// True where evidence for one of the call's attempts is looked for. Whoever looks learns that
    /// somebody wrote to it.
    pub(crate) fn wake_search(&self, id: CallId) -> bool {
        let searched = self.searched.lock();
        let mut found = false;
        for one in searched.values().filter(|one| one.call == id) {
            one.woken.notify_one();
            found = true;
        }
        found
    }

    /// Begins to drive a call. False where it is on its way already: it is looked at again when it
    /// has come to the end of it.
    pub(crate) fn begin_driving(&self, id: CallId) -> bool {
        let mut driven = self.driven.lock();
        if let Some(again) = driven.get_mut(&id) {
            *again = true;
            return false;
        }
        driven.insert(id, false);
        true
    }

    /// Ends it. True where somebody else wanted to send the call on meanwhile.
    pub(crate) fn end_driving(&self, id: CallId) -> bool {
        self.driven.lock().remove(&id) == Some(true)
    }

    /// Begins to search for evidence of an attempt; what it answers with is told when somebody else
    /// wrote to the call. `None` where a search is under way: the call is looked at again after it.
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

    /// Ends it. True where somebody else wanted to look meanwhile.
    pub(crate) fn end_search(&self, attempt: AttemptId) -> bool {
        self.searched.lock().remove(&attempt).is_some_and(|searched| searched.again)
    }

    /// True where this process sends the call on or looks for evidence of it.
    #[cfg(feature = "test-util")]
    pub(crate) fn has(&self, id: CallId) -> bool {
        self.drives(id) || self.searched.lock().values().any(|one| one.call == id)
    }
}
