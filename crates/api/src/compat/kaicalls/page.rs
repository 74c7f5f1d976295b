//! Pages of calls by the time at which they were made.
//!
//! KaiCalls continues a list with the `created_at` of its last entry. So a page here never ends
//! between two calls with the same time: it is longer instead, and nothing is skipped or repeated.

use std::{cmp::Reverse, time::Duration};

use jiff::Timestamp;
use switchboard::{CallId, journal::server::CallsFilter};

use crate::{
    Service,
    caller::{Allowed, CallsRead},
    problem::{Code, Problem, Result},
    service::CallRecord,
};

/// An id says when it was made. A call's own time differs from it by less than this.
const SLACK: Duration = Duration::from_secs(2);
/// How many calls are read at a time: those of the last seconds may be many.
const AT_LEAST: u32 = 200;
/// Pages of the store that are read for one answer.
const MOST_READS: u32 = 50;

/// Calls, newest first.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) records: Vec<CallRecord>,
    pub(super) has_more: bool,
}

/// Reads at least `limit` calls that match, or all there are.
pub(super) async fn read(
    service: &Service,
    by: Allowed<'_, CallsRead>,
    mut filter: CallsFilter,
    limit: usize,
    matches: impl Fn(&CallRecord) -> bool + Send,
) -> Result<Page> {
    filter.limit = u32::try_from(limit).unwrap_or(AT_LEAST).saturating_add(1).max(AT_LEAST);
    let mut found: Vec<CallRecord> = Vec::new();
    let mut reads = 0;
    // Everything that was made later than this has been read. `None`: everything has.
    let horizon = loop {
        let page = service.calls(by, filter.clone()).await?;
        found.extend(page.records.into_iter().filter(&matches));
        let Some(next) = page.next else { break None };
        filter.before = Some(next);
        reads += 1;
        let horizon = made(next);
        let certain = found.iter().filter(|one| time(one) > horizon).count();
        if certain > limit || reads == MOST_READS {
            break Some(horizon);
        }
    };
    if let Some(horizon) = horizon {
        found.retain(|one| time(one) > horizon);
    }
    found.sort_by_key(|one| Reverse((time(one), one.call.id)));
    let last = limit.checked_sub(1).and_then(|last| found.get(last)).map(time);
    let length = last.map_or(found.len(), |last| found.partition_point(|one| time(one) >= last));
    let has_more = horizon.is_some() || length < found.len();
    found.truncate(length);
    if found.is_empty() && has_more {
        let detail = "too many calls were read without one that matches: narrow the list down";
        return Err(Problem::new(Code::Busy, detail));
    }
    Ok(Page { records: found, has_more })
}

/// The time of a call as answers have it: in microseconds.
fn time(record: &CallRecord) -> i64 {
    record.call.created_at.as_microsecond()
}

/// A call that was made later than this has a larger id than this one.
fn made(id: CallId) -> i64 {
    let Some((seconds, nanos)) = id.as_uuid().get_timestamp().map(|at| at.to_unix()) else {
        return i64::MAX;
    };
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    let at = Timestamp::new(seconds, i32::try_from(nanos).unwrap_or_default());
    at.and_then(|at| at.checked_add(SLACK)).map_or(i64::MAX, |at| at.as_microsecond())
}
