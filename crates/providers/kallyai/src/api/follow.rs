//! Following inbound events for as long as somebody listens.
//!
//! A connection that stays open for hours breaks for trivial reasons, and document 002 promises no
//! more than "SSE-capable". So a broken connection is reopened, repeated events are dropped, and an
//! answer that is not a stream is polled. An error that retrying cannot fix ends the stream:
//! silence must not hide a revoked token.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use switchboard_core::{Clock, Error, ErrorKind, Result};
use switchboard_http::SeenIds;

use super::{
    events::{self, Block, Blocks, InboundEvent, content_id},
    inbound::InboundApi,
};

const ACCEPT: &str = "text/event-stream, application/json;q=0.5";
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// How often a provider that does not stream is polled. No read limit is documented; a few seconds
/// matter during a live call.
pub(crate) const POLL_EVERY: Duration = Duration::from_secs(10);
/// How many ids of events are remembered, so that none is handed out twice.
pub(crate) const SEEN_EVENTS: usize = 10_000;

impl InboundApi {
    /// Follows events for as long as the stream is read: `GET /v1/inbound/events`. Document 002.
    ///
    /// If the provider streams, a broken connection is reopened after a growing pause, with the
    /// last event's id if events have ids (`Last-Event-ID`). If it answers with JSON, it is polled.
    /// Either way each event is yielded once, identified by its id or else by its content. Events
    /// that the provider sends at the start are included.
    ///
    /// # Errors
    /// The stream ends with an error if retrying cannot help: credentials, permissions, a wrong
    /// address. Other failures are logged and retried.
    #[doc(alias = "/v1/inbound/events")]
    pub fn follow(&self) -> BoxStream<'static, Result<InboundEvent>> {
        let follower = Follower {
            api: self.clone(),
            clock: Arc::clone(&self.clock),
            seen: SeenIds::new(SEEN_EVENTS),
            resume: None,
            pause: FIRST_PAUSE,
            failures: 0,
            has_worked: false,
            source: Source::Closed,
        };
        stream::unfold(Some(follower), |follower| async move {
            let mut follower = follower?;
            Some(match follower.next().await {
                Ok(event) => (Ok(event), Some(follower)),
                Err(error) => (Err(error), None),
            })
        })
        .boxed()
    }
}

enum Source {
    Closed,
    Live(BoxStream<'static, Result<Block>>),
    Recent(VecDeque<InboundEvent>),
}

struct Follower {
    api: InboundApi,
    clock: Arc<dyn Clock>,
    seen: SeenIds,
    /// The id of the last event that had one.
    resume: Option<String>,
    /// The first pause before reconnecting, as the provider asks.
    pause: Duration,
    /// Consecutive failures.
    failures: u32,
    /// Whether the endpoint has ever answered as expected.
    has_worked: bool,
    source: Source,
}

impl Follower {
    async fn next(&mut self) -> Result<InboundEvent> {
        loop {
            match &mut self.source {
                Source::Closed => self.open().await?,
                Source::Live(live) => match live.next().await {
                    Some(Ok(block)) => {
                        if let Some(event) = self.receive(block) {
                            return Ok(event);
                        }
                    }
                    Some(Err(error)) => self.reconnect_later(&error).await,
                    None => {
                        self.reconnect_later(&Error::new(ErrorKind::Transport, "the stream ended"))
                            .await
                    }
                },
                Source::Recent(recent) => match recent.pop_front() {
                    Some(event) if self.seen.insert(&event_key(&event)) => return Ok(event),
                    Some(_) => {}
                    None => {
                        self.source = Source::Closed;
                        self.clock.sleep(POLL_EVERY).await;
                    }
                },
            }
        }
    }

    async fn open(&mut self) -> Result<()> {
        let opened = match self.api.answer(ACCEPT, self.resume.as_deref()).await {
            Ok(answer) => events::blocks(answer).await,
            Err(error) => Err(error),
        };
        match opened {
            Ok(Blocks::Live(live)) => self.source = Source::Live(live),
            Ok(Blocks::Recent(recent)) => {
                self.source = Source::Recent(recent.into());
                self.failures = 0;
            }
            Err(error) if self.may_recover(&error) => {
                self.reconnect_later(&error).await;
                return Ok(());
            }
            Err(error) => return Err(error.with_operation("inbound.follow")),
        }
        self.has_worked = true;
        Ok(())
    }

    fn receive(&mut self, block: Block) -> Option<InboundEvent> {
        if let Some(pause) = block.retry {
            self.pause = pause.clamp(FIRST_PAUSE, LONGEST_PAUSE);
        }
        if let Some(id) = block.resume {
            // An id that cannot be sent in a header cannot be used to resume.
            self.resume =
                (!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic())).then_some(id);
        }
        let heartbeat = block.event.is_none();
        let news = block.event.filter(|event| self.seen.insert(&event_key(event)));
        // A provider that repeats its log and closes the connection each time does not really
        // stream, so the pauses grow.
        if heartbeat || news.is_some() {
            self.failures = 0;
        }
        news
    }

    async fn reconnect_later(&mut self, error: &Error) {
        self.source = Source::Closed;
        let doubled = self.pause.saturating_mul(1 << self.failures.min(6)).min(LONGEST_PAUSE);
        let pause = error.retry_after().map_or(doubled, |asked| asked.max(doubled));
        self.failures = self.failures.saturating_add(1);
        tracing::debug!(
            failures = self.failures,
            error = error.kind().as_str(),
            pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
            "listening again"
        );
        self.clock.sleep(pause).await;
    }

    /// Whether retrying may help. An answer that is neither a stream nor a list may be a proxy's
    /// temporary error page, but not on the first try.
    fn may_recover(&self, error: &Error) -> bool {
        let kind = error.kind();
        let passing = [
            ErrorKind::Connect,
            ErrorKind::Timeout,
            ErrorKind::Transport,
            ErrorKind::Provider,
            ErrorKind::RateLimited,
            ErrorKind::Conflict,
        ];
        passing.contains(&kind) || (kind == ErrorKind::Decode && self.has_worked)
    }
}

/// The event's id, or else its content.
fn event_key(event: &InboundEvent) -> String {
    match &event.id {
        Some(id) => format!("id:{id}"),
        None => content_id(&[event.kind.as_deref().unwrap_or_default()], event.raw().value()),
    }
}
