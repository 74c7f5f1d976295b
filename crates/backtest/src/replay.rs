//! Runs all events of a replay, in the order of time.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use switchboard_core::{AttemptId, ErrorKind, Money};
use switchboard_router::{
    Parties, Plan, PlanRecord, Policy, ProviderPolicy, Rejected, Rejection, Snapshot,
    experiment::ExperimentStates, hash::digest, plan, quality::Measurements,
};

use crate::{
    BacktestSettings, Report,
    agenda::{Agenda, Event, RingId, micros_in},
    known::Known,
    past::{PastAttempt, PastCall, PastRing},
    progress::RingProgress,
    reservations::{AttemptSpec, ReplayReservations, Shortage},
    tally::{Ended, Tally},
};

/// An attempt within this time of its plan counts as made at once. Other calls may have come in
/// between.
pub(super) const AT_ONCE: Duration = Duration::from_secs(1);
pub(super) struct Replay<'a> {
    pub(super) policy: &'a Policy,
    /// The calls that are not over yet in the replay, by their number in the order of creation.
    calls: HashMap<usize, Arc<PastCall>>,
    /// How many calls entered so far.
    entered: usize,
    pub(super) settings: &'a BacktestSettings,
    /// The states of the experiments after zero, one, two, ... of the decisions.
    states: Vec<ExperimentStates>,
    pub(super) agenda: Agenda,
    pub(super) reservations: ReplayReservations,
    pub(super) known: Known,
    pub(super) waiting: BTreeMap<RingId, RingProgress>,
    pub(super) tally: Tally<'a>,
}

impl<'a> Replay<'a> {
    pub(super) fn new(policy: &'a Policy, settings: &'a BacktestSettings) -> Self {
        let mut states = vec![ExperimentStates::default()];
        for (number, decision) in &settings.decisions {
            let mut next = states.last().cloned().unwrap_or_default();
            next.apply(*number, decision);
            states.push(next);
        }
        Self {
            policy,
            calls: HashMap::new(),
            entered: 0,
            settings,
            states,
            agenda: Agenda::default(),
            reservations: ReplayReservations::default(),
            known: Known::default(),
            waiting: BTreeMap::new(),
            tally: Tally::new(policy, settings.alpha),
        }
    }

    /// The call of a ring. Look at the ring with [`ring_of`].
    pub(super) fn held(&self, at: RingId) -> Option<Arc<PastCall>> {
        self.calls.get(&at.call).map(Arc::clone)
    }

    /// Replays everything that happens before the next call comes in, and takes it in. Calls enter
    /// in the order in which they were created.
    pub(super) fn take_in(&mut self, call: PastCall) {
        self.run(Some(call.created_at));
        self.tally.learn(&call);
        let (call, index) = (Arc::new(call), self.entered);
        self.entered += 1;
        self.calls.insert(index, Arc::clone(&call));
        self.enter(&call, index);
        self.drop_if_over(index);
    }

    /// Replays everything that is left.
    pub(super) fn report(mut self) -> Report {
        self.run(None);
        self.tally.report()
    }

    /// Handles the events before this moment, or all of them.
    fn run(&mut self, until: Option<Timestamp>) {
        while let Some((now, event)) = self.agenda.next_before(until) {
            let at = event.ring();
            self.handle(now, event);
            if let Some(at) = at {
                self.drop_if_over(at.call);
            }
        }
    }

    /// A call of which nothing is to come takes no memory.
    fn drop_if_over(&mut self, index: usize) {
        if !self.agenda.has_more_of(index) {
            self.calls.remove(&index);
        }
    }

    /// Schedules a call: its attempts before the replayed period as they were, and the start of its
    /// first ring in the period.
    fn enter(&mut self, call: &PastCall, index: usize) {
        if call.is_open() {
            self.tally.special_cases.not_replayed += 1;
            return;
        }
        for (ring, one) in call.rings.iter().enumerate() {
            let at = RingId { call: index, ring };
            let began = one.began().unwrap_or(call.created_at);
            if self.settings.since.is_none_or(|since| began >= since) {
                self.agenda.schedule(began, Event::Started(at));
                return;
            }
            for (nth, attempt) in one.attempts.iter().enumerate() {
                self.agenda.schedule(attempt.sent_at, Event::Earlier(attempt.id, at, nth));
            }
        }
    }

