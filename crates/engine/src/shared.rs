//! What every part of the engine shares, and the one way to write a fact down.

use std::{collections::HashMap, fmt, future::Future, sync::Arc};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use parking_lot::{Mutex, RwLock};
use switchboard_core::{
    AttemptState, Call, CallId, CallStatus, Clock, Error, ErrorKind, Provider, ProviderId, Result,
    ValidCall, text::one_line,
};
use switchboard_experiments::Watch;
use switchboard_journal::{
    Journal, Recorded, Write, holds_concurrency,
    state::{Effect, Fact},
};
use switchboard_router::{
    Plan, PlanRecord, Policy, Reading, Snapshot, Timings, experiment::ExperimentStates,
    hash::digest, plan, quality::Quality,
};
use tokio::{
    runtime::Handle,
    sync::{Notify, broadcast, watch},
    task::JoinSet,
};

use crate::{
    builder::{EngineBuilder, TakesUp},
    follow,
    gates::Gates,
    hands::Hands,
    hooks::Hooks,
    ids::Ids,
    lane::Lane,
    learn::Learnt,
    reconcile, recover,
    stop::Ending,
    waiting::WaitingRoom,
    world::World,
};

/// Something that happened to a call, in words, as it happens. It holds no whole number and no
/// secret.
#[derive(Debug, Clone)]
pub struct Progress {
    /// Which call.
    pub call: CallId,
    /// When.
    pub at: Timestamp,
    /// What, in one line.
    pub what: String,
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// A plan, and what it was made of.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    pub(crate) readings: Vec<Reading>,
    pub(crate) lives: Arc<ExperimentStates>,
    pub(crate) at: Timestamp,
}

impl Planned {
    /// What is kept of it with its call.
    pub(crate) fn record(&self, world: &World, draw: u64) -> PlanRecord {
        let named = world.policy.providers.iter().map(|one| &one.info.id);
        PlanRecord::of(
            &self.plan,
            world.version.as_deref(),
            draw,
            named.zip(&self.readings),
            self.at,
        )
        .knowing(Some(&self.lives))
    }
}

#[derive(Debug)]
pub(crate) struct Inner {
    world: ArcSwap<World>,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) hooks: Option<Hooks>,
    pub(crate) ids: Arc<dyn Ids>,
    /// Where calls go on whose caller went away.
    runtime: Handle,
    /// Whose calls it begins.
    pub(crate) takes_up: TakesUp,
    tasks: Mutex<JoinSet<()>>,
    pub(crate) ending: Ending,
    /// Told whenever a callee is free again, or a room.
    pub(crate) released: Notify,
    pub(crate) gates: Gates,
    pub(crate) hands: Hands,
    pub(crate) waiting: Arc<WaitingRoom>,
    pub(crate) quality: RwLock<Quality>,
    pub(crate) lives: ArcSwap<ExperimentStates>,
    pub(crate) watch: Mutex<Watch>,
    pub(crate) learnt: Mutex<Learnt>,
    live: Mutex<HashMap<CallId, watch::Sender<u64>>>,
    progress: broadcast::Sender<Progress>,
}

impl Inner {
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn new(
        world: World,
        journal: Arc<dyn Journal>,
        clock: Arc<dyn Clock>,
        hooks: Option<Hooks>,
        ids: Arc<dyn Ids>,
        runtime: Handle,
        takes_up: TakesUp,
    ) -> Self {
        let (progress, _) = broadcast::channel(4096);
        let watch = Watch::new(&world.policy);
        let settings = world.policy.quality;
        Self {
            world: ArcSwap::from_pointee(world),
            journal,
            clock,
            hooks,
            ids,
            runtime,
            takes_up,
            tasks: Mutex::default(),
            ending: Ending::default(),
            released: Notify::new(),
            gates: Gates::default(),
            hands: Hands::default(),
            waiting: Arc::default(),
            lives: ArcSwap::default(),
            watch: Mutex::new(watch),
            quality: RwLock::new(Quality::new(settings)),
            learnt: Mutex::default(),
            live: Mutex::new(HashMap::new()),
            progress,
        }
    }

