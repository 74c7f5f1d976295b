//! Who is at work on which call in this process, so that nothing is begun twice and nothing that
//! was begun is missed.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use parking_lot::Mutex;
use switchboard_core::{AttemptId, CallId};
use tokio::sync::Notify;

use crate::{news, shared::Inner};

#[cfg(feature = "test-util")]
use crate::shared::Router;

/// What goes on in this process.
#[derive(Debug, Default)]
pub(crate) struct Hands {
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

/// A call is on its way as long as this lives. Nobody else sends it on meanwhile; who wanted to has
/// it looked at again afterwards.
pub(crate) struct Driving {
    inner: Arc<Inner>,
    id: CallId,
}

impl Driving {
    /// `None` where it is on its way already.
    pub(crate) fn begin(inner: &Arc<Inner>, id: CallId) -> Option<Self> {
        let mut driven = inner.hands.driven.lock();
        if let Some(again) = driven.get_mut(&id) {
            *again = true;
            return None;
        }
        driven.insert(id, false);
        Some(Self { inner: Arc::clone(inner), id })
    }
}

impl Drop for Driving {
    fn drop(&mut self) {
        let again = self.inner.hands.driven.lock().remove(&self.id);
        if again == Some(true) {
            let (inner, id) = (Arc::clone(&self.inner), self.id);
            self.inner.spawn(async move { news::look_again(&inner, id).await });
        }
    }
}

/// Evidence is looked for as long as this lives. Nobody else looks for it meanwhile; who wanted to
/// has the call looked at again afterwards.
pub(crate) struct Searching {
    inner: Arc<Inner>,
    id: CallId,
    attempt: AttemptId,
    /// Told when somebody else wrote to the call.
    pub(crate) woken: Arc<Notify>,
}

impl Searching {
    /// `None` where it is looked for already.
    pub(crate) fn begin(inner: &Arc<Inner>, call: CallId, attempt: AttemptId) -> Option<Self> {
        let mut searched = inner.hands.searched.lock();
        if let Some(searched) = searched.get_mut(&attempt) {
            searched.again = true;
            return None;
        }
        let woken = Arc::new(Notify::new());
        let new = Searched { call, woken: Arc::clone(&woken), again: false };
        searched.insert(attempt, new);
        Some(Self { inner: Arc::clone(inner), id: call, attempt, woken })
    }
}

impl Drop for Searching {
    fn drop(&mut self) {
        let searched = self.inner.hands.searched.lock().remove(&self.attempt);
        if searched.is_some_and(|searched| searched.again) {
            let (inner, id) = (Arc::clone(&self.inner), self.id);
            self.inner.spawn(async move { news::look_again(&inner, id).await });
        }
    }
}

impl Hands {
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
}

#[cfg(feature = "test-util")]
impl Router {
    /// True where this process sends the call on, looks for evidence of it or watches it at its
    /// provider.
    #[doc(hidden)]
    pub fn attends(&self, id: CallId) -> bool {
        let hands = &self.inner.hands;
        let watched = || {
            let lanes = self.inner.lanes();
            lanes.iter().any(|lane| lane.watches().values().any(|watch| watch.call == id))
        };
        hands.drives(id) || hands.searched.lock().values().any(|one| one.call == id) || watched()
    }
}
