//! The state that all parts of the engine share, and the only way to record a fact.

use std::{collections::HashMap, future::Future, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use futures::future::BoxFuture;
use jiff::Timestamp;
use parking_lot::{Mutex, RwLock};
use switchboard_core::{
    AttemptState, Call, CallId, CallStatus, Clock, Error, ErrorKind, PlaceRequest, ProviderId,
    Result, ValidCall,
};
use switchboard_experiments::Watch;
use switchboard_journal::{
    Journal, ListCache, Recorded, Write, WriteError, holds_concurrency,
    state::{Effect, Fact},
};
use switchboard_router::{
    Reading, Snapshot, Timings, experiment::ExperimentStates, plan, quality::Quality,
};
use tokio::{
    runtime::Handle,
    sync::{Notify, Semaphore, SemaphorePermit, broadcast, watch},
    task::JoinSet,
};
use tracing::Instrument;

use crate::{
    attempt_counts::AttemptCounts,
    config::ActiveConfig,
    departure::Departure,
    events::{CallEvent, CallEventKind, WaitReason},
    identified::is_identified,
    ids::Ids,
    in_progress::InProgress,
    learned::LearnCursor,
    planned::Planned,
    provider::ProviderRuntime,
    scope_limits::ScopeLimits,
    shutdown::Shutdown,
    takes_up::TakesUp,
    waiting::WaitQueue,
    webhook_address::WebhookAddresses,
};

/// How many calls that were left by others begin to be worked on at the same time. Thousands may be
/// taken over at once, and the journal serves in order: without this, whatever else this process has
/// to read or write would wait for all of them.
const TAKES_UP_AT_ONCE: usize = 8;

/// Functions of higher-level modules that lower-level ones call. Set when the engine is built, so
/// that no module imports one above it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Callbacks {
    /// Continues to drive a call that is in the journal.
    pub(crate) resume: fn(&Arc<Shared>, &Call),
    /// Looks again at a call after something else tried to work on it while it was being worked on.
    pub(crate) look_again: fn(&Arc<Shared>, CallId),
    /// Sends the request of an attempt in doubt once more under its key.
    pub(crate) repeat: Repeat,
}

/// True if the request was sent.
pub(crate) type Repeat = for<'a> fn(
    &'a Arc<Shared>,
    CallId,
    &'a Arc<ProviderRuntime>,
    &'a PlaceRequest,
    Departure,
) -> BoxFuture<'a, Result<bool>>;

#[derive(Debug)]
pub(crate) struct Shared {
    config: ArcSwap<ActiveConfig>,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) hooks: Option<WebhookAddresses>,
    pub(crate) callbacks: Callbacks,
    pub(crate) ids: Arc<dyn Ids>,
    /// Runs the engine's background tasks.
    runtime: Handle,
    /// Which calls of dead processes this engine continues.
    pub(crate) takes_up: TakesUp,
    tasks: Mutex<JoinSet<()>>,
    pub(crate) shutdown: Shutdown,
    /// Notified whenever a callee or a concurrency slot is released.
    pub(crate) released: Notify,
    pub(crate) gates: ScopeLimits,
    pub(crate) in_progress: InProgress,
    pub(crate) attempts: AttemptCounts,
    pub(crate) waiting: Arc<WaitQueue>,
    /// Whose turn it is to reserve in a shared journal.
    reserving: Option<Semaphore>,
    /// Whose turn it is to begin to work on a call that another process left.
    taking_up: Semaphore,
    pub(crate) quality: RwLock<Quality>,
    pub(crate) experiment_states: ArcSwap<ExperimentStates>,
    pub(crate) watch: Mutex<Watch>,
    pub(crate) learned: Mutex<LearnCursor>,
    /// The lists of numbers of the journal, in memory.
    pub(crate) lists: ListCache,
    /// When the lists were last read, in uptime.
    pub(crate) lists_read: Mutex<Option<Duration>>,
    live: Mutex<HashMap<CallId, watch::Sender<u64>>>,
    events: broadcast::Sender<CallEvent>,
}

