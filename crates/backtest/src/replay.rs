//! All rings, in the order of time.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use switchboard_core::{AttemptId, ErrorKind, Money, ProfileName};
use switchboard_router::{
    Plan, PlanRecord, Policy, ProviderPolicy, Rejected, Rejection, Snapshot,
    experiment::ExperimentStates, hash::digest, plan, quality::Measurements,
};

use crate::{
    BacktestSettings, Report,
    moment::{Agenda, At, What, micros_in},
    past::{PastAttempt, PastCall, PastRing},
    ring::Going,
    shelf::{Shelf, Short, Wish},
    state::Known,
    tally::{Ended, Tally},
};

/// Between a plan and the moment at which a provider is asked other calls may come in between. What
/// was decided within this time was decided at once.
pub(super) const AT_ONCE: Duration = Duration::from_secs(1);
pub(super) fn run(policy: &Policy, calls: &[PastCall], settings: &BacktestSettings) -> Report {
    let mut replay = Replay::new(policy, calls, settings);
    replay.tally.learn(calls);
    for index in 0..calls.len() {
        replay.enter(index);
    }
    while let Some((now, what)) = replay.agenda.next() {
        replay.happen(now, what);
    }
    replay.tally.report()
}

pub(super) struct Replay<'a> {
    pub(super) policy: &'a Policy,
    /// In the order in which they came.
    pub(super) calls: Vec<&'a PastCall>,
    pub(super) settings: &'a BacktestSettings,
    /// The experiments after none, one, two of the decisions.
    states: Vec<ExperimentStates>,
    pub(super) agenda: Agenda,
    pub(super) shelf: Shelf,
    pub(super) known: Known,
    pub(super) going: BTreeMap<At, Going>,
    pub(super) tally: Tally<'a>,
}

impl<'a> Replay<'a> {
    fn new(policy: &'a Policy, calls: &'a [PastCall], settings: &'a BacktestSettings) -> Self {
        let mut states = vec![ExperimentStates::default()];
        for (number, decision) in &settings.decisions {
            let mut next = states.last().cloned().unwrap_or_default();
            next.apply(*number, decision);
            states.push(next);
        }
        let mut in_order: Vec<&PastCall> = calls.iter().collect();
        in_order.sort_by_key(|call| (call.created_at, call.id));
        Self {
            policy,
            calls: in_order,
            settings,
            states,
            agenda: Agenda::default(),
            shelf: Shelf::default(),
            known: Known::new(calls),
            going: BTreeMap::new(),
            tally: Tally::new(policy, settings.alpha),
        }
    }

    pub(super) fn of(&self, at: At) -> Option<(&'a PastCall, &'a PastRing)> {
        let call = *self.calls.get(at.call)?;
        Some((call, call.rings.get(at.ring)?))
    }

    /// Puts a call on the agenda: what was before the replayed time as it was, its first ring after
    /// it to be replayed.
    fn enter(&mut self, index: usize) {
        let Some(call) = self.calls.get(index).copied() else {
            return;
        };
        if call.is_open() {
            self.tally.apart.open += 1;
            return;
        }
        for (ring, one) in call.rings.iter().enumerate() {
            let at = At { call: index, ring };
            let began = one.began().unwrap_or(call.created_at);
            if self.settings.since.is_none_or(|since| began >= since) {
                self.agenda.note(began, What::Begin(at));
                return;
            }
            for (nth, attempt) in one.attempts.iter().enumerate() {
                self.agenda.note(attempt.sent_at, What::Before(attempt.id, at, nth));
            }
        }
    }

