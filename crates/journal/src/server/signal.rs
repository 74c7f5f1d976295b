//! Wakes tasks of one process that wait for the feed.

use std::time::Duration;

use tokio::{sync::watch, time::timeout};

/// What a store tells the tasks of its process about the feed.
#[derive(Debug)]
pub struct FeedSignal {
    /// True while something waits for a turn.
    waiting: watch::Sender<bool>,
    /// Rises whenever new positions may be visible.
    moved: watch::Sender<u64>,
}

impl Default for FeedSignal {
    fn default() -> Self {
        Self { waiting: watch::Sender::new(false), moved: watch::Sender::new(0) }
    }
}

impl FeedSignal {
    /// Events were written that [`EventFeed::sequence`](super::EventFeed::sequence) has not seen.
    pub fn written(&self) {
        self.waiting.send_replace(true);
    }

    /// A turn begins: what is written from now on waits for the next one.
    pub fn turn_begins(&self) {
        self.waiting.send_replace(false);
    }

    /// New positions may be visible.
    pub fn moved(&self) {
        self.moved.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Waits until something waits for a turn, at most for this long.
    pub async fn wants_turn(&self, at_most: Duration) {
        let mut waiting = self.waiting.subscribe();
        // The sender is this signal, so that only the time can run out.
        let _ = timeout(at_most, waiting.wait_for(|waits| *waits)).await;
    }

    /// What changes whenever new positions may be visible from now on.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.moved.subscribe()
    }
}
