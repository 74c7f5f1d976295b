//! What attempts reserve before they are sent: slots of rate limits, concurrency slots, and shares
//! of budgets.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::Duration,
};

use jiff::Timestamp;
use switchboard_core::{AttemptId, Money};
use switchboard_router::{BudgetHold, ConcurrencySlot, Headroom, RateSlot, Reservation, Scope};

use crate::{
    Denied, Settlement,
    server::{BudgetUse, RateUse},
};

/// What the attempts of all calls have reserved, in memory.
#[derive(Debug, Default)]
pub struct Reservations {
    rate_slots: BTreeMap<Scope, VecDeque<(Timestamp, AttemptId)>>,
    /// The attempts that hold a slot, and when each slot expires.
    concurrency_slots: BTreeMap<Scope, BTreeMap<AttemptId, Timestamp>>,
    /// The latest time seen so far, so that a clock that jumps back counts as standing still.
    latest: Option<Timestamp>,
    budgets: HashMap<(String, Timestamp), BudgetUse>,
    holds: HashMap<AttemptId, Held>,
}

/// What an attempt counts for in its budgets.
#[derive(Debug)]
struct Held {
    hold: BudgetHold,
    /// True until it is known what the attempt cost.
    is_open: bool,
}

impl Reservations {
    /// Denies a reservation that exceeds a limit or a budget. Reserves nothing yet.
    pub fn check(&mut self, reservation: &Reservation, at: Timestamp) -> Result<(), Denied> {
        let now = self.latest.map_or(at, |latest| latest.max(at));
        self.latest = Some(now);
        for need in &reservation.rate_slots {
            self.forget(need, now);
            let taken = self.rate_slots.get(&need.scope);
            let used = taken.map_or(0, VecDeque::len);
            if used >= need.limit as usize {
                let frees = taken
                    .and_then(|taken| taken.get(used.checked_sub(need.limit.max(1) as usize)?))
                    .map_or(Timestamp::MAX, |(first, _)| end(*first, need));
                return Err(Denied::RateLimited {
                    scope: need.scope.clone(),
                    wait: wait(frees, now),
                });
            }
        }
        for need in &reservation.concurrency_slots {
            let inside = self.concurrency_slots.entry(need.scope.clone()).or_default();
            inside.retain(|_, until| *until > now);
            if inside.len() >= need.limit as usize {
                let frees = inside.values().min().copied().unwrap_or(Timestamp::MAX);
                return Err(Denied::ConcurrencyFull {
                    scope: need.scope.clone(),
                    limit: need.limit,
                    wait: wait(frees, now),
                });
            }
        }
        let Some(hold) = &reservation.hold else {
            return Ok(());
        };
        for budget in &hold.budgets {
            let spent = self.budget_use(&budget.name, budget.period).counted;
            if spent.saturating_add(hold.amount.micros()) > budget.limit.micros() {
                return Err(Denied::OverBudget {
                    budget: budget.name.clone(),
                    limit: budget.limit,
                    amount: hold.amount,
                });
            }
        }
        Ok(())
    }

    /// How much of a rate limit is free, without reserving any of it.
    pub fn rate_headroom(&self, need: &RateSlot, at: Timestamp) -> Headroom {
        let inside = |taken: &&(Timestamp, AttemptId)| end(taken.0, need) > at;
        let taken: Vec<Timestamp> = self
            .rate_slots
            .get(&need.scope)
            .map_or_else(Vec::new, |taken| taken.iter().filter(inside).map(|one| one.0).collect());
        let free = (need.limit as usize).saturating_sub(taken.len());
        let first = taken.get(taken.len().saturating_sub(need.limit.max(1) as usize));
        Headroom {
            free: u32::try_from(free).unwrap_or(u32::MAX),
            of: need.limit,
            frees_at: (free == 0).then(|| first.map_or(Timestamp::MAX, |first| end(*first, need))),
        }
    }

    /// How many slots of a rate limit are taken, and when the last of them is free again.
    pub fn rate_use(&self, need: &RateSlot, at: Timestamp) -> RateUse {
        let taken = self.rate_slots.get(&need.scope).into_iter().flatten();
        let ends = taken.map(|(first, _)| end(*first, need)).filter(|end| *end > at);
        let (used, last) = ends.fold((0, at), |(used, last), end| (used + 1, last.max(end)));
        RateUse::new(used, wait(last, at))
    }

    /// How much of a concurrency limit is free, without reserving any of it.
    pub fn concurrency_headroom(&self, need: &ConcurrencySlot, at: Timestamp) -> Headroom {
        let inside: Vec<Timestamp> =
            self.concurrency_slots.get(&need.scope).map_or_else(Vec::new, |inside| {
                inside.values().filter(|until| **until > at).copied().collect()
            });
        let free = (need.limit as usize).saturating_sub(inside.len());
        Headroom {
            free: u32::try_from(free).unwrap_or(u32::MAX),
            of: need.limit,
            frees_at: (free == 0).then(|| inside.iter().min().copied().unwrap_or(Timestamp::MAX)),
        }
    }

    /// What counts against a budget in the period that began then.
    pub fn budget_use(&self, name: &str, period: Timestamp) -> BudgetUse {
        self.budgets.get(&(name.to_owned(), period)).copied().unwrap_or(BudgetUse::NOTHING)
    }

    pub(super) fn holds(&self, attempt: AttemptId) -> bool {
        self.holds.contains_key(&attempt)
    }

