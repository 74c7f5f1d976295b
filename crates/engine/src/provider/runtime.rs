//! One provider's runtime.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use parking_lot::Mutex;
use switchboard_core::{
    AgentId, AttemptId, Clock, Idempotency, Money, PhoneNumber, ProfileName, Provider, ProviderId,
    RequestLimit,
};
use switchboard_router::{
    BreakerState, Headroom, NumberPolicy, ProviderLimits, ProviderPolicy, Reading, numbers_for,
};
use tokio::sync::Notify;
use tower::retry::budget::{Budget, TpsBudget};

use super::{
    state::{ProviderState, State, Turns},
    time::until,
};
use crate::{
    domain::Domain,
    health::{Blame, Breaker},
    limit::{Pace, SlidingLog, Slot},
};

/// How long an account that is out of credit gets no calls: the first time, and at most.
const CREDIT_PAUSE: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(15 * 60));

/// One provider's runtime under one configuration. After a reload, the next runtime of the same
/// provider shares its state: health, used limits and open calls.
pub(crate) struct ProviderRuntime {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) id: ProviderId,
    /// What one credit costs, if the provider bills in credits.
    pub(crate) credit_price: Option<Money>,
    /// The failure domains of the provider.
    pub(crate) domains: Vec<Arc<Domain>>,
    clock: Arc<dyn Clock>,
    pace: Option<Pace>,
    limits: ProviderLimits,
    /// The numbers that calls are made from.
    numbers: Vec<NumberPolicy>,
    /// True if the backend itself waits for a read slot before each request.
    paced: bool,
    pub(super) kept: Arc<ProviderState>,
}

impl fmt::Debug for ProviderRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderRuntime").field("provider", &self.id).finish_non_exhaustive()
    }
}

impl ProviderRuntime {
    pub(crate) fn new(
        provider: Arc<dyn Provider>,
        policy: &ProviderPolicy,
        domains: Vec<Arc<Domain>>,
        clock: &Arc<dyn Clock>,
    ) -> Self {
        let log = |limit: Option<RequestLimit>| {
            limit.map(|limit| SlidingLog::new(limit.requests, limit.window))
        };
        let kept = Arc::new(ProviderState {
            work: Notify::new(),
            // Retries may be a tenth of the requests, and ten in any ten seconds even without
            // traffic.
            retries: TpsBudget::new(Duration::from_secs(10), 1, 0.1),
            state: Mutex::new(State {
                places: log(policy.limits.placing),
                reads: log(policy.limits.reading),
                breaker: Breaker::new(policy.breaker),
                ejected_until: None,
                paused_until: None,
                no_credit_until: None,
                no_credit: 0,
                full_until: None,
                numbers_full: BTreeMap::new(),
                inside: BTreeMap::new(),
                in_doubt: BTreeMap::new(),
                time_to_accept: None,
                watches: BTreeMap::new(),
                unbilled: BTreeMap::new(),
            }),
        });
        Self::over(kept, provider, policy, domains, clock)
    }

    /// The runtime of the same provider under a new configuration.
    pub(crate) fn reconfigured(
        &self,
        provider: Arc<dyn Provider>,
        policy: &ProviderPolicy,
        domains: Vec<Arc<Domain>>,
        clock: &Arc<dyn Clock>,
    ) -> Self {
        let mut state = self.kept.state.lock();
        let State { places, reads, breaker, .. } = &mut *state;
        limit(places, policy.limits.placing);
        limit(reads, policy.limits.reading);
        breaker.set_policy(policy.breaker);
        drop(state);
        Self::over(Arc::clone(&self.kept), provider, policy, domains, clock)
    }

