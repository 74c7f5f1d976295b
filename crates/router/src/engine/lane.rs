//! What is true of one provider at this moment: its limits, its health, its open attempts.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use parking_lot::Mutex;
use switchboard_core::{
    AgentId, AttemptId, CallId, Clock, Delivery, Error, Idempotency, Provider, ProviderCallId, ProviderId, RequestLimit,
};
use tokio::sync::Notify;
use tower::retry::budget::{Budget, TpsBudget};

use crate::{
    engine::LaneSettings,
    health::{Breaker, BreakerState, speaks_against_provider},
    journal::SlotNeed,
    limit::{Headroom, Pace, SlidingLog, Slot},
    plan::Reading,
};

/// A call that the provider has and that is not over.
#[derive(Debug, Clone)]
pub(crate) struct Watch {
    pub(crate) call: CallId,
    pub(crate) attempt: AttemptId,
    pub(crate) since: Timestamp,
    /// When it is stopped, where the provider can.
    pub(crate) longest: Timestamp,
    pub(crate) stopped: bool,
    pub(crate) deadline: Timestamp,
    pub(crate) last_word: Option<String>,
    pub(crate) missed: u32,
}

/// A call that is over and whose bill is not known.
#[derive(Debug, Clone)]
pub(crate) struct Unbilled {
    pub(crate) call: CallId,
    pub(crate) attempt: AttemptId,
    pub(crate) since: Timestamp,
    pub(crate) looks: u32,
}

#[derive(Debug)]
struct State {
    places: Option<SlidingLog>,
    reads: Option<SlidingLog>,
    breaker: Breaker,
    paused_until: Option<Timestamp>,
    /// Other processes keep it busy until then.
    full_until: Option<Timestamp>,
    in_doubt: BTreeMap<AttemptId, Option<AgentId>>,
    time_to_accept: Option<Duration>,
    watches: BTreeMap<ProviderCallId, Watch>,
    unbilled: BTreeMap<ProviderCallId, Unbilled>,
}

/// One provider's lane.
pub(crate) struct Lane {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) id: ProviderId,
    /// Wakes the follower.
    pub(crate) work: Notify,
    pace: Option<Pace>,
    place_limit: Option<RequestLimit>,
    retries: TpsBudget,
    state: Mutex<State>,
}

impl fmt::Debug for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lane").field("provider", &self.id).finish_non_exhaustive()
    }
}

impl Lane {
    pub(crate) fn new(provider: Arc<dyn Provider>, settings: &LaneSettings, clock: &Arc<dyn Clock>) -> Self {
        let id = provider.info().id.clone();
        let log = |limit: Option<switchboard_core::RequestLimit>| limit.map(|limit| SlidingLog::new(limit.requests, limit.window));
        Self {
            id,
            work: Notify::new(),
            place_limit: settings.place_limit,
            pace: settings.calls_per_second.map(|rate| Pace::new(rate, rate, Arc::clone(clock))),
            // A tenth of the requests may be retries, and ten in any ten seconds whatever the traffic.
            retries: TpsBudget::new(Duration::from_secs(10), 1, 0.1),
            state: Mutex::new(State {
                places: log(settings.place_limit),
                reads: log(settings.read_limit),
                breaker: Breaker::new(settings.breaker),
                paused_until: None,
                full_until: None,
                in_doubt: BTreeMap::new(),
                time_to_accept: None,
                watches: BTreeMap::new(),
                unbilled: BTreeMap::new(),
            }),
            provider,
        }
    }

    pub(crate) fn reading(&self, now: Timestamp) -> Reading {
        let state = self.state.lock();
        Reading {
            breaker: state.breaker.state(),
            headroom: self.headroom(&state, now),
            paused_until: state.paused_until,
            agents_in_doubt: self.agents_in_doubt(&state),
            time_to_accept: state.time_to_accept,
        }
    }

    fn headroom(&self, state: &State, now: Timestamp) -> Option<Headroom> {
        let own = state.places.as_ref().map(|log| log.headroom(now));
        match state.full_until.filter(|until| *until > now) {
            Some(until) => Some(Headroom {
                free: 0,
                of: own.map_or(1, |own| own.of),
                frees_at: Some(own.and_then(|own| own.frees_at).map_or(until, |own| own.max(until))),
            }),
            None => own,
        }
    }

    /// The limit that all processes share.
    pub(crate) fn slot_needs(&self) -> Vec<SlotNeed> {
        let need = |limit: RequestLimit| SlotNeed {
            limiter: format!("{}/place", self.id),
            limit: limit.requests,
            window: limit.window,
        };
        self.place_limit.map(need).into_iter().collect()
    }

    /// True where a call in doubt can be told from its neighbours by its agent and its time alone.
    pub(crate) fn tells_by_agent(&self) -> bool {
        match self.provider.info().idempotency {
            Idempotency::None => true,
            Idempotency::Undocumented => false,
        }
    }

    pub(crate) fn is_full_until(&self, until: Timestamp) {
        let mut state = self.state.lock();
        state.full_until = state.full_until.max(Some(until));
    }

    /// Where a provider takes a key, a call in doubt can be told from its neighbours by number and task; where it takes
    /// none, the agent and the time are all there is, and a second call in doubt would make both unprovable.
    fn agents_in_doubt(&self, state: &State) -> BTreeSet<Option<AgentId>> {
        if self.tells_by_agent() {
            state.in_doubt.values().cloned().collect()
        } else {
            BTreeSet::new()
        }
    }

    /// Takes a slot of the placing limit. `None` inside `Ok`: there is no limit.
    pub(crate) fn take_place_slot(&self, now: Timestamp) -> Result<Option<Slot>, Timestamp> {
        match &mut self.state.lock().places {
            Some(log) => log.take(now).map(Some),
            None => Ok(None),
        }
    }

