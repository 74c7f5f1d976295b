//! What every part of the engine shares, and the one way to write a fact down.

use std::{collections::HashMap, fmt, future::Future, sync::Arc};

use jiff::Timestamp;
use parking_lot::Mutex;
use switchboard_core::{AttemptState, Call, CallId, CallStatus, Clock, Error, ErrorKind, Provider, ProviderId, Result, ValidCall};
use tokio::{
    runtime::Handle,
    sync::{Notify, broadcast, watch},
    task::JoinSet,
};

use crate::{
    chance::digest,
    engine::{
        builder::{RouterBuilder, RouterSettings},
        follow,
        hooks::Hooks,
        lane::Lane,
        recover,
        stop::Ending,
    },
    ids::Ids,
    journal::{Journal, Recorded, Write},
    plan::{Plan, Reading, Snapshot, plan},
    policy::Policy,
    state::{Effect, Fact},
};

/// Something that happened to a call, in words, as it happens. It holds no whole number and no secret.
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

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) policy: Policy,
    pub(crate) lanes: Vec<Arc<Lane>>,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) settings: RouterSettings,
    pub(crate) hooks: Option<Hooks>,
    pub(crate) ids: Arc<dyn Ids>,
    /// Where calls go on whose caller went away.
    runtime: Handle,
    tasks: Mutex<JoinSet<()>>,
    pub(crate) ending: Ending,
    /// Told whenever a callee is free again.
    pub(crate) released: Notify,
    live: Mutex<HashMap<CallId, watch::Sender<u64>>>,
    progress: broadcast::Sender<Progress>,
}

impl Inner {
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn new(
        policy: Policy,
        lanes: Vec<Arc<Lane>>,
        journal: Arc<dyn Journal>,
        clock: Arc<dyn Clock>,
        settings: RouterSettings,
        hooks: Option<Hooks>,
        ids: Arc<dyn Ids>,
        runtime: Handle,
    ) -> Self {
        let (progress, _) = broadcast::channel(4096);
        Self {
            policy,
            lanes,
            journal,
            clock,
            settings,
            hooks,
            ids,
            runtime,
            tasks: Mutex::default(),
            ending: Ending::default(),
            released: Notify::new(),
            live: Mutex::new(HashMap::new()),
            progress,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn lane(&self, provider: &ProviderId) -> Option<&Arc<Lane>> {
        self.lanes.iter().find(|lane| lane.id == *provider)
    }

    pub(crate) fn plan(&self, call: &ValidCall, draw: u64) -> Plan {
        let now = self.now();
        let readings: Vec<Reading> = self.lanes.iter().map(|lane| lane.reading(now)).collect();
        plan(
            call,
            &Snapshot {
                policy: &self.policy,
                readings: &readings,
                draw,
            },
            now,
        )
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

    /// Writes a fact down and tells whoever waits for the call. After a journal that cannot be written nothing is sent any more.
    pub(crate) async fn record(&self, id: CallId, fact: Fact) -> Result<Recorded> {
        self.write(id, Write::from(fact)).await
    }

    /// What came of something that had to be written down. Where it was not, nothing is sent any more.
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
        for effect in &recorded.effects {
            match effect {
                Effect::ReleaseCallee => self.released.notify_waiters(),
                Effect::Alarm => {
                    tracing::error!(call = %id, status = %recorded.call.status, "a report contradicts what was proven: look at this call");
                    self.tell(id, "ALARM: a report contradicts what was proven");
                }
                Effect::Follow | Effect::Reconcile | Effect::Next => {}
            }
        }
        if self.is_decided(&recorded.call) {
            self.signal(id);
        }
        Ok(recorded)
    }

    /// Where changes of a call are told. Get it before reading the call, so that no change is missed.
    pub(crate) fn subscribe(&self, id: CallId) -> watch::Receiver<u64> {
        self.live.lock().entry(id).or_insert_with(|| watch::channel(0).0).subscribe()
    }

    /// True where the call came to something that somebody may wait for: the steps before it is sent wake nobody.
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
            last.state == AttemptState::Sent && self.lane(&last.provider).is_some_and(|lane| lane.provider.info().synchronous)
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

    /// Tells whoever listens; the line is made only where somebody does.
    pub(crate) fn tell(&self, call: CallId, what: impl fmt::Display) {
        if !self.is_heard() {
            return;
        }
        let what = what.to_string();
        tracing::info!(%call, "{what}");
        // Nobody listening is fine.
        let _ = self.progress.send(Progress {
            call,
            at: self.now(),
            what,
        });
    }

    pub(crate) fn is_heard(&self) -> bool {
        self.progress.receiver_count() > 0 || tracing::enabled!(tracing::Level::INFO)
    }
}

/// Places calls through the best provider and follows them to their end. Cheap to clone: all clones are one router.
#[derive(Debug, Clone)]
pub struct Router {
    pub(crate) inner: Arc<Inner>,
}

impl Router {
    /// A router over the providers that the policy names.
    pub fn builder(policy: Policy) -> RouterBuilder {
        RouterBuilder::new(policy)
    }

    pub(crate) fn start(inner: Inner) -> Self {
        let inner = Arc::new(inner);
        for lane in &inner.lanes {
            follow::start(&inner, lane);
        }
        if inner.journal.is_shared() {
            recover::start(&inner);
        }
        Self { inner }
    }

    /// Who would take the call now, and why. Sends nothing. A strategy that draws is shown one draw, the same for the same number.
    pub fn plan(&self, call: &ValidCall) -> Plan {
        self.inner.plan(call, digest(&[call.to.e164().as_bytes()]))
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
    pub fn policy(&self) -> &Policy {
        &self.inner.policy
    }

    /// The providers at this moment, in the policy's order.
    pub fn readings(&self) -> Vec<Reading> {
        let now = self.inner.now();
        self.inner.lanes.iter().map(|lane| lane.reading(now)).collect()
    }
}