    fn over(
        kept: Arc<ProviderState>,
        provider: Arc<dyn Provider>,
        policy: &ProviderPolicy,
        domains: Vec<Arc<Domain>>,
        clock: &Arc<dyn Clock>,
    ) -> Self {
        let pace = policy.limits.calls_per_second;
        Self {
            id: provider.info().id.clone(),
            credit_price: policy.deck.credit_price(),
            domains,
            clock: Arc::clone(clock),
            limits: policy.limits.clone(),
            numbers: policy.numbers.clone(),
            pace: pace.map(|rate| Pace::new(rate, rate, Arc::clone(clock))),
            paced: provider
                .take_turns(Arc::new(Turns { kept: Arc::clone(&kept), clock: Arc::clone(clock) })),
            kept,
            provider,
        }
    }

    /// Waits until there is something to follow.
    pub(crate) async fn work(&self) {
        self.kept.work.notified().await;
    }

    pub(crate) fn reading(&self, now: Timestamp) -> Reading {
        let uptime = self.clock.uptime();
        let state = self.kept.state.lock();
        Reading {
            breaker: breaker(state.breaker.time_until_probe(uptime), now),
            domain: breaker(self.domain_probe(uptime), now),
            ejected_until: ends(state.ejected_until, uptime, now),
            headroom: self.headroom(&state, uptime, now),
            concurrency: self.concurrency(&state, now),
            paused_until: ends(state.paused_until, uptime, now),
            out_of_credit_until: ends(state.no_credit_until, uptime, now),
            agents_in_doubt: self.agents_in_doubt(&state),
            numbers_full: state
                .numbers_full
                .iter()
                .filter_map(|(name, until)| Some((name.clone(), ends(Some(*until), uptime, now)?)))
                .collect(),
            time_to_accept: state.time_to_accept,
        }
    }

    fn headroom(&self, state: &State, uptime: Duration, now: Timestamp) -> Option<Headroom> {
        let own = state.places.as_ref().map(|log| log.headroom(now));
        match ends(state.full_until, uptime, now) {
            Some(until) => Some(Headroom {
                free: 0,
                of: own.map_or(1, |own| own.of),
                frees_at: Some(
                    own.and_then(|own| own.frees_at).map_or(until, |own| own.max(until)),
                ),
            }),
            None => own,
        }
    }

    fn concurrency(&self, state: &State, now: Timestamp) -> Option<Headroom> {
        let of = self.limits.concurrent?;
        let inside = state.inside.values().filter(|until| **until > now);
        let free = of.saturating_sub(u32::try_from(inside.clone().count()).unwrap_or(u32::MAX));
        Some(Headroom { free, of, frees_at: inside.min().copied().filter(|_| free == 0) })
    }

    /// Counts an attempt that is over at `until` at the latest.
    pub(crate) fn enter(&self, attempt: AttemptId, until: Timestamp, now: Timestamp) {
        if self.limits.concurrent.is_some() {
            let mut state = self.kept.state.lock();
            state.inside.retain(|_, until| *until > now);
            state.inside.insert(attempt, until);
        }
    }

    /// Stops counting an attempt that is over. True if that released a slot.
    pub(crate) fn leave(&self, attempt: AttemptId) -> bool {
        self.kept.state.lock().inside.remove(&attempt).is_some()
    }

    /// The limits, of which an attempt reserves slots in the journal that all processes share.
    pub(crate) fn limits(&self) -> &ProviderLimits {
        &self.limits
    }

    /// True if a call in doubt can only be identified by its agent and its time.
    pub(crate) fn tells_by_agent(&self) -> bool {
        match self.provider.info().idempotency {
            Idempotency::None => true,
            Idempotency::Undocumented | Idempotency::Documented { .. } => false,
        }
    }

    pub(crate) fn is_full_until(&self, then: Timestamp) {
        let until = self.clock.uptime().saturating_add(until(self.clock.now(), then));
        let mut state = self.kept.state.lock();
        state.full_until = state.full_until.max(Some(until));
    }

    /// No call may be made from the number of this name before that time.
    pub(crate) fn number_is_full_until(&self, name: &str, then: Timestamp) {
        let uptime = self.clock.uptime();
        let until = uptime.saturating_add(until(self.clock.now(), then));
        let mut state = self.kept.state.lock();
        state.numbers_full.retain(|_, until| *until > uptime);
        let known = state.numbers_full.entry(name.to_owned()).or_default();
        *known = (*known).max(until);
    }