    fn handle(&mut self, now: Timestamp, event: Event) {
        match event {
            Event::NotPlaced { attempt, unsent } => self.reservations.not_placed(attempt, unsent),
            Event::Bill { attempt, micros } => {
                self.reservations.bill(attempt, Money::from_micros(micros, self.policy.currency))
            }
            Event::Ended(attempt) => self.reservations.ended(attempt),
            Event::Earlier(_, at, nth) => self.before(at, nth, now),
            Event::Started(at) => self.begin(at, now),
            Event::Continue(at) => {
                if let Some(progress) = self.waiting.remove(&at) {
                    self.proceed(progress, now, None);
                }
            }
            Event::Repeat(_, at, nth) => {
                if let Some(progress) = self.waiting.remove(&at) {
                    self.repeat(progress, nth, now);
                }
            }
            Event::Ask(at, provider) => {
                if let Some(progress) = self.waiting.remove(&at) {
                    self.ask(progress, provider, now);
                }
            }
        }
    }

    /// An attempt from before the replayed period: it uses up limits and budgets, and is not
    /// counted.
    fn before(&mut self, at: RingId, nth: usize, now: Timestamp) {
        let held = self.held(at);
        let Some((call, ring)) = ring_of(held.as_ref(), at) else {
            return;
        };
        if let Some(record) = &ring.plan {
            self.known.learn(record);
        }
        let Some(attempt) = ring.attempts.get(nth) else {
            return;
        };
        let Some(index) = self.policy.index_of(&attempt.provider) else {
            return;
        };
        let parties = Parties {
            tenant: &call.request.tenant,
            profile: call.request.agent.as_ref(),
            experiment: None,
        };
        if let Some(spec) = spec(self.policy, call, index, parties) {
            let id = self.reservations.force(spec, now);
            self.settles(id, attempt);
        }
    }

    /// Schedules what follows from a past attempt: its end and its bill, or that it was not placed.
    pub(super) fn settles(&mut self, id: AttemptId, attempt: &PastAttempt) {
        let over = attempt.over_at;
        match attempt.not_placed {
            Some(not_placed) => {
                let unsent = not_placed.is_unsent();
                self.agenda.schedule(
                    over.unwrap_or(attempt.sent_at),
                    Event::NotPlaced { attempt: id, unsent },
                );
            }
            None => {
                if let Some(over) = over {
                    self.agenda.schedule(over, Event::Ended(id));
                }
                if let (Some(micros), Some(at)) =
                    (micros_in(attempt.billed, self.policy.currency), attempt.billed_at)
                {
                    self.agenda.schedule(at, Event::Bill { attempt: id, micros });
                }
            }
        }
    }

