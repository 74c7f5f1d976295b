//! A provider whose answers a test scripts with mocks, and which remembers when it was asked what.
//!
//! The log and not the mock says how often a phone could have rung: the router survives a backend
//! that panics, and so would survive a mock that complains.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use parking_lot::Mutex;
use switchboard_core::{
    CallFilter, CallLists, Calls, CancelCalls, Coverage, Delivery, Error, ErrorKind, Event,
    EventFeed, Idempotency, IncomingWebhook, MockCallLists, MockCalls, MockCancelCalls,
    MockRecordings, MockStopCalls, MockTranscripts, MockUsage, Page, PageRequest, PlaceError,
    PlaceRequest, Provider, ProviderCall, ProviderCallId, ProviderInfo, ReadTurns, Recording,
    Recordings, Refusal, Result, StopCalls, Trace, Transcript, Transcripts, Usage, WebhookReceiver,
    WebhookSubscriptions, Webhooks,
};

use super::{Log, Op, id};

type Receive = Box<dyn Fn(&IncomingWebhook) -> Result<Vec<Event>> + Send + Sync>;

/// A provider to be.
pub(crate) struct Fake {
    pub(crate) info: ProviderInfo,
    /// What is scripted here comes before the answers that every fake has: empty lists, no traces.
    pub(crate) calls: MockCalls,
    pub(crate) lists: MockCallLists,
    pub(crate) transcripts: MockTranscripts,
    pub(crate) recordings: MockRecordings,
    pub(crate) cancels: Option<MockCancelCalls>,
    pub(crate) stops: Option<MockStopCalls>,
    pub(crate) usage: Option<MockUsage>,
    pub(crate) receive: Option<Receive>,
    /// How long the placing request takes.
    pub(crate) place_takes: Duration,
    /// How long a list takes.
    pub(crate) list_takes: Duration,
    /// How many requests each of its reads takes, where it takes a turn for each.
    pub(crate) requests_each: Option<usize>,
    log: Arc<Log>,
}

impl Fake {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            info: {
                let mut info = ProviderInfo::new(id(name));
                info.failure_domains = format!("{name}'s own").into();
                info.countries = Coverage::All;
                info.languages = Coverage::All;
                info.idempotency = Idempotency::Undocumented;
                info
            },
            calls: MockCalls::new(),
            lists: MockCallLists::new(),
            transcripts: MockTranscripts::new(),
            recordings: MockRecordings::new(),
            cancels: None,
            stops: None,
            usage: None,
            receive: None,
            place_takes: Duration::ZERO,
            list_takes: Duration::ZERO,
            requests_each: None,
            log: Arc::new(Log::new()),
        }
    }

    /// Every placing request is answered so.
    pub(crate) fn placing(
        mut self,
        answer: impl Fn(&PlaceRequest) -> Result<ProviderCall, PlaceError> + Send + 'static,
    ) -> Self {
        self.calls.expect_place().returning(answer);
        self
    }

    /// So many placing requests are answered so; script what comes after next.
    pub(crate) fn placing_times(
        mut self,
        times: usize,
        answer: impl Fn(&PlaceRequest) -> Result<ProviderCall, PlaceError> + Send + 'static,
    ) -> Self {
        self.calls.expect_place().times(times).returning(answer);
        self
    }

    /// It must never be asked to place a call.
    pub(crate) fn never_placing(mut self) -> Self {
        self.calls.expect_place().never();
        self
    }

    /// Its list shows these calls, on one page.
    pub(crate) fn listing(
        mut self,
        answer: impl Fn() -> Vec<ProviderCall> + Send + 'static,
    ) -> Self {
        self.lists.expect_list().returning(move |_, _| Ok(Page { items: answer(), next: None }));
        self
    }

    /// Reading one call answers so.
    pub(crate) fn getting(
        mut self,
        answer: impl Fn(&ProviderCallId) -> Result<ProviderCall> + Send + 'static,
    ) -> Self {
        self.calls.expect_get().returning(answer);
        self
    }

    /// Evidence is answered so.
    pub(crate) fn tracing(
        mut self,
        answer: impl Fn(&PlaceRequest) -> Result<Vec<Trace>> + Send + 'static,
    ) -> Self {
        self.calls.expect_trace().returning(move |order, _| answer(order));
        self
    }

    pub(crate) fn log(&self) -> Arc<Log> {
        Arc::clone(&self.log)
    }

    /// The provider, with quiet answers for all that was not scripted.
    pub(crate) fn build(mut self) -> Arc<dyn Provider> {
        self.lists.expect_list().returning(|_, _| Ok(Page { items: Vec::new(), next: None }));
        self.calls.expect_get().returning(|_| Err(Error::new(ErrorKind::NotFound, "no such call")));
        self.calls.expect_trace().returning(|_, _| Ok(Vec::new()));
        let log = self.log();
        Arc::new(Built {
            info: self.info,
            calls: Watched {
                inner: self.calls,
                lists: self.lists,
                transcripts: self.transcripts,
                recordings: self.recordings,
                place_takes: self.place_takes,
                list_takes: self.list_takes,
                requests_each: self.requests_each,
                turns: Mutex::default(),
                log: Arc::clone(&log),
            },
            cancels: self.cancels,
            stops: self.stops,
            usage: self.usage,
            webhooks: self.receive.map(|receive| Hooks(receive, log)),
        })
    }
}

