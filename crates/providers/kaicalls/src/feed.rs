//! The account's event log as a feed.
//!
//! The log can be filtered by time, has no cursor and no documented order. So each poll starts a
//! little before the newest event seen, because events may be logged late, and repeated ones are
//! dropped by id. A full slice is followed by the next one, in whichever direction the rows run. A
//! poll that fails halfway yields nothing and changes nothing: the next one reads everything again.

use std::{collections::HashSet, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::{StreamExt, lock::Mutex, stream, stream::BoxStream};
use jiff::{SignedDuration, Timestamp};
use switchboard_core::{Event, EventFeed, Result};
use switchboard_http::{ReadBudget, ReadLimits, SeenIds};

use crate::{account::Account, api::EventQuery, convert, events, wire::EventRecord};

/// Uses six of the 300 reads allowed in a minute.
const POLL_EVERY: Duration = Duration::from_secs(10);
/// How far back the first poll goes.
const FIRST_LOOK: SignedDuration = SignedDuration::from_hours(1);
/// How late an event may be logged and still be seen.
const LATE: SignedDuration = SignedDuration::from_secs(60);
/// Slices overlap by the second in which the previous one ends.
const OVERLAP: SignedDuration = SignedDuration::from_secs(1);
/// The largest page of the list of calls; none is documented for events.
const SLICE: u32 = 100;
/// How many ids of events are remembered, so that none is handed out twice: more than two polls can
/// return.
const SEEN_EVENTS: usize = 20_000;

/// [`EventFeed`] on the typed client. Clones share which events `poll` has returned.
#[derive(Debug, Clone)]
pub(crate) struct KaiCallsFeed {
    account: Arc<Account>,
    polled: Arc<Mutex<Progress>>,
}

/// How far a reader has read.
#[derive(Debug)]
struct Progress {
    newest: Option<Timestamp>,
    seen: SeenIds,
}

impl Default for Progress {
    fn default() -> Self {
        Self { newest: None, seen: SeenIds::new(SEEN_EVENTS) }
    }
}

impl KaiCallsFeed {
    pub(crate) fn new(account: &Arc<Account>) -> Self {
        Self { account: Arc::clone(account), polled: Arc::default() }
    }

    /// The events that this reader has not seen, oldest first.
    async fn look(&self, progress: &mut Progress) -> Result<Vec<Event>> {
        let since = match progress.newest {
            Some(newest) => newest.checked_sub(LATE),
            None => self.account.clock.now().checked_sub(FIRST_LOOK),
        };
        let rows = self.rows(since.unwrap_or(Timestamp::MIN)).await?;
        // A timestamp in the future would hide everything until then.
        let now = self.account.clock.now();
        let newest = rows.iter().filter_map(|(made, _)| *made).max().map(|newest| newest.min(now));
        progress.newest = progress.newest.max(newest);
        let mut news: Vec<Event> = rows
            .into_iter()
            .map(|(_, event)| event)
            .filter(|event| progress.seen.insert(&event.id))
            .collect();
        news.sort_by_key(|event| event.at);
        Ok(news)
    }

    /// Every event since then, each once, with the time at which it was logged.
    async fn rows(&self, since: Timestamp) -> Result<Vec<(Option<Timestamp>, Event)>> {
        let (mut from, mut to) = (since, None);
        let (mut rows, mut seen) = (Vec::new(), HashSet::new());
        let budget = ReadBudget::new(self.account.provider().clone(), ReadLimits::SEARCH);
        let client = self.account.client.within(&budget);
        while budget.page().is_ok() {
            let slice = match client.events().list(&self.query(from, to)).await {
                Ok(slice) => slice,
                Err(_) if budget.is_exhausted() => break,
                Err(error) => return Err(error),
            };
            let fits = budget.rows(slice.items.len()).is_ok();
            let full = slice
                .has_more
                .unwrap_or(u32::try_from(slice.items.len()).is_ok_and(|length| length >= SLICE));
            let times: Vec<Timestamp> = slice.items.iter().filter_map(made).collect();
            let before = seen.len();
            for record in slice.items {
                let at = made(&record);
                let event = events::logged(self.account.provider(), record);
                if seen.insert(event.id.clone()) {
                    rows.push((at, event));
                }
            }
            let (true, Some(first), Some(last)) = (full, times.first(), times.last()) else {
                return Ok(rows);
            };
            if seen.len() == before || !fits {
                break;
            }
            if first < last {
                from = last.checked_sub(OVERLAP).unwrap_or(*last);
            } else {
                to = last.checked_add(OVERLAP).ok();
            }
        }
        tracing::warn!(provider = %self.account.provider(), "more events than one poll can read: some are skipped");
        Ok(rows)
    }

    fn query(&self, from: Timestamp, to: Option<Timestamp>) -> EventQuery {
        let mut query =
            EventQuery::new().limit(SLICE).from(convert::whole_second(from).to_string());
        if let Some(to) = to {
            query = query.to(convert::whole_second(to).to_string());
        }
        if let Some(business) = self.account.business() {
            query = query.business_id(business);
        }
        query
    }
}

fn made(record: &EventRecord) -> Option<Timestamp> {
    record.created_at.as_ref()?.timestamp()
}

#[async_trait]
impl EventFeed for KaiCallsFeed {
    /// Events that no earlier poll has returned; the first one goes back an hour.
    async fn poll(&self) -> Result<Vec<Event>> {
        let mut progress = self.polled.lock().await;
        self.look(&mut progress).await
    }

    /// New events, polled every ten seconds. A failed poll yields its error and does not end the
    /// stream.
    async fn stream(&self) -> Result<BoxStream<'static, Result<Event>>> {
        let mut progress = Progress::default();
        self.look(&mut progress).await?;
        let looks = stream::unfold((self.clone(), progress), |(feed, mut progress)| async move {
            feed.account.clock.sleep(POLL_EVERY).await;
            let news = match feed.look(&mut progress).await {
                Ok(events) => events.into_iter().map(Ok).collect(),
                Err(error) => vec![Err(error)],
            };
            Some((stream::iter(news), (feed, progress)))
        });
        Ok(looks.flatten().boxed())
    }
}
