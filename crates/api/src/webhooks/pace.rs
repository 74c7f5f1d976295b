//! How much is sent to one endpoint at once: less while it says that it is too much.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use switchboard::journal::server::EndpointId;
use tokio::sync::Notify;

/// Requests to one endpoint at the same time.
pub(crate) const AT_ONCE: u32 = 8;

#[derive(Debug)]
struct Use {
    allowed: u32,
    running: u32,
    freed: Arc<Notify>,
}

/// What runs to each endpoint, in this process.
#[derive(Debug, Default)]
pub(crate) struct Pace(Mutex<HashMap<EndpointId, Use>>);

/// One request to an endpoint, counted while this exists.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    pace: &'a Pace,
    endpoint: EndpointId,
}

impl Pace {
    /// Waits until another request may be sent to this endpoint.
    pub(crate) async fn turn(&self, endpoint: EndpointId) -> Turn<'_> {
        loop {
            let freed = match self.take(endpoint) {
                Ok(()) => return Turn { pace: self, endpoint },
                Err(freed) => freed,
            };
            freed.notified().await;
        }
    }

    fn take(&self, endpoint: EndpointId) -> Result<(), Arc<Notify>> {
        let mut all = self.0.lock();
        let new = || Use { allowed: AT_ONCE, running: 0, freed: Arc::default() };
        let used = all.entry(endpoint).or_insert_with(new);
        if used.running >= used.allowed {
            return Err(Arc::clone(&used.freed));
        }
        used.running += 1;
        Ok(())
    }
}

impl Turn<'_> {
    /// The endpoint said that it was too much: half as many requests from now on.
    pub(crate) fn was_too_much(&self) {
        self.adjust(|allowed| (allowed / 2).max(1));
    }

    /// The endpoint took it: one request more from now on, up to what is usual.
    pub(crate) fn went_well(&self) {
        self.adjust(|allowed| (allowed + 1).min(AT_ONCE));
    }

    fn adjust(&self, change: impl FnOnce(u32) -> u32) {
        if let Some(used) = self.pace.0.lock().get_mut(&self.endpoint) {
            used.allowed = change(used.allowed);
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut all = self.pace.0.lock();
        let Some(used) = all.get_mut(&self.endpoint) else {
            return;
        };
        used.running = used.running.saturating_sub(1);
        // Notifications are kept for the next one that waits: none is lost, and one too many makes
        // somebody look again.
        for _ in used.running..used.allowed {
            used.freed.notify_one();
        }
        if used.running == 0 && used.allowed == AT_ONCE && Arc::strong_count(&used.freed) == 1 {
            all.remove(&self.endpoint);
        }
    }
}