    /// True where this process may send the call on that another one left.
    pub(crate) fn may_begin(&self, id: CallId) -> bool {
        match self.takes_up {
            TakesUp::Everything => true,
            TakesUp::Asked => self.hands.asked_at(id).is_some(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The configuration that holds now. Whoever decides twice about one call keeps the one that it
    /// has.
    pub(crate) fn world(&self) -> Arc<World> {
        self.world.load_full()
    }

    pub(crate) fn timings(&self) -> Timings {
        self.world.load().policy.timings
    }

    /// The lane of a provider, also of one that only a former configuration names.
    pub(crate) fn lane(&self, provider: &ProviderId) -> Option<Arc<Lane>> {
        self.world.load().lane(provider).cloned()
    }

    /// Every lane, also of providers that only a former configuration names.
    pub(crate) fn lanes(&self) -> Vec<Arc<Lane>> {
        let world = self.world.load();
        world.lanes.iter().chain(&world.retired).cloned().collect()
    }

    pub(crate) fn plan(&self, world: &World, call: &ValidCall, draw: u64) -> Planned {
        let now = self.now();
        let readings = world.lanes.iter().map(|lane| lane.reading(now)).collect();
        self.plan_of(world, call, draw, readings, now)
    }

    /// The same as if nobody were left out for failing more often than the others.
    pub(crate) fn plan_over_ejections(
        &self,
        world: &World,
        call: &ValidCall,
        draw: u64,
    ) -> Planned {
        let now = self.now();
        let here = |lane: &Arc<Lane>| Reading { ejected_until: None, ..lane.reading(now) };
        let readings = world.lanes.iter().map(here).collect();
        self.plan_of(world, call, draw, readings, now)
    }

    fn plan_of(
        &self,
        world: &World,
        call: &ValidCall,
        draw: u64,
        readings: Vec<Reading>,
        now: Timestamp,
    ) -> Planned {
        let (quality, lives) = (self.quality.read(), self.lives());
        let snapshot = Snapshot {
            policy: &world.policy,
            readings: &readings,
            draw,
            quality: Some(&*quality),
            lives: Some(&lives),
        };
        let plan = plan(call, &snapshot, now);
        Planned { plan, readings, lives, at: now }
    }

    /// Lets work go on by itself, until it ends or the router is stopped.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        if self.ending.is_over() {
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

    /// Writes a fact down and tells whoever waits for the call. After a journal that cannot be
    /// written nothing is sent any more.
    pub(crate) async fn record(&self, id: CallId, fact: Fact) -> Result<Recorded> {
        self.write(id, Write::from(fact)).await
    }

    /// What came of something that had to be written down. Where it was not, nothing is sent any
    /// more.
    pub(crate) fn kept<T>(&self, written: Result<T>) -> Result<T> {
        if let Err(error) = &written
            && error.kind() == ErrorKind::Journal
        {
            self.ending.halt();
            tracing::error!(%error, "the journal failed: sending has stopped");
        }
        written
    }

    /// The same for several facts, and with what they need.
    pub(crate) async fn write(&self, id: CallId, write: Write) -> Result<Recorded> {
        let recorded = self.kept(self.journal.write(id, write, self.now()).await)?;
        self.make_room(&recorded.call);
        self.learn_from(&recorded.call);
        if recorded.call.status.is_settled() {
            self.hands.forget(id);
        }
        for effect in &recorded.effects {
            match effect {
                Effect::ReleaseCallee => self.released.notify_waiters(),
                Effect::Alarm => {
                    tracing::error!(call = %id, status = %recorded.call.status, "what a provider says contradicts what was proven, or cannot be: look at this call");
                    self.tell(
                        id,
                        "ALARM: what the provider says contradicts what was proven, or cannot be",
                    );
                }
                Effect::Follow | Effect::Reconcile | Effect::Next => {}
            }
        }
        if self.is_decided(&recorded.call) {
            self.signal(id);
        }
        Ok(recorded)
    }

    /// Takes in how a call stands that another process wrote to: what it no longer keeps is free,
    /// and whoever waits for it is told.
    pub(crate) fn notice(&self, call: &Call) {
        self.make_room(call);
        self.learn_from(call);
        for lane in &self.lanes() {
            for attempt in call.attempts.iter().filter(|attempt| attempt.provider == lane.id) {
                if reconcile::is_told_apart(call, attempt.id) {
                    lane.settled(attempt.id);
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

    /// What its attempts no longer keep is free for others.
    fn make_room(&self, call: &Call) {
        let over = call.attempts.iter().filter(|attempt| !holds_concurrency(attempt));
        let left = over.fold(false, |left, attempt| {
            let lane = self.lane(&attempt.provider).is_some_and(|lane| lane.leave(attempt.id));
            self.gates.leave(attempt.id) || lane || left
        });
        if left {
            self.released.notify_waiters();
            self.waiting.look();
        }
    }

    /// Where changes of a call are told. Get it before reading the call, so that no change is
    /// missed.
    pub(crate) fn subscribe(&self, id: CallId) -> watch::Receiver<u64> {
        self.live.lock().entry(id).or_insert_with(|| watch::channel(0).0).subscribe()
    }

    /// True where the call came to something that somebody may wait for: the steps before it is
    /// sent wake nobody.
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

    /// True where its attempt is sent and the answer comes when the phone call is over.
    fn waits_for_the_call_to_end(&self, call: &Call) -> bool {
        call.attempts.last().is_some_and(|last| {
            last.state == AttemptState::Sent
                && self.lane(&last.provider).is_some_and(|lane| lane.provider.info().synchronous)
        })
    }

    /// Drops what nobody waits for any more.
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

    /// Tells whoever listens; the line is made only where somebody does. It may hold a provider's
    /// words, so that it is masked here.
    pub(crate) fn tell(&self, call: CallId, what: impl fmt::Display) {
        if !self.is_heard() {
            return;
        }
        let what = one_line(&what.to_string());
        tracing::info!(%call, "{what}");
        // Nobody listening is fine.
        let _ = self.progress.send(Progress { call, at: self.now(), what });
    }

    pub(crate) fn is_heard(&self) -> bool {
        self.progress.receiver_count() > 0 || tracing::enabled!(tracing::Level::INFO)
    }
}

/// Places calls through the best provider and follows them to their end. Cheap to clone: all clones
/// are one router.
#[derive(Debug, Clone)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
}

impl Engine {
    /// A router over the providers that the policy names.
    pub fn builder(policy: Policy) -> EngineBuilder {
        EngineBuilder::new(policy)
    }

    pub(crate) fn start(inner: Inner) -> Self {
        let inner = Arc::new(inner);
        for lane in &inner.world().lanes {
            follow::start(&inner, lane.id.clone());
        }
        if inner.journal.is_shared() {
            recover::start(&inner);
        }
        Self { inner }
    }

    /// Who would take the call now, and why. Sends nothing. A strategy that draws is shown one
    /// draw, the same for the same number.
    pub fn plan(&self, call: &ValidCall) -> Plan {
        self.inner.plan(&self.inner.world(), call, digest(&[call.to.e164().as_bytes()])).plan
    }

    /// One call as it stands.
    ///
    /// # Errors
    /// `NotFound` where there is none of that id.
    pub async fn get(&self, id: CallId) -> Result<Call> {
        self.inner
            .journal
            .get(id)
            .await?
            .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("there is no call {id}")))
    }

    /// Every call, oldest first.
    ///
    /// # Errors
    /// `Journal` where it cannot be read.
    pub async fn calls(&self) -> Result<Vec<Call>> {
        self.inner.journal.list().await
    }

    /// What happens from now on, in words. A listener that is too slow loses the oldest lines.
    pub fn events(&self) -> broadcast::Receiver<Progress> {
        self.inner.progress.subscribe()
    }

    /// One provider.
    pub fn provider(&self, id: &ProviderId) -> Option<Arc<dyn Provider>> {
        self.inner.lane(id).map(|lane| Arc::clone(&lane.provider))
    }

    /// What planning rests on.
    pub fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.inner.world().policy)
    }

    /// What the configuration is called in the journal.
    pub fn version(&self) -> Option<String> {
        self.inner.world().version.clone()
    }

    /// Swaps the configuration as a whole: policy and providers of this builder, which must
    /// name the providers as for [`EngineBuilder::build`]. Calls under way keep the one that they
    /// were planned in; calls that wait are planned anew. What was learnt of a provider that stays,
    /// its limits that are used and its calls, is kept; the calls of one that goes are followed to
    /// their end. The builder's journal, clock, ids and webhook address are not looked at: they
    /// last as long as the router.
    ///
    /// # Errors
    /// `Configuration`, as [`EngineBuilder::build`]. Nothing changed then.
    pub fn reload(&self, with: EngineBuilder) -> Result<()> {
        let inner = &self.inner;
        let former = inner.world();
        let world = World::new(with.parts(), Some(&former), &inner.clock)?;
        let new: Vec<ProviderId> = world
            .lanes
            .iter()
            .filter(|lane| former.lane(&lane.id).is_none())
            .map(|lane| lane.id.clone())
            .collect();
        if inner.watch.lock().set(&world.policy) {
            // Calls of an experiment that is guarded from now on count from its beginning.
            *inner.learnt.lock() = Learnt::default();
        }
        inner.quality.write().set(world.policy.quality);
        inner.world.store(Arc::new(world));
        for provider in new {
            follow::start(inner, provider);
        }
        inner.released.notify_waiters();
        inner.waiting.shake();
        Ok(())
    }

    /// How many calls wait here for a limit, a pause or a provider that fails. They go in fair
    /// order by tenant: see [`crate::fair`].
    pub fn waiting(&self) -> usize {
        self.inner.waiting.len()
    }

    /// The providers at this moment, in the policy's order.
    pub fn readings(&self) -> Vec<Reading> {
        let now = self.inner.now();
        self.inner.world().lanes.iter().map(|lane| lane.reading(now)).collect()
    }
}