    /// The number that a call to this person is made from now, if the account has numbers of its own:
    /// the first that is free, or else the first.
    pub(crate) fn number_for(
        &self,
        to: &PhoneNumber,
        profile: Option<&ProfileName>,
    ) -> Option<&NumberPolicy> {
        let uptime = self.clock.uptime();
        let state = self.kept.state.lock();
        let found = numbers_for(&self.numbers, to, profile);
        let is_free = |one: &&&NumberPolicy| {
            state.numbers_full.get(&one.number.name).is_none_or(|until| *until <= uptime)
        };
        found.iter().find(is_free).or(found.first()).copied()
    }

    /// The agents that must not get another call. If the provider supports idempotency keys, a call
    /// in doubt can be identified by its number and task. If not, only by agent and time, and then
    /// a second call in doubt would make both impossible to prove.
    fn agents_in_doubt(&self, state: &State) -> BTreeSet<Option<AgentId>> {
        if self.tells_by_agent() {
            state.in_doubt.values().cloned().collect()
        } else {
            BTreeSet::new()
        }
    }

    /// Takes a slot of the placing rate limit. `Ok(None)` if there is no limit.
    pub(crate) fn take_place_slot(&self, now: Timestamp) -> Result<Option<Slot>, Timestamp> {
        match &mut self.kept.state.lock().places {
            Some(log) => log.take(now).map(Some),
            None => Ok(None),
        }
    }

    pub(crate) fn give_back(&self, slot: Option<Slot>) {
        if let (Some(slot), Some(log)) = (slot, &mut self.kept.state.lock().places) {
            log.give_back(slot);
        }
    }

    /// True if one more read may be made now; its slot of the read limit is taken then.
    pub(crate) fn may_read_now(&self, now: Timestamp) -> bool {
        if self.paced {
            let state = self.kept.state.lock();
            return state.reads.as_ref().is_none_or(|log| log.headroom(now).free > 0);
        }
        self.kept.take_read_slot(now).is_ok()
    }

    /// Waits for a slot of the read limit. Returns at once if the backend itself waits for a slot
    /// before each request.
    pub(crate) async fn read_turn(&self, clock: &dyn Clock) {
        if !self.paced {
            self.kept.read_turn(clock).await;
        }
    }

    /// Waits until the provider's pace allows the next placing request.
    pub(crate) async fn pace_turn(&self, clock: &dyn Clock) {
        let Some(pace) = &self.pace else { return };
        while let Err(wait) = pace.turn() {
            clock.sleep(wait).await;
        }
    }

    /// Takes one retry from the retry budget. False if there is none left.
    pub(crate) fn may_retry(&self) -> bool {
        self.kept.retries.withdraw()
    }

    /// Adds to the retry budget for a request that is sent.
    pub(crate) fn opened(&self) {
        self.kept.retries.deposit();
    }

    /// The provider accepted a call that was sent at `sent` (monotonic clock).
    pub(crate) fn record_success(&self, sent: Duration, accepted_in: Option<Duration>) {
        let mut state = self.kept.state.lock();
        state.breaker.record_success(sent);
        (state.no_credit_until, state.no_credit) = (None, 0);
        if let Some(new) = accepted_in {
            state.time_to_accept =
                Some(state.time_to_accept.map_or(new, |old| (old * 4 + new) / 5));
        }
    }

    /// An attempt that was sent at `sent` (monotonic clock) failed. True if this opened the
    /// breaker.
    pub(crate) fn record_failure(&self, blame: Blame, sent: Duration, now: Duration) -> bool {
        let mut state = self.kept.state.lock();
        match blame {
            Blame::AgainstProvider | Blame::AgainstPlatform => {
                state.breaker.record_failure(sent, now)
            }
            Blame::Answered => {
                state.breaker.record_success(sent);
                false
            }
            Blame::Nothing => false,
        }
    }

    /// Ejects the provider as an outlier until this time (monotonic clock).
    pub(crate) fn eject(&self, until: Duration) {
        self.kept.state.lock().ejected_until = Some(until);
    }

