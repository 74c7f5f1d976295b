//! Inbound events for as long as somebody listens.
//!
//! A connection that stays open for hours breaks for reasons that mean nothing, and document 002
//! promises no more than "SSE-capable". So what breaks is made again, what was told is not told
//! again, and an answer that is no stream is asked for again. What asking again cannot mend ends
//! it: a listener who hears nothing must not take a revoked token for a quiet day.

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

/// How often a provider that does not stream is asked. No read limit is documented; a live call is
/// worth a few seconds' delay.
pub(crate) const POLL_EVERY: Duration = Duration::from_secs(10);
/// How many ids of events are remembered, so that none is handed out twice.
pub(crate) const SEEN_EVENTS: usize = 10_000;

impl InboundApi {
    /// What happens, for as long as it is listened to: `GET /v1/inbound/events`. Document 002.
    ///
    /// Where the provider streams, a connection that breaks is made again, after a pause that grows
    /// and with the last event's id where events have ids (`Last-Event-ID`). Where it answers with
    /// JSON, it is asked again and again. Either way each event is told once: by its id, or else by
    /// all that it says. What the provider tells at the beginning is told as well.
    ///
    /// # Errors
    /// The stream fails, and ends, where asking again cannot help: credentials, rights, a wrong
    /// address. Everything else is mended in silence, and traced.
    #[doc(alias = "/v1/inbound/events")]
    pub fn follow(&self) -> BoxStream<'static, Result<InboundEvent>> {
        let follower = Follower {
            api: self.clone(),
            clock: Arc::clone(&self.clock),
            seen: SeenIds::new(SEEN_EVENTS),
            resume: None,
            pause: FIRST_PAUSE,
            failures: 0,
            worked: false,
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
    /// The first pause before connecting again, as the provider wishes.
    pause: Duration,
    /// In a row.
    failures: u32,
    /// Whether the endpoint ever answered as it should.
    worked: bool,
    source: Source,
}

impl Follower {
    async fn next(&mut self) -> Result<InboundEvent> {
        loop {
            match &mut self.source {
                Source::Closed => self.open().await?,
                Source::Live(live) => match live.next().await {
                    Some(Ok(block)) => {
                        if let Some(event) = self.heard(block) {
                            return Ok(event);
                        }
                    }
                    Some(Err(error)) => self.broke(&error).await,
                    None => self.broke(&Error::new(ErrorKind::Transport, "the stream ended")).await,
                },
                Source::Recent(recent) => match recent.pop_front() {
                    Some(event) if self.seen.insert(&name(&event)) => return Ok(event),
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
            Err(error) if self.may_mend(&error) => {
                self.broke(&error).await;
                return Ok(());
            }
            Err(error) => return Err(error.with_operation("inbound.follow")),
        }
        self.worked = true;
        Ok(())
    }

    fn heard(&mut self, block: Block) -> Option<InboundEvent> {
        if let Some(pause) = block.retry {
            self.pause = pause.clamp(FIRST_PAUSE, LONGEST_PAUSE);
        }
        if let Some(id) = block.resume {
            // An id that no header can carry cannot be resumed from.
            self.resume =
                (!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic())).then_some(id);
        }
        let heartbeat = block.event.is_none();
        let news = block.event.filter(|event| self.seen.insert(&name(event)));
        // A provider that tells its log again and hangs up each time is no stream that works: the
        // pauses grow.
        if heartbeat || news.is_some() {
            self.failures = 0;
        }
        news
    }

    async fn broke(&mut self, error: &Error) {
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

    /// What a moment may mend. An answer that is neither stream nor list may be a proxy's page for
    /// a moment, but not from the beginning.
    fn may_mend(&self, error: &Error) -> bool {
        let kind = error.kind();
        let passing = [
            ErrorKind::Connect,
            ErrorKind::Timeout,
            ErrorKind::Transport,
            ErrorKind::Provider,
            ErrorKind::RateLimited,
            ErrorKind::Conflict,
        ];
        passing.contains(&kind) || (kind == ErrorKind::Decode && self.worked)
    }
}

/// By its id, or else by all that it says.
fn name(event: &InboundEvent) -> String {
    match &event.id {
        Some(id) => format!("id:{id}"),
        None => content_id(&[event.kind.as_deref().unwrap_or_default()], event.raw().value()),
    }
}
