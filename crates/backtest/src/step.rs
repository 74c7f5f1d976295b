//! One step of a ring in the replay. If its new plan equals the recorded one it repeats what
//! happened; otherwise it does what the engine would do.

use std::time::Duration;

use jiff::Timestamp;
use switchboard_core::{ErrorKind, Outcome, ProviderId};
use switchboard_router::{Plan, Scope};

use crate::{
    agenda::{Event, micros_in},
    past::PastRing,
    progress::{RingProgress, Then},
    replay::{AT_ONCE, Replay, newest, ring_of},
    report::LimitKind,
    reservations::Shortage,
    tally::{Ended, Price, usual},
};

/// The engine waits a little longer than the announced time, and so does the replay.
const EPSILON: Duration = Duration::from_millis(20);

impl Replay<'_> {
    /// Decides which provider is asked next. `first` is the plan to use; without one, a plan is
    /// made.
    pub(super) fn proceed(&mut self, progress: RingProgress, now: Timestamp, first: Option<Plan>) {
        let held = self.held(progress.at);
        let Some((call, ring)) = ring_of(held.as_ref(), progress.at) else {
            return;
        };
        if progress.follows() {
            return self.follow(progress, now);
        }
        let none_asked = !progress.deviated && ring.attempts.is_empty();
        if none_asked && call.ended_regardless_of_policy() {
            return self.refused_as_then(&progress, now);
        }
        if now > progress.give_up || !call.request.window.contains(now) {
            return self.refused(&progress, progress.why.unwrap_or(ErrorKind::NoProvider), now);
        }
        let Some(plan) = first.or_else(|| self.plan(progress.at, newest(ring, now), now)) else {
            return;
        };
        let Some(progress) = self.try_candidates(progress, &plan, now) else {
            return;
        };
        match progress.clears_at(&plan, now).filter(|at| *at <= progress.give_up) {
            Some(until) => {
                self.agenda.schedule(
                    until.checked_add(EPSILON).unwrap_or(until),
                    Event::Continue(progress.at),
                );
                self.waiting.insert(progress.at, progress);
            }
            None => self.refused(&progress, progress.why.unwrap_or(ErrorKind::NoProvider), now),
        }
    }

    /// The next step of a ring that has repeated the past so far. Its plan is recorded; the results
    /// of waiting, and of later plans, are known only from what was done.
    fn follow(&mut self, mut progress: RingProgress, now: Timestamp) {
        let held = self.held(progress.at);
        let Some((call, ring)) = ring_of(held.as_ref(), progress.at) else {
            return;
        };
        let by_budget = call.fault == Some(ErrorKind::QuotaExceeded);
        if progress.not_placed_count == 0 && (!ring.attempts.is_empty() || by_budget)
            || by_budget && progress.next().is_none()
        {
            let plan = progress.plan.clone();
            match self.try_candidates(progress, &plan, now) {
                Some(left) => progress = left,
                None => return,
            }
        }
        match progress.next().and_then(|nth| Some((nth, ring.attempts.get(nth)?))) {
            Some((_, attempt)) if progress.never_asks(&attempt.provider) => {
                self.deviate(&mut progress);
                self.proceed(progress, now, None);
            }
            Some((nth, attempt)) => {
                self.agenda.schedule(attempt.sent_at, Event::Repeat(attempt.id, progress.at, nth));
                self.waiting.insert(progress.at, progress);
            }
            None => self.refused_as_then(&progress, now),
        }
    }

    /// Tries the first candidate that the ring may ask. Returns the ring if there is none.
    fn try_candidates(
        &mut self,
        mut progress: RingProgress,
        plan: &Plan,
        now: Timestamp,
    ) -> Option<RingProgress> {
        let held = self.held(progress.at);
        let (_, ring) = ring_of(held.as_ref(), progress.at)?;
        let at_once = self.at_once(&progress, ring, now);
        for candidate in &plan.candidates {
            let provider = &candidate.provider;
            if !progress.allows(self.policy, provider, now) {
                continue;
            }
            let recorded = progress.recorded(ring, provider);
            if let Some((nth, attempt)) =
                recorded.and_then(|nth| Some((nth, ring.attempts.get(nth)?)))
            {
                let next = progress.next() == Some(nth) && !progress.deviated;
                if !next && progress.follows() {
                    // Another one was asked first in the past, so this one had no capacity then.
                    self.tally.special_cases.unexplained += 1;
                    continue;
                }
                let sent_at = if next { attempt.sent_at } else { now };
                self.agenda.schedule(sent_at, Event::Repeat(attempt.id, progress.at, nth));
                self.waiting.insert(progress.at, progress);
                return None;
            }
            if self.was_full(&progress, ring, candidate.index, at_once) {
                let asked = self.provider(candidate.index);
                let (kind, scope) = if asked.is_some_and(|one| one.limits.placing.is_some()) {
                    (LimitKind::RateLimit, Scope::Placing(provider.clone()))
                } else {
                    (LimitKind::Concurrency, Scope::Calls(provider.clone()))
                };
                self.tally.reached(kind, &scope.to_string(), provider);
                progress.block(provider, at_once.checked_add(EPSILON).unwrap_or(at_once));
                continue;
            }
            self.agenda.schedule(at_once, Event::Ask(progress.at, candidate.index));
            self.waiting.insert(progress.at, progress);
            return None;
        }
        Some(progress)
    }

    /// When the plan's decision was carried out in the past, if that was at once.
    fn at_once(&self, progress: &RingProgress, ring: &PastRing, now: Timestamp) -> Timestamp {
        let then =
            progress.next().and_then(|nth| ring.attempts.get(nth)).map(|attempt| attempt.sent_at);
        let soon = now.checked_add(AT_ONCE).unwrap_or(now);
        then.or(ring.given_up)
            .filter(|_| !progress.deviated)
            .map_or(now, |then| then.clamp(now, soon))
    }

    /// True if, between the recorded plan and its first attempt, other calls used up what was free
    /// of a limit that is unchanged.
    fn was_full(
        &mut self,
        progress: &RingProgress,
        ring: &PastRing,
        index: usize,
        then: Timestamp,
    ) -> bool {
        let Some(record) =
            ring.plan.as_ref().filter(|_| progress.follows() && progress.not_placed_count == 0)
        else {
            return false;
        };
        self.provider(index).is_some_and(|provider| self.known.filled_up(provider, record, then))
    }

    /// Repeats a past attempt.
    pub(super) fn repeat(&mut self, mut progress: RingProgress, nth: usize, now: Timestamp) {
        let held = self.held(progress.at);
        let Some((call, ring)) = ring_of(held.as_ref(), progress.at) else {
            return;
        };
        let Some(attempt) = ring.attempts.get(nth) else {
            return;
        };
        let index = self.policy.index_of(&attempt.provider);
        let taken = index.map_or(Err(Shortage::NoSuchProvider), |index| {
            self.take(call, index, &progress.plan, now)
        });
        let id = match taken {
            Ok(id) => id,
            Err(shortage) => match self.force(&progress, call, index, now) {
                Some(id) => id,
                None => {
                    self.deviate(&mut progress);
                    return self.on_shortage(progress, &attempt.provider, shortage, now);
                }
            },
        };
        self.settles(id, attempt);
        if !progress.consume(nth) {
            self.deviate(&mut progress);
        }
        let micros = micros_in(attempt.billed, self.policy.currency);
        let Some(not_placed) = attempt.not_placed else {
            let ended = Ended {
                provider: Some(attempt.provider.clone()),
                why: None,
                completed: attempt.outcome.map(|outcome| outcome == Outcome::Completed),
                price: micros.map_or(Price::Unknown, |micros| {
                    Price::Billed(micros.saturating_add(progress.spent))
                }),
            };
            return self.finish(&progress, Some(ended), now);
        };
        progress.spent = progress.spent.saturating_add(micros.unwrap_or(0));
        match progress.record_not_placed(self.policy, ring, attempt, not_placed, &call.request) {
            Then::Continue => {
                self.agenda.schedule(attempt.over_at.unwrap_or(now), Event::Continue(progress.at));
                self.waiting.insert(progress.at, progress);
            }
            Then::Stop => self.refused(&progress, call.fault.unwrap_or(ErrorKind::NoProvider), now),
        }
    }

    /// Asks a provider that was not asked in the past. It is assumed to take the call, with an
    /// unknown outcome.
    pub(super) fn ask(&mut self, mut progress: RingProgress, index: usize, now: Timestamp) {
        let held = self.held(progress.at);
        let Some((call, ring)) = ring_of(held.as_ref(), progress.at) else {
            return;
        };
        let Some(provider) = self.provider(index) else {
            return;
        };
        let id = match self.take(call, index, &progress.plan, now) {
            Ok(id) => id,
            Err(shortage) => return self.on_shortage(progress, &provider.info.id, shortage, now),
        };
        if progress.certain && progress.follows() {
            // This very policy did not ask it in the past, and nothing on record says why.
            self.reservations.not_placed(id, true);
            self.tally.special_cases.unexplained += 1;
            progress.exclude(&provider.info.id, None);
            return self.proceed(progress, now, None);
        }
        self.deviate(&mut progress);
        let then = ring.taken();
        let duration = then.and_then(|taken| usual(taken.outcome, taken.duration));
        self.tally.assumed += u64::from(duration.is_none());
        let duration = duration.unwrap_or(progress.plan.expected_duration);
        let estimate = provider.deck.estimate(&call.request.to, duration, now);
        let span = then.and_then(|taken| {
            Duration::try_from(taken.over_at?.duration_since(taken.sent_at)).ok()
        });
        let over = now.checked_add(span.unwrap_or(duration)).unwrap_or(now);
        self.agenda.schedule(over, Event::Ended(id));
        if let Some(estimate) = estimate {
            self.agenda.schedule(over, Event::Bill { attempt: id, micros: estimate.micros() });
        }
        let window = provider.limits.placing.map_or(Duration::ZERO, |limit| limit.window);
        let until = now.checked_add(window).unwrap_or(now).max(over);
        self.known.add_difference(&provider.info.id, now, until);
        self.tally.elsewhere(&provider.info.id, call.request.country());
        let ended = Ended {
            provider: Some(provider.info.id.clone()),
            why: None,
            completed: None,
            price: estimate.map_or(Price::Unknown, |estimate| Price::Estimated {
                micros: estimate.micros(),
                billed: progress.spent,
            }),
        };
        self.finish(&progress, Some(ended), now);
    }

    /// A limit or a budget of the other policy prevents the attempt.
    fn on_shortage(
        &mut self,
        mut progress: RingProgress,
        id: &ProviderId,
        shortage: Shortage,
        now: Timestamp,
    ) {
        match shortage {
            Shortage::Full { scope, until, concurrency } => {
                let kind = if concurrency { LimitKind::Concurrency } else { LimitKind::RateLimit };
                self.tally.reached(kind, &scope.to_string(), id);
                if scope.is_callers() {
                    progress.gate = Some(until);
                } else {
                    progress.block(id, until);
                }
            }
            Shortage::OverBudget(name) => {
                self.tally.reached(LimitKind::Budget, &name, id);
                progress.exclude(id, Some(ErrorKind::QuotaExceeded));
            }
            Shortage::CostUnknown(name) => {
                self.tally.reached(LimitKind::UnknownCost, &name, id);
                progress.exclude(id, Some(ErrorKind::QuotaExceeded));
            }
            Shortage::NoSuchProvider => progress.exclude(id, None),
        }
        self.proceed(progress, now, None);
    }

    /// From here on the ring departs from the past: its remaining past attempts are missing from
    /// the providers' limits.
    fn deviate(&mut self, progress: &mut RingProgress) {
        if progress.deviated {
            return;
        }
        progress.deviated = true;
        let held = self.held(progress.at);
        let Some((_, ring)) = ring_of(held.as_ref(), progress.at) else {
            return;
        };
        for attempt in progress.remaining(ring) {
            let asked =
                self.policy.index_of(&attempt.provider).and_then(|index| self.provider(index));
            let limit = asked.and_then(|provider| provider.limits.placing);
            let window = limit.map_or(Duration::ZERO, |limit| limit.window);
            let until = attempt.sent_at.checked_add(window).unwrap_or(attempt.sent_at);
            let until = attempt.over_at.map_or(until, |over| over.max(until));
            self.known.add_difference(&attempt.provider, attempt.sent_at, until);
        }
    }
}