    /// Reserves everything for the attempt. [`Reservations::check`] has to allow it first: nothing
    /// is checked here.
    pub fn reserve(&mut self, attempt: AttemptId, reservation: Reservation) {
        let now = self.latest.unwrap_or(Timestamp::MIN);
        for need in reservation.rate_slots {
            self.rate_slots.entry(need.scope).or_default().push_back((now, attempt));
        }
        for need in reservation.concurrency_slots {
            self.concurrency_slots.entry(need.scope).or_default().insert(attempt, need.until);
        }
        if let Some(hold) = reservation.hold {
            let amount = hold.amount.micros();
            self.change(&hold, amount, amount);
            self.holds.insert(attempt, Held { hold, is_open: true });
        }
    }

    /// Frees the concurrency slots of an attempt whose phone call has ended or never existed.
    pub fn release_concurrency(&mut self, attempt: AttemptId) {
        for inside in self.concurrency_slots.values_mut() {
            inside.remove(&attempt);
        }
    }

    /// Releases an attempt's budget hold, or corrects it to the billed amount.
    pub fn settle(&mut self, settlement: Settlement) {
        match settlement {
            Settlement::Nothing { attempt, unsent } => {
                self.correct(attempt, 0);
                if unsent {
                    for taken in self.rate_slots.values_mut() {
                        taken.retain(|(_, by)| *by != attempt);
                    }
                }
            }
            Settlement::Bill { attempt, amount } => {
                let same = self
                    .holds
                    .get(&attempt)
                    .is_some_and(|held| held.hold.amount.currency() == amount.currency());
                if same {
                    self.correct(attempt, amount.micros());
                }
            }
        }
    }

    /// Forgets an attempt that is settled for good. What it counts for in its budgets stays; a later
    /// bill changes nothing any more.
    pub fn forget_hold(&mut self, attempt: AttemptId) {
        if self.holds.get(&attempt).is_some_and(|held| !held.is_open) {
            self.holds.remove(&attempt);
        }
    }

    /// Changes the amount that the attempt counts for in its budgets. It is not held back any more.
    fn correct(&mut self, attempt: AttemptId, micros: i64) {
        let Some(mut held) = self.holds.remove(&attempt) else {
            return;
        };
        let before = held.hold.amount.micros();
        let released = if held.is_open { before.saturating_neg() } else { 0 };
        self.change(&held.hold, micros.saturating_sub(before), released);
        held.hold.amount = Money::from_micros(micros, held.hold.amount.currency());
        held.is_open = false;
        self.holds.insert(attempt, held);
    }

    fn change(&mut self, hold: &BudgetHold, counted: i64, held: i64) {
        for budget in &hold.budgets {
            let used = self.budgets.entry((budget.name.clone(), budget.period)).or_default();
            used.counted = used.counted.saturating_add(counted);
            used.held = used.held.saturating_add(held);
        }
    }

    fn forget(&mut self, need: &RateSlot, now: Timestamp) {
        if let Some(taken) = self.rate_slots.get_mut(&need.scope) {
            while taken.front().is_some_and(|(first, _)| end(*first, need) <= now) {
                taken.pop_front();
            }
        }
    }
}

fn wait(until: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(until.duration_since(now)).unwrap_or_default()
}

fn end(taken: Timestamp, need: &RateSlot) -> Timestamp {
    taken.checked_add(need.window).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use switchboard_core::ProviderId;
    use uuid::Uuid;

    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_772_442_000_000 + millis).unwrap()
    }

    /// A rate slot for ten seconds, or a concurrency slot that ends ten seconds from now, each with
    /// a limit of two.
    fn reservation(now: i64) -> [Reservation; 2] {
        let rate_slot = RateSlot {
            scope: Scope::Placing(ProviderId::new("alpha")),
            limit: 2,
            window: Duration::from_secs(10),
        };
        let concurrency_slot = ConcurrencySlot {
            scope: Scope::Calls(ProviderId::new("alpha")),
            limit: 2,
            until: at(now + 10_000),
        };
        let (rate_slots, concurrency_slots) = (vec![rate_slot], vec![concurrency_slot]);
        [
            Reservation { rate_slots, ..Reservation::default() },
            Reservation { concurrency_slots, ..Reservation::default() },
        ]
    }

    #[test]
    fn what_is_left_is_what_can_be_taken() {
        for kind in 0..2 {
            let mut reservations = Reservations::default();
            let one = |now: i64| reservation(now).into_iter().nth(kind).unwrap();
            let left = |reservations: &Reservations, now: i64| match one(now) {
                Reservation { rate_slots, .. } if !rate_slots.is_empty() => {
                    reservations.rate_headroom(&rate_slots[0], at(now))
                }
                Reservation { concurrency_slots, .. } => {
                    reservations.concurrency_headroom(&concurrency_slots[0], at(now))
                }
            };
            let headroom = |free, frees_at| Headroom { free, of: 2, frees_at };
            for (nth, now) in [0, 4_000].into_iter().enumerate() {
                let free = u32::try_from(2 - nth).unwrap();
                assert_eq!(left(&reservations, now), headroom(free, None));
                reservations.check(&one(now), at(now)).unwrap();
                reservations.reserve(AttemptId::new(Uuid::from_u128(nth as u128)), one(now));
            }
            let full = headroom(0, Some(at(10_000)));
            assert_eq!(left(&reservations, 4_000), full);
            assert_eq!(left(&reservations, 9_999), full);
            assert!(reservations.check(&one(9_999), at(9_999)).is_err());
            for (now, free) in [(10_000, 1), (13_999, 1), (14_000, 2)] {
                assert_eq!(left(&reservations, now), headroom(free, None));
                reservations.check(&one(now), at(now)).unwrap();
            }
        }
    }
}
