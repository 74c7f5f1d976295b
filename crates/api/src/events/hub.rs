//! Who follows the feed in this process: one reader feeds all of them.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use parking_lot::Mutex;
use switchboard::journal::server::{FeedEvent, FeedPage, FeedQuery, KeyId};
use tokio::sync::{
    Notify,
    mpsc::{self, error::TrySendError},
};

use crate::wire::Event;

/// How many events wait for one follower.
const BUFFER: usize = 256;

/// An event as every follower gets it.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) position: u64,
    pub(crate) json: String,
}

impl Line {
    pub(crate) fn new(position: u64, event: &FeedEvent) -> Arc<Self> {
        Arc::new(Self { position, json: Event::from(event).to_json() })
    }
}

#[derive(Debug)]
struct Entry {
    query: FeedQuery,
    key: KeyId,
    lines: mpsc::Sender<Arc<Line>>,
    lags: Arc<AtomicBool>,
}

#[derive(Debug, Default)]
struct State {
    /// Everything up to this position was handed out. `None` before anybody came.
    position: Option<u64>,
    entries: HashMap<u64, Entry>,
    next: u64,
    is_closed: bool,
}

/// The followers of one process.
#[derive(Debug, Default)]
pub(crate) struct Hub {
    state: Mutex<State>,
    /// Rings when deliveries may have become due.
    deliveries: Notify,
}

/// Gets every event behind a position that its query takes.
#[derive(Debug)]
pub(crate) struct Follower {
    hub: Arc<Hub>,
    id: u64,
    lines: mpsc::Receiver<Arc<Line>>,
    lags: Arc<AtomicBool>,
    /// It gets what is behind this position.
    pub(crate) behind: u64,
}

impl Hub {
    /// Everything up to this position was handed out.
    pub(crate) fn position(&self) -> Option<u64> {
        self.state.lock().position
    }

    /// Begins at this position if nobody came before. Returns where it stands.
    pub(crate) fn begin(&self, position: u64) -> u64 {
        *self.state.lock().position.get_or_insert(position)
    }

    /// Adds a follower that has read everything up to this position. `None` if this process is
    /// stopping.
    pub(crate) fn join(
        self: &Arc<Self>,
        query: FeedQuery,
        key: KeyId,
        read_up_to: u64,
    ) -> Option<Follower> {
        let (sender, lines) = mpsc::channel(BUFFER);
        let lags = Arc::new(AtomicBool::new(false));
        let mut state = self.state.lock();
        if state.is_closed {
            return None;
        }
        let behind = *state.position.get_or_insert(read_up_to);
        let id = state.next;
        state.next += 1;
        state.entries.insert(id, Entry { query, key, lines: sender, lags: Arc::clone(&lags) });
        Some(Follower { hub: Arc::clone(self), id, lines, lags, behind })
    }

    /// Hands a page to everybody who asked for its events. Whoever is too slow is let go.
    pub(crate) fn hand_out(&self, page: &FeedPage) {
        let mut state = self.state.lock();
        for positioned in &page.events {
            let event = &positioned.event;
            let revoked = revoked_key(event);
            let mut line = None;
            state.entries.retain(|_, entry| {
                if revoked.is_some_and(|key| entry.key.as_str() == key) {
                    return false;
                }
                if !entry.query.takes(event) {
                    return true;
                }
                let line = line.get_or_insert_with(|| Line::new(positioned.position, event));
                match entry.lines.try_send(Arc::clone(line)) {
                    Ok(()) => true,
                    Err(TrySendError::Full(_)) => {
                        entry.lags.store(true, Ordering::SeqCst);
                        false
                    }
                    Err(TrySendError::Closed(_)) => false,
                }
            });
        }
        let position = state.position.get_or_insert(page.read_up_to);
        *position = (*position).max(page.read_up_to);
    }

    /// Goes on to this position without reading what is before it, if nobody follows. Whoever comes
    /// later reads that for themselves.
    pub(crate) fn skip_to(&self, newest: u64) -> bool {
        let mut state = self.state.lock();
        if state.entries.is_empty() {
            let position = state.position.get_or_insert(newest);
            *position = (*position).max(newest);
        }
        state.entries.is_empty()
    }

    /// Lets everybody go, and takes nobody any more.
    pub(crate) fn close(&self) {
        let mut state = self.state.lock();
        state.is_closed = true;
        state.entries.clear();
    }

    /// True once this process is stopping.
    pub(crate) fn is_closed(&self) -> bool {
        self.state.lock().is_closed
    }

    /// Deliveries may have become due.
    pub(crate) fn deliveries_changed(&self) {
        self.deliveries.notify_one();
    }

    /// Waits until deliveries may have become due.
    pub(crate) async fn deliveries(&self) {
        self.deliveries.notified().await;
    }
}

/// The key that was revoked: its streams end in every process.
fn revoked_key(event: &FeedEvent) -> Option<&str> {
    let is_revocation = event.kind == "key.revoked";
    is_revocation.then(|| event.data.pointer("/key/id").and_then(|id| id.as_str()))?
}

impl Follower {
    /// The next event; `None` if it was let go.
    pub(crate) async fn next(&mut self) -> Option<Arc<Line>> {
        self.lines.recv().await
    }

    /// True if it was let go because it was too slow.
    pub(crate) fn lags(&self) -> bool {
        self.lags.load(Ordering::SeqCst)
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.hub.state.lock().entries.remove(&self.id);
    }
}