/// The failure of a placing request.
pub(crate) fn failure(kind: ErrorKind, delivery: Delivery) -> PlaceError {
    PlaceError::new(delivery, Error::new(kind, "as the test says"))
}

pub(crate) fn not_sent() -> PlaceError {
    failure(ErrorKind::Connect, Delivery::NotSent)
}

pub(crate) fn unknown() -> PlaceError {
    failure(ErrorKind::Timeout, Delivery::Unknown)
}

pub(crate) fn refused(kind: ErrorKind, refusal: Refusal) -> PlaceError {
    failure(kind, Delivery::Refused(refusal))
}

const PANIC: &str = "panic";

/// What a script returns where the backend shall panic.
pub(crate) fn panics() -> PlaceError {
    failure(ErrorKind::Provider, Delivery::NotSent).map(|error| error.with_code(PANIC))
}

#[derive(Debug)]
struct Watched {
    inner: MockCalls,
    lists: MockCallLists,
    transcripts: MockTranscripts,
    recordings: MockRecordings,
    place_takes: Duration,
    list_takes: Duration,
    requests_each: Option<usize>,
    turns: Mutex<Option<Arc<dyn ReadTurns>>>,
    log: Arc<Log>,
}

impl Watched {
    async fn reads(&self, op: Op) {
        let turns = self.turns.lock().clone();
        match (turns, self.requests_each) {
            (Some(turns), Some(requests)) => {
                for _ in 0..requests {
                    turns.turn().await;
                    self.log.note(op);
                }
            }
            (None, _) | (_, None) => self.log.note(op),
        }
    }
}

#[async_trait]
impl Calls for Watched {
    async fn place(&self, order: &PlaceRequest) -> Result<ProviderCall, PlaceError> {
        self.log.placing(order);
        tokio::time::sleep(self.place_takes).await;
        let answer = self.inner.place(order).await;
        // Here and not in the script: a mock that panics is of no use afterwards.
        if let Err(failed) = &answer {
            assert!(failed.error().code() != Some(PANIC), "as the script says");
        }
        answer
    }

    async fn get(&self, id: &ProviderCallId) -> Result<ProviderCall> {
        self.reads(Op::Get).await;
        self.inner.get(id).await
    }

    async fn trace(&self, order: &PlaceRequest, sent_at: Timestamp) -> Result<Vec<Trace>> {
        self.reads(Op::Trace).await;
        self.inner.trace(order, sent_at).await
    }
}

#[async_trait]
impl CallLists for Watched {
    async fn list(&self, filter: &CallFilter, page: &PageRequest) -> Result<Page<ProviderCall>> {
        self.reads(Op::List).await;
        tokio::time::sleep(self.list_takes).await;
        self.lists.list(filter, page).await
    }
}

#[async_trait]
impl Transcripts for Watched {
    async fn transcript(&self, id: &ProviderCallId) -> Result<Transcript> {
        self.transcripts.transcript(id).await
    }
}

#[async_trait]
impl Recordings for Watched {
    async fn recording(&self, id: &ProviderCallId) -> Result<Recording> {
        self.recordings.recording(id).await
    }
}

struct Hooks(Receive, Arc<Log>);

impl std::fmt::Debug for Hooks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hooks")
    }
}

impl Webhooks for Hooks {
    fn receiver(&self) -> Option<&dyn WebhookReceiver> {
        Some(self)
    }

    fn subscriptions(&self) -> Option<&dyn WebhookSubscriptions> {
        None
    }

    fn feed(&self) -> Option<&dyn EventFeed> {
        None
    }
}

impl WebhookReceiver for Hooks {
    fn receive(&self, delivery: &IncomingWebhook) -> Result<Vec<Event>> {
        self.1.receiving();
        (self.0)(delivery)
    }
}

#[derive(Debug)]
struct Built {
    info: ProviderInfo,
    calls: Watched,
    cancels: Option<MockCancelCalls>,
    stops: Option<MockStopCalls>,
    usage: Option<MockUsage>,
    webhooks: Option<Hooks>,
}

impl Provider for Built {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn calls(&self) -> &dyn Calls {
        &self.calls
    }

    fn lists(&self) -> Option<&dyn CallLists> {
        Some(&self.calls)
    }

    fn transcripts(&self) -> Option<&dyn Transcripts> {
        Some(&self.calls)
    }

    fn recordings(&self) -> Option<&dyn Recordings> {
        Some(&self.calls)
    }

    fn cancels(&self) -> Option<&dyn CancelCalls> {
        self.cancels.as_ref().map(|cancels| cancels as &dyn CancelCalls)
    }

    fn stops(&self) -> Option<&dyn StopCalls> {
        self.stops.as_ref().map(|stops| stops as &dyn StopCalls)
    }

    fn webhooks(&self) -> Option<&dyn Webhooks> {
        self.webhooks.as_ref().map(|webhooks| webhooks as &dyn Webhooks)
    }

    fn usage(&self) -> Option<&dyn Usage> {
        self.usage.as_ref().map(|usage| usage as &dyn Usage)
    }

    fn take_turns(&self, turns: Arc<dyn ReadTurns>) -> bool {
        let takes = self.calls.requests_each.is_some();
        if takes {
            *self.calls.turns.lock() = Some(turns);
        }
        takes
    }
}
