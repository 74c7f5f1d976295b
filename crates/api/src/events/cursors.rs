//! Cursors of events.

use switchboard::{TenantId, journal::server::FeedBounds};

use crate::{
    cursor::Cursors,
    problem::{Code, Problem, Result},
};

/// Seals and opens positions in the feed for one tenant. The same cursor works for every filter and
/// every channel.
#[derive(Debug, Clone)]
pub(crate) struct EventCursors {
    pub(crate) cursors: Cursors,
    pub(crate) tenant: Option<TenantId>,
}

impl EventCursors {
    fn list(&self) -> Vec<&[u8]> {
        match &self.tenant {
            Some(tenant) => vec![b"events", b"tenant", tenant.as_str().as_bytes()],
            None => vec![b"events", b"operator"],
        }
    }

    pub(crate) fn seal(&self, position: u64) -> String {
        self.cursors.seal(&self.list(), &position.to_be_bytes())
    }

    pub(crate) fn open(&self, cursor: &str) -> Result<u64> {
        let position = self.cursors.open(&self.list(), cursor)?;
        let position = position.try_into().map_err(|_| {
            Problem::new(Code::CursorInvalid, "the cursor is not one of this list").field("after")
        })?;
        Ok(u64::from_be_bytes(position))
    }

    /// # Errors
    /// `events_gone` if events behind this position are not there any more, or if the feed does not
    /// reach so far: it was restored from a backup.
    pub(crate) fn check(&self, after: u64, bounds: FeedBounds) -> Result<()> {
        let before = bounds.oldest.saturating_sub(1);
        if (before..=bounds.newest.max(before)).contains(&after) {
            return Ok(());
        }
        let detail = "events behind this cursor are not kept any more";
        Err(Problem::new(Code::EventsGone, detail).with("oldest", self.seal(before)))
    }
}