    pub(super) fn provider(&self, index: usize) -> Option<&'a ProviderPolicy> {
        self.policy.providers.get(index)
    }

    /// Reserves what an attempt needs at a provider, given by its index.
    pub(super) fn take(
        &mut self,
        call: &PastCall,
        index: usize,
        plan: &Plan,
        now: Timestamp,
    ) -> Result<AttemptId, Shortage> {
        let spec = spec(self.policy, call, index, plan.parties(&call.request.tenant));
        spec.map_or(Err(Shortage::NoSuchProvider), |spec| self.reservations.take(spec, now))
    }

    /// Reserves for an attempt that is known to have been sent by this very policy, whatever the
    /// replay has left. `None` if that is not known.
    pub(super) fn force(
        &mut self,
        progress: &RingProgress,
        call: &PastCall,
        index: Option<usize>,
        now: Timestamp,
    ) -> Option<AttemptId> {
        let index = index.filter(|_| progress.certain && progress.follows())?;
        let spec = spec(self.policy, call, index, progress.plan.parties(&call.request.tenant))?;
        self.tally.special_cases.unexplained += 1;
        Some(self.reservations.force(spec, now))
    }

    /// Plans a ring at this moment, with the readings of one of its recorded plans.
    pub(super) fn plan(
        &mut self,
        at: RingId,
        record: Option<&PlanRecord>,
        now: Timestamp,
    ) -> Option<Plan> {
        let held = self.held(at);
        let (call, _) = ring_of(held.as_ref(), at)?;
        let (readings, reserved) =
            self.known.readings(self.policy, &self.reservations, record, now);
        let measured = record.and_then(PlanRecord::measurements);
        let quality = measured.as_ref().map(|measured| measured as &dyn Measurements);
        let draw =
            record.map_or_else(|| digest(&[call.id.as_uuid().as_bytes()]), |record| record.draw);
        let snapshot = Snapshot {
            policy: self.policy,
            readings: &readings,
            draw,
            quality,
            experiments: self.states_at(record, now),
        };
        let mut plan = plan(&call.request, &snapshot, now);
        let Plan { candidates, rejected, .. } = &mut plan;
        rejected.extend(candidates.extract_if(.., |one| reserved.contains(&one.provider)).map(
            |one| Rejected {
                provider: one.provider,
                rejection: Rejection::Full(now.checked_add(AT_ONCE).unwrap_or(now)),
                measured: one.measured,
            },
        ));
        Some(plan)
    }

    /// The states of the experiments that the recorded plan knew, or those at this time.
    fn states_at(&self, record: Option<&PlanRecord>, now: Timestamp) -> Option<&ExperimentStates> {
        let decisions = &self.settings.decisions;
        let read = match record.and_then(|record| record.decisions) {
            Some(number) => decisions.iter().filter(|(one, _)| *one <= number).count(),
            None => decisions.iter().filter(|(_, decision)| decision.at <= now).count(),
        };
        self.states.get(read)
    }

    fn begin(&mut self, at: RingId, now: Timestamp) {
        let held = self.held(at);
        let Some((call, ring)) = ring_of(held.as_ref(), at) else {
            return;
        };
        for record in ring.plan.iter().chain(&ring.last_plan).filter(|record| record.at <= now) {
            self.known.learn(record);
        }
        let Some(plan) = self.plan(at, ring.plan.as_ref(), now) else {
            return;
        };
        let latest = now.checked_add(self.policy.timings.max_wait).unwrap_or(Timestamp::MAX);
        let give_up = call.request.window.closes.unwrap_or(latest);
        let mut progress = RingProgress::new(at, ring, plan.clone(), now, give_up);
        let made_by = ring.plan.as_ref().and_then(|record| record.policy.as_ref());
        progress.certain = made_by.is_some() && made_by == self.settings.version.as_ref();
        self.tally.plans(ring.plan.as_ref(), &plan, progress.same);
        let unrecorded = ring.plan.is_none() && ring.last_plan.is_none();
        self.tally.special_cases.without_recorded_plan += u64::from(unrecorded);
        if unrecorded && ring.attempts.is_empty() {
            if !call.ended_regardless_of_policy() && !plan.candidates.is_empty() {
                self.tally.special_cases.possibly_accepted += 1;
            }
            return self.refused_as_then(&progress, now);
        }
        self.proceed(progress, now, Some(plan));
    }

    pub(super) fn refused_as_then(&mut self, progress: &RingProgress, now: Timestamp) {
        let held = self.held(progress.at);
        let Some((call, _)) = ring_of(held.as_ref(), progress.at) else {
            return;
        };
        self.tally.special_cases.ended_regardless += u64::from(call.ended_regardless_of_policy());
        self.refused(progress, call.fault.unwrap_or(ErrorKind::NoProvider), now);
    }

    pub(super) fn refused(&mut self, progress: &RingProgress, why: ErrorKind, now: Timestamp) {
        self.finish(progress, Some(Ended::refused(why, progress.spent)), now);
    }

    /// The ring is finished. The next ring of its call follows if a provider took this one.
    pub(super) fn finish(&mut self, progress: &RingProgress, ended: Option<Ended>, now: Timestamp) {
        let held = self.held(progress.at);
        let Some((call, ring)) = ring_of(held.as_ref(), progress.at) else {
            return;
        };
        let waited = Duration::try_from(now.duration_since(progress.began)).unwrap_or_default();
        if progress.deviated && waited > AT_ONCE {
            self.tally.waits.rings += 1;
            self.tally.waits.longest_seconds =
                self.tally.waits.longest_seconds.max(waited.as_secs());
        }
        let taken = ended.as_ref().is_some_and(|ended| ended.provider.is_some());
        let elsewhere = ended
            .as_ref()
            .is_some_and(|ended| ended.provider.is_some() && ended.completed.is_none());
        self.tally.ring((progress.at.call, call, ring), progress.began, ended);
        for (later, one) in call.rings.iter().enumerate().skip(progress.at.ring + 1) {
            let at = RingId { call: progress.at.call, ring: later };
            if taken {
                self.tally.special_cases.redials_after_move +=
                    u64::from(elsewhere && progress.deviated);
                self.agenda.schedule(one.began().unwrap_or(now), Event::Started(at));
                return;
            }
            self.tally.special_cases.redials_not_made += 1;
            self.tally.ring((at.call, call, one), one.began().unwrap_or(now), None);
        }
    }
}

/// A ring of a call that [`Replay::held`] returned.
pub(super) fn ring_of(held: Option<&Arc<PastCall>>, at: RingId) -> Option<(&PastCall, &PastRing)> {
    let call = held?;
    Some((call, call.rings.get(at.ring)?))
}

/// The newest of the ring's recorded plans at this moment.
pub(super) fn newest(ring: &PastRing, now: Timestamp) -> Option<&PlanRecord> {
    let later = ring.last_plan.as_ref().filter(|record| record.at <= now);
    later.or(ring.plan.as_ref())
}

/// Describes an attempt at the provider with this index, for its reservations.
fn spec<'w>(
    policy: &'w Policy,
    call: &'w PastCall,
    index: usize,
    parties: Parties<'w>,
) -> Option<AttemptSpec<'w>> {
    Some(AttemptSpec {
        policy,
        provider: policy.providers.get(index)?,
        request: &call.request,
        parties,
    })
}
