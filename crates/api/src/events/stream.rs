//! One stream of server-sent events.

use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{Stream, stream};
use switchboard::journal::server::{FeedQuery, KeyId};

use crate::{
    Service, StreamPermit,
    events::{EventCursors, Follower, hub::Line},
};

/// A comment is sent after this much silence, so that nothing on the way takes the connection for
/// dead.
const COMMENT_AFTER: Duration = Duration::from_secs(15);
/// Events read at once while a stream catches up.
const PAGE: u32 = 100;
/// The client waits this long before it connects again, and up to a second more.
const RETRY_MILLISECONDS: u32 = 2_000;

/// A stream from a position on. Real events have an id, which is the cursor behind them; nothing
/// else has one.
#[derive(Debug)]
pub(crate) struct EventStream {
    pub(crate) service: Service,
    pub(crate) cursors: EventCursors,
    pub(crate) query: FeedQuery,
    pub(crate) key: KeyId,
    /// Everything up to here was read.
    pub(crate) after: u64,
    /// When it ends, as the clock's uptime.
    pub(crate) ends_at: Duration,
    /// Counted while the stream is open.
    pub(crate) _permits: (StreamPermit, StreamPermit),
}

#[derive(Debug)]
struct Open {
    of: EventStream,
    follower: Option<Follower>,
    ready: VecDeque<Arc<Line>>,
    is_over: bool,
}

impl EventStream {
    /// The bytes of the stream.
    pub(crate) fn into_bytes(self) -> impl Stream<Item = Result<Bytes, Infallible>> + Send {
        let open = Open { of: self, follower: None, ready: VecDeque::new(), is_over: false };
        let random = getrandom::u32().unwrap_or_default() % 1_000;
        let begin = format!("retry: {}\n\n", RETRY_MILLISECONDS + random);
        let rest = stream::unfold(open, |mut open| async {
            let text = open.next().await?;
            Some((text, open))
        });
        use futures::StreamExt as _;
        stream::once(async { begin }).chain(rest).map(|text| Ok(Bytes::from(text)))
    }
}

impl Open {
    /// What is sent next; `None` at the end.
    async fn next(&mut self) -> Option<String> {
        loop {
            if self.is_over {
                return None;
            }
            let hub = Arc::clone(self.of.service.hub());
            let left = self.of.ends_at.saturating_sub(self.of.service.clock().uptime());
            if hub.is_closed() || left.is_zero() {
                return None;
            }
            if let Some(line) = self.ready.pop_front() {
                return Some(self.written(&line));
            }
            match &mut self.follower {
                Some(follower) if self.of.after >= follower.behind => {
                    let silence = self.of.service.clock().sleep(COMMENT_AFTER.min(left));
                    tokio::select! {
                        biased;
                        line = follower.next() => match line {
                            // What was read while it caught up comes a second time.
                            Some(line) if line.position <= self.of.after => {}
                            Some(line) => {
                                self.of.after = line.position;
                                return Some(self.written(&line));
                            }
                            None => {
                                self.is_over = true;
                                let lags = follower.lags();
                                return lags.then(|| "event: lagging\ndata: {}\n\n".to_owned());
                            }
                        },
                        () = silence => return Some(":\n\n".to_owned()),
                    }
                }
                _ => self.catch_up().await?,
            }
        }
    }

    /// Reads the next page, and begins to follow when the end is near.
    async fn catch_up(&mut self) -> Option<()> {
        let of = &mut self.of;
        if self.follower.is_none() && of.service.hub().position().is_none_or(|at| of.after >= at) {
            let (query, key) = (of.query.clone(), of.key.clone());
            self.follower = Some(of.service.hub().join(query, key, of.after)?);
            return Some(());
        }
        let query = FeedQuery { after: of.after, limit: PAGE, ..of.query.clone() };
        let store = of.service.store();
        let page = store.feed(&query).await;
        let bounds = store.bounds().await;
        let (page, bounds) = match (page, bounds) {
            (Ok(page), Ok(bounds)) => (page, bounds),
            (Err(error), _) | (_, Err(error)) => {
                tracing::warn!(%error, "a stream could not read the feed");
                return None;
            }
        };
        // What it should have read is gone: its client asks again, and is told so.
        if bounds.oldest > of.after.saturating_add(1) {
            return None;
        }
        let lines = page.events.iter().map(|one| Line::new(one.position, &one.event));
        self.ready.extend(lines);
        of.after = page.read_up_to.max(of.after);
        Some(())
    }

    fn written(&self, line: &Line) -> String {
        let cursor = self.of.cursors.seal(line.position);
        format!("id: {cursor}\ndata: {}\n\n", line.json)
    }
}
