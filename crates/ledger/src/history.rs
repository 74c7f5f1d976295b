//! What happened to a call, as it was written down.

use jiff::Timestamp;
use switchboard_core::AttemptId;
use switchboard_journal::state::Fact;

/// One event of a call.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Entry {
    /// Its place in the ledger; later events have greater ones, and that a call was received has 0.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// The call's last attempt at that moment.
    pub attempt: Option<AttemptId>,
    /// In a word: `received`, or the fact's kind.
    pub kind: String,
    /// What was learnt; `None` for the first event of a call and after an erasure.
    pub fact: Option<Fact>,
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
        // A fact without content, as `overdue`, has none to be erased: it is read from its kind.
        let fact = match crate::change::join(&kind, content) {
            Ok(fact) => fact,
            Err(_) if content.is_none() => None,
            Err(error) => return Err(error),
        };
        Ok(Self { seq, at, attempt: attempt.map(AttemptId::new), kind, fact })
    }
}
