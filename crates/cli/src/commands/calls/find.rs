//! Selects calls without reading all of them. Ids contain the time, so that calls can be found by
//! time.

use jiff::Timestamp;
use switchboard::{Call, CallStatus, Journal, Result, journal, journal::Selection};

/// Reads calls page by page, oldest first, from `since` on.
pub(super) struct Pages<'a> {
    pages: journal::Pages<'a>,
    since: Option<Timestamp>,
}

impl<'a> Pages<'a> {
    pub(super) fn new(
        journal: &'a dyn Journal,
        statuses: &[CallStatus],
        since: Option<Timestamp>,
    ) -> Self {
        let selection = Selection {
            statuses: statuses.to_vec(),
            after: since.map(Selection::from_moment),
            ..Selection::default()
        };
        Self { pages: journal::Pages::new(journal, selection), since }
    }

    /// The next calls, or `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Call>>> {
        let Some(mut page) = self.pages.next().await? else {
            return Ok(None);
        };
        let since = self.since;
        page.retain(|call| since.is_none_or(|since| call.created_at >= since));
        Ok(Some(page))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use switchboard::CallId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_time_sorts_before_later_ids_and_after_earlier_ones() {
        let now = Timestamp::now();
        let id = CallId::new(Uuid::now_v7());
        assert!(Selection::from_moment(now) < id);
        assert!(Selection::from_moment(now + Duration::from_secs(60)) > id);
        assert_eq!(Selection::from_moment(Timestamp::MIN).as_uuid().as_u128() >> 80, 0);
    }
}
