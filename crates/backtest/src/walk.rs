//! How a ring goes through the other policy, step by step: by what was done where its plan came out
//! as it was, else as the router would.

use std::time::Duration;

use jiff::Timestamp;
use switchboard_core::{ErrorKind, Outcome, ProviderId};
use switchboard_router::Plan;

use crate::{
    moment::{What, micros_in},
    past::PastRing,
    replay::{AT_ONCE, Replay, newest},
    report::Barrier,
    ring::{Going, Then},
    shelf::Short,
    tally::{Ended, Price, usual},
};

/// What ends at a moment has ended after it, as in the engine.
const A_LITTLE_MORE: Duration = Duration::from_millis(20);

impl Replay<'_> {
    /// Who is asked next. Without a plan one is made.
    pub(super) fn go_on(&mut self, going: Going, now: Timestamp, first: Option<Plan>) {
        let Some((call, ring)) = self.of(going.at) else {
            return;
        };
        if going.follows() {
            return self.follow(going, now);
        }
        let nobody_was_asked = !going.deviated && ring.attempts.is_empty();
        if nobody_was_asked && call.stopped_by_itself() {
            return self.refused_as_then(&going, now);
        }
        if now > going.give_up || !call.request.window.contains(now) {
            return self.refused(&going, going.why.unwrap_or(ErrorKind::NoProvider), now);
        }
        let Some(plan) = first.or_else(|| self.plan(going.at, newest(ring, now), now)) else {
            return;
        };
        let Some(going) = self.try_candidates(going, &plan, now) else {
            return;
        };
        match going.clears_at(&plan, now).filter(|at| *at <= going.give_up) {
            Some(until) => {
                self.agenda
                    .note(until.checked_add(A_LITTLE_MORE).unwrap_or(until), What::GoOn(going.at));
                self.going.insert(going.at, going);
            }
            None => self.refused(&going, going.why.unwrap_or(ErrorKind::NoProvider), now),
        }
    }

    /// The next step of a ring whose plan came out as it was, and that went as it went so far. Its
    /// plan is known; what came of waiting, and of plans that were made after it, is known by what
    /// was done alone.
    fn follow(&mut self, mut going: Going, now: Timestamp) {
        let Some((call, ring)) = self.of(going.at) else {
            return;
        };
        let by_budget = call.fault == Some(ErrorKind::QuotaExceeded);
        if going.silent == 0 && (!ring.attempts.is_empty() || by_budget)
            || by_budget && going.next().is_none()
        {
            let plan = going.plan.clone();
            match self.try_candidates(going, &plan, now) {
                Some(left) => going = left,
                None => return,
            }
        }
        match going.next().and_then(|nth| Some((nth, ring.attempts.get(nth)?))) {
            Some((_, attempt)) if going.never_asks(&attempt.provider) => {
                self.deviates(&mut going);
                self.go_on(going, now, None);
            }
            Some((nth, attempt)) => {
                self.agenda.note(attempt.sent_at, What::Again(attempt.id, going.at, nth));
                self.going.insert(going.at, going);
            }
            None => self.refused_as_then(&going, now),
        }
    }

    /// Tries the first candidate that is open to the ring. Gives the ring back where there is none.
    fn try_candidates(&mut self, mut going: Going, plan: &Plan, now: Timestamp) -> Option<Going> {
        let (_, ring) = self.of(going.at)?;
        let at_once = self.at_once(&going, ring, now);
        for candidate in &plan.candidates {
            let provider = &candidate.provider;
            if !going.allows(self.policy, provider, now) {
                continue;
            }
            let recorded = going.recorded(ring, provider);
            if let Some((nth, attempt)) =
                recorded.and_then(|nth| Some((nth, ring.attempts.get(nth)?)))
            {
                let next = going.next() == Some(nth) && !going.deviated;
                if !next && going.follows() {
                    // Another was asked first then: this one had no room at that moment.
                    self.tally.apart.unexplained += 1;
                    continue;
                }
                let sent_at = if next { attempt.sent_at } else { now };
                self.agenda.note(sent_at, What::Again(attempt.id, going.at, nth));
                self.going.insert(going.at, going);
                return None;
            }
            if self.was_full(&going, ring, candidate.index, at_once) {
                let asked = self.provider(candidate.index);
                let (barrier, scope) = if asked.is_some_and(|one| one.limits.placing.is_some()) {
                    (Barrier::Limit, format!("{provider}/place"))
                } else {
                    (Barrier::Room, provider.to_string())
                };
                self.tally.met(barrier, &scope, provider);
                going.is_blocked(provider, at_once.checked_add(A_LITTLE_MORE).unwrap_or(at_once));
                continue;
            }
            self.agenda.note(at_once, What::Ask(going.at, candidate.index));
            self.going.insert(going.at, going);
            return None;
        }
        Some(going)
    }

    /// The moment at which what the plan decided was tried then, if that was soon.
    fn at_once(&self, going: &Going, ring: &PastRing, now: Timestamp) -> Timestamp {
        let then =
            going.next().and_then(|nth| ring.attempts.get(nth)).map(|attempt| attempt.sent_at);
        let soon = now.checked_add(AT_ONCE).unwrap_or(now);
        then.or(ring.given_up).filter(|_| !going.deviated).map_or(now, |then| then.clamp(now, soon))
    }

    /// True where other calls took, between the plan of then and its first attempt, what was free
    /// of a limit that is the same now.
    fn was_full(&mut self, going: &Going, ring: &PastRing, index: usize, then: Timestamp) -> bool {
        let Some(record) = ring.plan.as_ref().filter(|_| going.follows() && going.silent == 0)
        else {
            return false;
        };
        self.provider(index).is_some_and(|provider| self.known.filled_up(provider, record, then))
    }

    /// An attempt of then is made again.
    pub(super) fn again(&mut self, mut going: Going, nth: usize, now: Timestamp) {
        let Some((call, ring)) = self.of(going.at) else {
            return;
        };
        let Some(attempt) = ring.attempts.get(nth) else {
            return;
        };
        let index = self.policy.index_of(&attempt.provider);
        let taken =
            index.map_or(Err(Short::Gone), |index| self.take(call, index, &going.plan, now));
        let id = match taken {
            Ok(id) => id,
            Err(short) => match self.force(&going, call, index, now) {
                Some(id) => id,
                None => {
                    self.deviates(&mut going);
                    return self.short(going, &attempt.provider, short, now);
                }
            },
        };
        self.settles(id, attempt);
        if !going.consumes(nth) {
            self.deviates(&mut going);
        }
        let micros = micros_in(attempt.billed, self.policy.currency);
        let Some(silence) = attempt.silence else {
            let ended = Ended {
                provider: Some(attempt.provider.clone()),
                why: None,
                completed: attempt.outcome.map(|outcome| outcome == Outcome::Completed),
                price: micros.map_or(Price::Unknown, |micros| {
                    Price::Billed(micros.saturating_add(going.spent))
                }),
            };
            return self.over(&going, Some(ended), now);
        };
        going.spent = going.spent.saturating_add(micros.unwrap_or(0));
        match going.is_silent(self.policy, ring, attempt, silence, &call.request) {
            Then::Again => {
                self.agenda.note(attempt.over_at.unwrap_or(now), What::GoOn(going.at));
                self.going.insert(going.at, going);
            }
            Then::Nobody => self.refused(&going, call.fault.unwrap_or(ErrorKind::NoProvider), now),
        }
    }

    /// A provider is asked that was not asked then: it is taken to take the call, and what comes of
    /// it is not known.
    pub(super) fn ask(&mut self, mut going: Going, index: usize, now: Timestamp) {
        let Some((call, ring)) = self.of(going.at) else {
            return;
        };
        let Some(provider) = self.provider(index) else {
            return;
        };
        let id = match self.take(call, index, &going.plan, now) {
            Ok(id) => id,
            Err(short) => return self.short(going, &provider.info.id, short, now),
        };
        if going.certain && going.follows() {
            // This policy did not ask it then, and nothing that was kept says why.
            self.shelf.silent(id, true);
            self.tally.apart.unexplained += 1;
            going.is_done_with(&provider.info.id, None);
            return self.go_on(going, now, None);
        }
        self.deviates(&mut going);
        let then = ring.taken();
        let duration = then.and_then(|taken| usual(taken.outcome, taken.duration));
        self.tally.assumed += u64::from(duration.is_none());
        let duration = duration.unwrap_or(going.plan.expected_duration);
        let estimate = provider.deck.estimate(&call.request.to, duration, now);
        let span = then.and_then(|taken| {
            Duration::try_from(taken.over_at?.duration_since(taken.sent_at)).ok()
        });
        let over = now.checked_add(span.unwrap_or(duration)).unwrap_or(now);
        self.agenda.note(over, What::Over(id));
        if let Some(estimate) = estimate {
            self.agenda.note(over, What::Bill { attempt: id, micros: estimate.micros() });
        }
        let window = provider.limits.placing.map_or(Duration::ZERO, |limit| limit.window);
        let until = now.checked_add(window).unwrap_or(now).max(over);
        self.known.differs(&provider.info.id, now, until);
        self.tally.elsewhere(&provider.info.id, call.request.country());
        let ended = Ended {
            provider: Some(provider.info.id.clone()),
            why: None,
            completed: None,
            price: estimate.map_or(Price::Unknown, |estimate| Price::Estimated {
                micros: estimate.micros(),
                billed: going.spent,
            }),
        };
        self.over(&going, Some(ended), now);
    }

    /// Something of the other policy stands in the way.
    fn short(&mut self, mut going: Going, id: &ProviderId, short: Short, now: Timestamp) {
        match short {
            Short::Full { scope, until, room } => {
                let barrier = if room { Barrier::Room } else { Barrier::Limit };
                self.tally.met(barrier, &scope.to_string(), id);
                if scope.is_callers() {
                    going.gate = Some(until);
                } else {
                    going.is_blocked(id, until);
                }
            }
            Short::OverBudget(name) => {
                self.tally.met(Barrier::Budget, &name, id);
                going.is_done_with(id, Some(ErrorKind::QuotaExceeded));
            }
            Short::CostUnknown(name) => {
                self.tally.met(Barrier::UnknownCost, &name, id);
                going.is_done_with(id, Some(ErrorKind::QuotaExceeded));
            }
            Short::Gone => going.is_done_with(id, None),
        }
        self.go_on(going, now, None);
    }

    /// From here on it goes another way than then: what it sent then is missing from the windows.
    fn deviates(&mut self, going: &mut Going) {
        if going.deviated {
            return;
        }
        going.deviated = true;
        let Some((_, ring)) = self.of(going.at) else {
            return;
        };
        for attempt in going.left_over(ring) {
            let asked =
                self.policy.index_of(&attempt.provider).and_then(|index| self.provider(index));
            let limit = asked.and_then(|provider| provider.limits.placing);
            let window = limit.map_or(Duration::ZERO, |limit| limit.window);
            let until = attempt.sent_at.checked_add(window).unwrap_or(attempt.sent_at);
            let until = attempt.over_at.map_or(until, |over| over.max(until));
            self.known.differs(&attempt.provider, attempt.sent_at, until);
        }
    }
}