    pub(crate) fn doubt(&self, attempt: AttemptId, agent: Option<AgentId>) {
        self.kept.state.lock().in_doubt.insert(attempt, agent);
    }

    pub(crate) fn settled(&self, attempt: AttemptId) {
        self.kept.state.lock().in_doubt.remove(&attempt);
    }

    pub(crate) fn in_doubt(&self) -> Vec<AttemptId> {
        self.kept.state.lock().in_doubt.keys().copied().collect()
    }

    /// Pauses the provider for this long, as it asked.
    pub(crate) fn pause(&self, time: Duration) {
        let until = self.clock.uptime().saturating_add(time);
        let mut state = self.kept.state.lock();
        state.paused_until = state.paused_until.max(Some(until));
    }

    /// Notes that the account is out of credit. Returns for how long the provider gets no calls,
    /// unless a read shows credit first; `None` if that was known already.
    pub(crate) fn out_of_credit(&self) -> Option<Duration> {
        let now = self.clock.uptime();
        let mut state = self.kept.state.lock();
        if state.no_credit_until.is_some_and(|until| until > now) {
            return None;
        }
        let pause = (CREDIT_PAUSE.0 * 2_u32.saturating_pow(state.no_credit)).min(CREDIT_PAUSE.1);
        state.no_credit = state.no_credit.saturating_add(1);
        state.no_credit_until = Some(now.saturating_add(pause));
        Some(pause)
    }

    /// Notes that a read showed credit. The count of refusals in a row is kept until a call is
    /// accepted, because a balance may include credit that cannot be spent.
    pub(crate) fn has_credit(&self) {
        self.kept.state.lock().no_credit_until = None;
    }

    /// How long until the next probe; `None` if the breaker is closed.
    pub(crate) fn time_until_probe(&self, now: Duration) -> Option<Duration> {
        self.kept.state.lock().breaker.time_until_probe(now)
    }

    /// How long until the next probe of a failure domain; `None` if all their breakers are closed.
    fn domain_probe(&self, now: Duration) -> Option<Duration> {
        self.domains.iter().filter_map(|domain| domain.time_until_probe(now)).max()
    }

    pub(crate) fn is_in(&self, domain: &Arc<Domain>) -> bool {
        self.domains.iter().any(|own| Arc::ptr_eq(own, domain))
    }

    /// True if its breaker and those of its failure domains are closed.
    pub(crate) fn is_closed(&self, now: Duration) -> bool {
        self.time_until_probe(now).is_none() && self.domain_probe(now).is_none()
    }

    /// Records the result of a probe. Returns how long until the next one; `None` if the breaker is
    /// closed.
    pub(crate) fn record_probe(&self, worked: bool, now: Duration) -> Option<Duration> {
        let mut state = self.kept.state.lock();
        state.breaker.record_probe(worked, now);
        state.breaker.time_until_probe(now)
    }
}

/// Applies a new limit to a log. Slots that were taken stay taken.
fn limit(log: &mut Option<SlidingLog>, limit: Option<RequestLimit>) {
    match (log.as_mut(), limit) {
        (Some(log), Some(limit)) => log.set_limit(limit.requests, limit.window),
        (_, None) => *log = None,
        (None, Some(limit)) => *log = Some(SlidingLog::new(limit.requests, limit.window)),
    }
}

/// Converts an end on the monotonic clock to the wall clock; `None` if it is over.
fn ends(until: Option<Duration>, uptime: Duration, now: Timestamp) -> Option<Timestamp> {
    let left = until?.checked_sub(uptime).filter(|left| !left.is_zero())?;
    Some(now.checked_add(left).unwrap_or(Timestamp::MAX))
}

fn breaker(time_until_probe: Option<Duration>, now: Timestamp) -> BreakerState {
    time_until_probe.map_or(BreakerState::Closed, |wait| BreakerState::Open {
        probe_at: now.checked_add(wait).unwrap_or(Timestamp::MAX),
    })
}
