//! The history of a call.

use std::sync::Arc;

use jiff::Timestamp;
use switchboard_core::{AttemptId, Call, ValidCall};
use switchboard_journal::state::Fact;

/// One event of a call.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Entry {
    /// The position in the ledger: later events have greater numbers. The first event of a call has
    /// 0.
    pub seq: i64,
    /// When the event was written.
    pub at: Timestamp,
    /// The last attempt of the call at that time.
    pub attempt: Option<AttemptId>,
    /// The kind: `received`, or the kind of the fact.
    pub kind: String,
    /// The fact; `None` for the first event of a call and after an erasure.
    pub fact: Option<Fact>,
}

/// A call with all that was written down of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CallRecord {
    /// The call.
    pub call: Call,
    /// Its request.
    pub request: Option<Arc<ValidCall>>,
    /// Its events, in order.
    pub history: Vec<Entry>,
}

impl Entry {
    pub(crate) fn read(
        seq: i64,
        at: i64,
        attempt: Option<uuid::Uuid>,
        kind: String,
        content: Option<&str>,
    ) -> switchboard_core::Result<Self> {
        let at = Timestamp::from_microsecond(at)
            .map_err(|source| crate::refusal::unreadable("an event's time", source))?;
        // A fact without content, such as `overdue`, is restored from its kind even after an
        // erasure.
        let fact = match crate::change::join(&kind, content) {
            Ok(fact) => fact,
            Err(_) if content.is_none() => None,
            Err(error) => return Err(error),
        };
        Ok(Self { seq, at, attempt: attempt.map(AttemptId::new), kind, fact })
    }
}