    fn happen(&mut self, now: Timestamp, what: What) {
        match what {
            What::Silent { attempt, unsent } => self.shelf.silent(attempt, unsent),
            What::Bill { attempt, micros } => {
                self.shelf.bill(attempt, Money::from_micros(micros, self.policy.currency))
            }
            What::Over(attempt) => self.shelf.over(attempt),
            What::Before(_, at, nth) => self.before(at, nth, now),
            What::Begin(at) => self.begin(at, now),
            What::GoOn(at) => {
                if let Some(going) = self.going.remove(&at) {
                    self.go_on(going, now, None);
                }
            }
            What::Again(_, at, nth) => {
                if let Some(going) = self.going.remove(&at) {
                    self.again(going, nth, now);
                }
            }
            What::Ask(at, provider) => {
                if let Some(going) = self.going.remove(&at) {
                    self.ask(going, provider, now);
                }
            }
        }
    }

    /// An attempt from before the replayed time: it fills windows and budgets, and is counted
    /// nowhere.
    fn before(&mut self, at: At, nth: usize, now: Timestamp) {
        let Some((call, ring)) = self.of(at) else {
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
        let whose = (None, call.request.agent.as_ref());
        if let Some(wish) = wish(self.policy, call, index, whose) {
            let id = self.shelf.force(wish, now);
            self.settles(id, attempt);
        }
    }

    /// Notes what becomes of an attempt of then.
    pub(super) fn settles(&mut self, id: AttemptId, attempt: &PastAttempt) {
        let over = attempt.over_at;
        match attempt.silence {
            Some(silence) => {
                let unsent = silence.is_unsent();
                self.agenda
                    .note(over.unwrap_or(attempt.sent_at), What::Silent { attempt: id, unsent });
            }
            None => {
                if let Some(over) = over {
                    self.agenda.note(over, What::Over(id));
                }
                if let (Some(micros), Some(at)) =
                    (micros_in(attempt.billed, self.policy.currency), attempt.billed_at)
                {
                    self.agenda.note(at, What::Bill { attempt: id, micros });
                }
            }
        }
    }

    pub(super) fn provider(&self, index: usize) -> Option<&'a ProviderPolicy> {
        self.policy.providers.get(index)
    }

    /// Takes what an attempt needs at a provider, by its place.
    pub(super) fn take(
        &mut self,
        call: &PastCall,
        index: usize,
        plan: &Plan,
        now: Timestamp,
    ) -> Result<AttemptId, Short> {
        let experiment = plan.experiment.as_ref().map(|assigned| assigned.experiment.as_str());
        let wish = wish(self.policy, call, index, (experiment, plan.profile.as_ref()));
        wish.map_or(Err(Short::Gone), |wish| self.shelf.take(wish, now))
    }

    /// The same for an attempt that is known to have been sent by this very policy, whatever the
    /// replay has left.
    pub(super) fn force(
        &mut self,
        going: &Going,
        call: &PastCall,
        index: Option<usize>,
        now: Timestamp,
    ) -> Option<AttemptId> {
        let index = index.filter(|_| going.certain && going.follows())?;
        let experiment =
            going.plan.experiment.as_ref().map(|assigned| assigned.experiment.as_str());
        let whose = (experiment, going.plan.profile.as_ref());
        let wish = wish(self.policy, call, index, whose)?;
        self.tally.apart.unexplained += 1;
        Some(self.shelf.force(wish, now))
    }

    /// Makes the plan of a ring at this moment, with the readings of one of its own plans.
    pub(super) fn plan(
        &mut self,
        at: At,
        record: Option<&PlanRecord>,
        now: Timestamp,
    ) -> Option<Plan> {
        let (call, _) = self.of(at)?;
        let (readings, aside) = self.known.readings(self.policy, &self.shelf, record, now);
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
        rejected.extend(candidates.extract_if(.., |one| aside.contains(&one.provider)).map(
            |one| Rejected {
                provider: one.provider,
                rejection: Rejection::Full(now.checked_add(AT_ONCE).unwrap_or(now)),
                measured: one.measured,
            },
        ));
        Some(plan)
    }

    /// The experiments as the plan of then knew them, or as they were decided by then.
    fn states_at(&self, record: Option<&PlanRecord>, now: Timestamp) -> Option<&ExperimentStates> {
        let decisions = &self.settings.decisions;
        let read = match record.and_then(|record| record.decisions) {
            Some(number) => decisions.iter().filter(|(one, _)| *one <= number).count(),
            None => decisions.iter().filter(|(_, decision)| decision.at <= now).count(),
        };
        self.states.get(read)
    }