    pub(crate) fn give_back(&self, slot: Option<Slot>) {
        if let (Some(slot), Some(log)) = (slot, &mut self.state.lock().places) {
            log.give_back(slot);
        }
    }

    /// Takes a slot of the reading limit, or says when one frees.
    pub(crate) fn take_read_slot(&self, now: Timestamp) -> Result<(), Timestamp> {
        match &mut self.state.lock().reads {
            Some(log) => log.take(now).map(|_| ()),
            None => Ok(()),
        }
    }

    /// Waits for a slot of the reading limit.
    pub(crate) async fn read_turn(&self, clock: &dyn Clock) {
        while let Err(frees_at) = self.take_read_slot(clock.now()) {
            clock.sleep(until(clock.now(), frees_at)).await;
        }
    }

    /// Waits for the lane's pace.
    pub(crate) async fn pace_turn(&self, clock: &dyn Clock) {
        let Some(pace) = &self.pace else { return };
        while let Err(wait) = pace.turn() {
            clock.sleep(wait).await;
        }
    }

    /// True where one more retry fits the quota.
    pub(crate) fn may_retry(&self) -> bool {
        self.retries.withdraw()
    }

    /// A request is sent: it earns a share of a retry.
    pub(crate) fn opened(&self) {
        self.retries.deposit();
    }

    /// The provider answered in order, or refused for a good reason.
    pub(crate) fn worked(&self, accepted_in: Option<Duration>) {
        let mut state = self.state.lock();
        state.breaker.worked();
        if let Some(new) = accepted_in {
            state.time_to_accept = Some(state.time_to_accept.map_or(new, |old| (old * 4 + new) / 5));
        }
    }

    /// The attempt failed. True where this opened the breaker.
    pub(crate) fn failed(&self, error: &Error, now: Timestamp) -> bool {
        let mut state = self.state.lock();
        if speaks_against_provider(error) {
            return state.breaker.failed(now);
        }
        if matches!(error.delivery(), Delivery::Refused(_)) {
            state.breaker.worked();
        }
        false
    }

    pub(crate) fn doubt(&self, attempt: AttemptId, agent: Option<AgentId>) {
        self.state.lock().in_doubt.insert(attempt, agent);
    }

    pub(crate) fn settled(&self, attempt: AttemptId) {
        self.state.lock().in_doubt.remove(&attempt);
    }

    pub(crate) fn in_doubt(&self) -> Vec<AttemptId> {
        self.state.lock().in_doubt.keys().copied().collect()
    }

    pub(crate) fn pause(&self, until: Timestamp) {
        let mut state = self.state.lock();
        state.paused_until = state.paused_until.max(Some(until));
    }

    pub(crate) fn breaker(&self) -> BreakerState {
        self.state.lock().breaker.state()
    }

    pub(crate) fn probed(&self, worked: bool, now: Timestamp) {
        let mut state = self.state.lock();
        if worked {
            state.breaker.worked()
        } else {
            state.breaker.probe_failed(now)
        }
    }

    pub(crate) fn watch(&self, id: ProviderCallId, watch: Watch) {
        let mut state = self.state.lock();
        let idle = state.watches.is_empty() && state.unbilled.is_empty();
        state.watches.entry(id).or_insert(watch);
        drop(state);
        if idle {
            self.work.notify_one();
        }
    }

    pub(crate) fn watches(&self) -> BTreeMap<ProviderCallId, Watch> {
        self.state.lock().watches.clone()
    }

    pub(crate) fn unwatch(&self, id: &ProviderCallId) -> Option<Watch> {
        self.state.lock().watches.remove(id)
    }

    /// Notes that a call is told to stop. True the first time.
    pub(crate) fn stops(&self, id: &ProviderCallId) -> bool {
        let mut state = self.state.lock();
        state
            .watches
            .get_mut(id)
            .is_some_and(|watch| !std::mem::replace(&mut watch.stopped, true))
    }

    /// Notes the word of a listed call. True where it is another than before.
    pub(crate) fn saw(&self, id: &ProviderCallId, word: &str) -> bool {
        match self.state.lock().watches.get_mut(id) {
            Some(watch) => {
                watch.missed = 0;
                let changed = watch.last_word.as_deref() != Some(word);
                watch.last_word = Some(word.to_owned());
                changed
            }
            None => false,
        }
    }

    /// Notes that a list did not show a call. Says how often in a row.
    pub(crate) fn missed(&self, id: &ProviderCallId) -> u32 {
        match self.state.lock().watches.get_mut(id) {
            Some(watch) => {
                watch.missed += 1;
                watch.missed
            }
            None => 0,
        }
    }

    pub(crate) fn await_bill(&self, id: ProviderCallId, unbilled: Unbilled) {
        self.state.lock().unbilled.insert(id, unbilled);
        self.work.notify_one();
    }

    pub(crate) fn unbilled(&self) -> BTreeMap<ProviderCallId, Unbilled> {
        self.state.lock().unbilled.clone()
    }

    pub(crate) fn billed(&self, id: &ProviderCallId) {
        self.state.lock().unbilled.remove(id);
    }

    /// One more look at the usage log found nothing; after ten the bill stays unknown.
    pub(crate) fn no_bill(&self, id: &ProviderCallId) {
        let mut state = self.state.lock();
        if let Some(one) = state.unbilled.get_mut(id) {
            one.looks += 1;
            if one.looks >= 10 {
                state.unbilled.remove(id);
            }
        }
    }
}

/// How long until a moment; zero where it is past.
pub(crate) fn until(now: Timestamp, then: Timestamp) -> Duration {
    Duration::try_from(then.duration_since(now)).unwrap_or(Duration::ZERO)
}
