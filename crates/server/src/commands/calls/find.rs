//! Which calls, without reading all of them: ids are made of the time, so that a moment is a place in the ledger.

use std::time::Duration;

use jiff::Timestamp;
use switchboard::{Call, CallId, CallStatus, Journal, Result, router::Selection};
use uuid::Uuid;

/// Calls that are read at once.
const PAGE: u32 = 500;
/// An id may be a little older than the moment that its call bears.
const SLACK: Duration = Duration::from_secs(2);
/// The first look at the latest calls goes back so far, and each next one further by the factor.
const FIRST_LOOK: Duration = Duration::from_secs(60);
const FURTHER: u32 = 8;

/// Reads calls page by page, oldest first, from `since` on.
pub(super) struct Pages<'a> {
    journal: &'a dyn Journal,
    selection: Selection,
    since: Option<Timestamp>,
    over: bool,
}

impl<'a> Pages<'a> {
    pub(super) fn new(journal: &'a dyn Journal, statuses: &[CallStatus], since: Option<Timestamp>) -> Self {
        Self {
            journal,
            selection: Selection {
                statuses: statuses.to_vec(),
                after: since.map(place),
                limit: Some(PAGE),
            },
            since,
            over: false,
        }
    }

    /// The next calls; `None` where there are no more.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Call>>> {
        if self.over {
            return Ok(None);
        }
        let mut page = self.journal.select(&self.selection).await?;
        self.over = page.len() < PAGE as usize;
        self.selection.after = page.last().map(|last| last.id).or(self.selection.after);
        let since = self.since;
        page.retain(|call| since.is_none_or(|since| call.created_at >= since));
        Ok(Some(page))
    }
}

/// The latest `limit` calls, oldest first.
pub(super) async fn latest(
    journal: &dyn Journal,
    statuses: &[CallStatus],
    since: Option<Timestamp>,
    limit: usize,
    now: Timestamp,
) -> Result<Vec<Call>> {
    let mut back = FIRST_LOOK;
    loop {
        let from = now.checked_sub(back).ok().filter(|from| since.is_none_or(|since| *from > since));
        let whole = from.is_none_or(|from| from <= Timestamp::UNIX_EPOCH);
        let mut found = Vec::new();
        let mut pages = Pages::new(journal, statuses, if whole { since } else { from });
        while let Some(page) = pages.next().await? {
            found.extend(page);
            // What is older than the latest ones is not kept while the rest is read.
            if found.len() > limit + PAGE as usize {
                found.drain(..found.len() - limit);
            }
        }
        if whole || found.len() >= limit {
            found.drain(..found.len().saturating_sub(limit));
            return Ok(found);
        }
        back = back.saturating_mul(FURTHER);
    }
}

/// Every id from this moment on is greater.
pub(super) fn place(moment: Timestamp) -> CallId {
    let moment = moment.checked_sub(SLACK).unwrap_or(moment);
    let milliseconds = u128::try_from(moment.as_millisecond()).unwrap_or_default();
    // A UUID of version 7: 48 bits of milliseconds, then the version.
    CallId::new(Uuid::from_u128(milliseconds << 80 | 0x7 << 76))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_moment_is_before_the_ids_that_are_made_after_it_and_after_the_older_ones() {
        let now = Timestamp::now();
        let id = CallId::new(Uuid::now_v7());
        assert!(place(now) < id);
        assert!(place(now + Duration::from_secs(60)) > id);
        assert_eq!(place(Timestamp::MIN).as_uuid().as_u128() >> 80, 0);
    }
}