impl Shared {
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn new(
        config: ActiveConfig,
        journal: Arc<dyn Journal>,
        clock: Arc<dyn Clock>,
        hooks: Option<WebhookAddresses>,
        ids: Arc<dyn Ids>,
        runtime: Handle,
        takes_up: TakesUp,
        callbacks: Callbacks,
    ) -> Self {
        let (events, _) = broadcast::channel(4096);
        let watch = Watch::new(&config.policy);
        let settings = config.policy.quality;
        let reserving = journal.reserves_at_once().map(|at_once| Semaphore::new(at_once.get()));
        Self {
            lists: ListCache::new(&*journal),
            lists_read: Mutex::default(),
            config: ArcSwap::from_pointee(config),
            journal,
            clock,
            hooks,
            callbacks,
            ids,
            runtime,
            takes_up,
            tasks: Mutex::default(),
            shutdown: Shutdown::default(),
            released: Notify::new(),
            gates: ScopeLimits::default(),
            in_progress: InProgress::default(),
            attempts: AttemptCounts::default(),
            waiting: Arc::default(),
            reserving,
            taking_up: Semaphore::new(TAKES_UP_AT_ONCE),
            experiment_states: ArcSwap::default(),
            watch: Mutex::new(watch),
            quality: RwLock::new(Quality::new(settings)),
            learned: Mutex::default(),
            live: Mutex::new(HashMap::new()),
            events,
        }
    }