    fn begin(&mut self, at: At, now: Timestamp) {
        let Some((call, ring)) = self.of(at) else {
            return;
        };
        for record in ring.plan.iter().chain(&ring.last_plan).filter(|record| record.at <= now) {
            self.known.learn(record);
        }
        let Some(plan) = self.plan(at, ring.plan.as_ref(), now) else {
            return;
        };
        let patience = now.checked_add(self.policy.timings.max_wait).unwrap_or(Timestamp::MAX);
        let give_up = call.request.window.closes.unwrap_or(patience);
        let mut going = Going::new(at, ring, plan.clone(), now, give_up);
        let made_by = ring.plan.as_ref().and_then(|record| record.policy.as_ref());
        going.certain = made_by.is_some() && made_by == self.settings.version.as_ref();
        self.tally.plans(ring.plan.as_ref(), &plan, going.same);
        let unrecorded = ring.plan.is_none() && ring.last_plan.is_none();
        self.tally.apart.unrecorded += u64::from(unrecorded);
        if unrecorded && ring.attempts.is_empty() {
            if !call.stopped_by_itself() && !plan.candidates.is_empty() {
                self.tally.apart.perhaps += 1;
            }
            return self.refused_as_then(&going, now);
        }
        self.go_on(going, now, Some(plan));
    }

    pub(super) fn refused_as_then(&mut self, going: &Going, now: Timestamp) {
        let Some((call, _)) = self.of(going.at) else {
            return;
        };
        self.tally.apart.stopped += u64::from(call.stopped_by_itself());
        self.refused(going, call.fault.unwrap_or(ErrorKind::NoProvider), now);
    }

    pub(super) fn refused(&mut self, going: &Going, why: ErrorKind, now: Timestamp) {
        self.over(going, Some(Ended::refused(why, going.spent)), now);
    }

    /// The ring is decided. The next one of its call follows where a provider took this one.
    pub(super) fn over(&mut self, going: &Going, ended: Option<Ended>, now: Timestamp) {
        let Some((call, ring)) = self.of(going.at) else {
            return;
        };
        let waited = Duration::try_from(now.duration_since(going.began)).unwrap_or_default();
        if going.deviated && waited > AT_ONCE {
            self.tally.waits.rings += 1;
            self.tally.waits.longest_seconds =
                self.tally.waits.longest_seconds.max(waited.as_secs());
        }
        let taken = ended.as_ref().is_some_and(|ended| ended.provider.is_some());
        let elsewhere = ended
            .as_ref()
            .is_some_and(|ended| ended.provider.is_some() && ended.completed.is_none());
        self.tally.ring((going.at.call, call, ring), going.began, ended);
        for (later, one) in call.rings.iter().enumerate().skip(going.at.ring + 1) {
            let at = At { call: going.at.call, ring: later };
            if taken {
                self.tally.apart.behind += u64::from(elsewhere && going.deviated);
                self.agenda.note(one.began().unwrap_or(now), What::Begin(at));
                return;
            }
            self.tally.apart.not_rung += 1;
            self.tally.ring((at.call, call, one), one.began().unwrap_or(now), None);
        }
    }
}

/// The newest of the ring's own plans at this moment.
pub(super) fn newest(ring: &PastRing, now: Timestamp) -> Option<&PlanRecord> {
    let later = ring.last_plan.as_ref().filter(|record| record.at <= now);
    later.or(ring.plan.as_ref())
}

/// What an attempt at the provider at this place wants.
fn wish<'w>(
    policy: &'w Policy,
    call: &'w PastCall,
    index: usize,
    (experiment, profile): (Option<&'w str>, Option<&'w ProfileName>),
) -> Option<Wish<'w>> {
    Some(Wish {
        policy,
        provider: policy.providers.get(index)?,
        request: &call.request,
        experiment,
        profile,
    })
}