    /// True if this process may continue a call that another process left unfinished.
    pub(crate) fn may_resume(&self, id: CallId) -> bool {
        match self.takes_up {
            TakesUp::Everything => true,
            TakesUp::Asked => self.in_progress.asked_at(id).is_some(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The current configuration. Code that makes several decisions about one call must load it
    /// once and keep it.
    pub(crate) fn config(&self) -> Arc<ActiveConfig> {
        self.config.load_full()
    }

    /// Replaces the whole configuration.
    pub(crate) fn set_config(&self, config: ActiveConfig) {
        self.config.store(Arc::new(config));
    }

    pub(crate) fn timings(&self) -> Timings {
        self.config.load().policy.timings
    }

    /// The runtime of a provider, even if only a former configuration names it.
    pub(crate) fn runtime(&self, provider: &ProviderId) -> Option<Arc<ProviderRuntime>> {
        self.config.load().runtime(provider).cloned()
    }

    /// All provider runtimes, including those that only a former configuration names.
    pub(crate) fn runtimes(&self) -> Vec<Arc<ProviderRuntime>> {
        let config = self.config.load();
        config.runtimes.iter().chain(&config.retired).cloned().collect()
    }

    pub(crate) fn plan(&self, config: &ActiveConfig, call: &ValidCall, draw: u64) -> Planned {
        let now = self.now();
        let readings = config.runtimes.iter().map(|runtime| runtime.reading(now)).collect();
        self.plan_of(config, call, draw, readings, now)
    }

    /// Makes the plan as if no provider were ejected as an outlier.
    pub(crate) fn plan_over_ejections(
        &self,
        config: &ActiveConfig,
        call: &ValidCall,
        draw: u64,
    ) -> Planned {
        let now = self.now();
        let here = |runtime: &Arc<ProviderRuntime>| Reading {
            ejected_until: None,
            ..runtime.reading(now)
        };
        let readings = config.runtimes.iter().map(here).collect();
        self.plan_of(config, call, draw, readings, now)
    }

    fn plan_of(
        &self,
        config: &ActiveConfig,
        call: &ValidCall,
        draw: u64,
        readings: Vec<Reading>,
        now: Timestamp,
    ) -> Planned {
        let _span = tracing::debug_span!("plan", draw).entered();
        let (quality, experiment_states) = (self.quality.read(), self.experiment_states());
        let snapshot = Snapshot {
            policy: &config.policy,
            readings: &readings,
            draw,
            quality: Some(&*quality),
            experiments: Some(&experiment_states),
        };
        let plan = plan(call, &snapshot, now);
        Planned { plan, readings, experiment_states, at: now }
    }

    /// Spawns background work, which runs until it ends or the engine is stopped.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        if self.shutdown.is_over() {
            return;
        }
        let mut tasks = self.tasks.lock();
        while tasks.try_join_next().is_some() {}
        tasks.spawn_on(work, &self.runtime);
    }

    pub(crate) fn wake_all(&self) {
        self.live.lock().clear();
    }

    pub(crate) fn abort_all(&self) {
        self.tasks.lock().abort_all();
    }

    /// Records a fact and wakes those who wait for the call. If the journal cannot be written,
    /// sending stops.
    pub(crate) async fn record(&self, id: CallId, fact: Fact) -> Result<Recorded, WriteError> {
        self.write(id, Write::from(fact)).await
    }

    /// Passes on the result of a write that must not fail. If the journal failed, sending stops.
    pub(crate) fn halt_on_journal_error<T>(&self, written: Result<T>) -> Result<T> {
        if let Err(error) = &written
            && error.kind() == ErrorKind::Journal
        {
            self.journal_failed(error);
        }
        written
    }

    fn journal_failed(&self, error: &Error) {
        self.shutdown.halt();
        tracing::error!(%error, "the journal failed: sending has stopped");
    }

    /// Like [`Shared::record`], for several facts in one transaction and with the reservation that
    /// they need.
    pub(crate) async fn write(&self, id: CallId, write: Write) -> Result<Recorded, WriteError> {
        let remembered = self.remember_person(id, &write.facts).await;
        self.halt_on_journal_error(remembered)?;
        let commit = tracing::debug_span!("ledger.commit", call = %id);
        let written = self.journal.write(id, write, self.now()).instrument(commit).await;
        let recorded = written.inspect_err(|error| {
            if let WriteError::Unavailable(error) = error {
                self.journal_failed(error);
            }
        })?;
        self.in_progress.end_wait(id);
        self.release_capacity(&recorded.call);
        self.learn_from(&recorded.call);
        if recorded.call.status.is_settled() {
            self.in_progress.forget(id);
        }
        for effect in &recorded.effects {
            match effect {
                Effect::ReleaseCallee => self.released.notify_waiters(),
                Effect::Alarm => {
                    tracing::error!(call = %id, status = %recorded.call.status, "a provider's report contradicts what was proven, or is impossible: look at this call");
                    self.report(id, || CallEventKind::Alarm {
                        reason: "the provider's report contradicts what was proven, or is impossible",
                    });
                }
                Effect::Follow | Effect::Reconcile | Effect::Next => {}
            }
        }
        if self.is_decided(&recorded.call) {
            self.signal(id);
        }
        Ok(recorded)
    }

    /// Applies changes that another process made to a call: releases what the call no longer holds,
    /// and wakes those who wait for it.
    pub(crate) fn notice(&self, call: &Call) {
        self.release_capacity(call);
        self.learn_from(call);
        for runtime in &self.runtimes() {
            for attempt in call.attempts.iter().filter(|attempt| attempt.provider == runtime.id) {
                if is_identified(call, attempt.id) {
                    runtime.settled(attempt.id);
                }
            }
        }
        if !call.status.holds_callee() {
            self.released.notify_waiters();
        }
        if self.is_decided(call) {
            self.signal(call.id);
        }
    }

    /// Releases the capacity that its attempts no longer hold.
    fn release_capacity(&self, call: &Call) {
        let over = call.attempts.iter().filter(|attempt| !holds_concurrency(attempt));
        let left = over.fold(false, |left, attempt| {
            let runtime =
                self.runtime(&attempt.provider).is_some_and(|runtime| runtime.leave(attempt.id));
            self.gates.leave(attempt.id) || runtime || left
        });
        if left {
            self.released.notify_waiters();
            self.waiting.look();
        }
    }

    /// Subscribes to changes of a call. Subscribe before reading the call, so that no change is
    /// missed.
    pub(crate) fn subscribe(&self, id: CallId) -> watch::Receiver<u64> {
        self.live.lock().entry(id).or_insert_with(|| watch::channel(0).0).subscribe()
    }

    /// True if the call reached a state that callers wait for. The steps before it is sent do not
    /// wake them.
    pub(crate) fn is_decided(&self, call: &Call) -> bool {
        match call.status {
            CallStatus::Received | CallStatus::Admitted => false,
            CallStatus::Attempting => self.waits_for_the_call_to_end(call),
            CallStatus::Scheduled
            | CallStatus::InProgress
            | CallStatus::Closed
            | CallStatus::Refused
            | CallStatus::NeedsApproval
            | CallStatus::Indeterminate
            | CallStatus::Stalled => true,
        }
    }

    /// True if its attempt was sent to a provider that only answers when the phone call is over.
    fn waits_for_the_call_to_end(&self, call: &Call) -> bool {
        call.attempts.last().is_some_and(|last| {
            last.state == AttemptState::Sent
                && self
                    .runtime(&last.provider)
                    .is_some_and(|runtime| runtime.provider.info().synchronous)
        })
    }

    /// Drops the channel of a call if nobody is subscribed any more.
    pub(crate) fn forget(&self, id: CallId) {
        let mut live = self.live.lock();
        if live.get(&id).is_some_and(|sender| sender.receiver_count() == 0) {
            live.remove(&id);
        }
    }

    fn signal(&self, id: CallId) {
        if let Some(sender) = self.live.lock().get(&id) {
            sender.send_modify(|count| *count += 1);
        }
    }

    /// Reports what happened to a call. The event is built only if there is a subscriber or a log.
    pub(crate) fn report(&self, call: CallId, kind: impl FnOnce() -> CallEventKind) {
        if !self.is_heard() {
            return;
        }
        let event = CallEvent::new(call, self.now(), kind());
        tracing::info!(%call, kind = event.kind.as_str(), "{event}");
        // An error only means that there are no subscribers.
        let _ = self.events.send(event);
    }

    /// Notes and reports why a call waits.
    pub(crate) fn report_wait(&self, call: CallId, reason: WaitReason) {
        self.in_progress.set_wait(call, reason.clone());
        self.report(call, || CallEventKind::Waiting(reason));
    }

    /// The current record of a call.
    ///
    /// # Errors
    /// `NotFound` if no call has this id.
    pub(crate) async fn call(&self, id: CallId) -> Result<Call> {
        self.journal
            .get(id)
            .await?
            .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("there is no call {id}")))
    }

    /// Waits until this process may ask the journal to reserve an attempt. The turn lasts until the
    /// permit is dropped.
    pub(crate) async fn reserving_turn(&self) -> Option<SemaphorePermit<'_>> {
        self.reserving.as_ref()?.acquire().await.ok()
    }

    /// Waits until this process may begin to work on a call that another one left. The turn lasts
    /// until the permit is dropped.
    pub(crate) async fn taking_up_turn(&self) -> Option<SemaphorePermit<'_>> {
        self.taking_up.acquire().await.ok()
    }

    /// Continues to drive a call that is in the journal.
    pub(crate) fn resume(self: &Arc<Self>, call: &Call) {
        (self.callbacks.resume)(self, call);
    }

    /// Subscribes to the events of all calls.
    pub(crate) fn subscribe_events(&self) -> broadcast::Receiver<CallEvent> {
        self.events.subscribe()
    }

    pub(crate) fn is_heard(&self) -> bool {
        self.events.receiver_count() > 0 || tracing::enabled!(tracing::Level::INFO)
    }
}
