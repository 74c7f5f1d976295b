//! What attempts take before they are sent: slots of rate limits, rooms, and shares of budgets.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::Duration,
};

use jiff::Timestamp;
use switchboard_core::AttemptId;
use switchboard_router::{BudgetHold, ConcurrencySlot, Headroom, RateSlot, Reservation, Scope};

use crate::{Denied, Settlement};

/// What the attempts of all calls have reserved, in memory.
#[derive(Debug, Default)]
pub struct Stock {
    slots: BTreeMap<Scope, VecDeque<(Timestamp, AttemptId)>>,
    /// Who is in, and until when at the latest.
    rooms: BTreeMap<Scope, BTreeMap<AttemptId, Timestamp>>,
    /// The latest moment that was ever read: a clock that jumps back counts as standing still.
    latest: Option<Timestamp>,
    /// Millionths spent and held, for each budget and period.
    budgets: HashMap<(String, Timestamp), i64>,
    holds: HashMap<AttemptId, BudgetHold>,
}

impl Stock {
    /// Refuses what is not there, and takes nothing yet.
    pub fn ask(&mut self, reservation: &Reservation, at: Timestamp) -> Result<(), Denied> {
        let now = self.latest.map_or(at, |latest| latest.max(at));
        self.latest = Some(now);
        for need in &reservation.slots {
            self.forget(need, now);
            let taken = self.slots.get(&need.scope);
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
        for need in &reservation.rooms {
            let inside = self.rooms.entry(need.scope.clone()).or_default();
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
            let spent =
                self.budgets.get(&(budget.name.clone(), budget.period)).copied().unwrap_or(0);
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

    /// What is left of a limit, without taking any.
    pub fn left(&self, need: &RateSlot, at: Timestamp) -> Headroom {
        let inside = |taken: &&(Timestamp, AttemptId)| end(taken.0, need) > at;
        let taken: Vec<Timestamp> = self
            .slots
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

    /// What is left of the calls that may be under way, without taking any.
    pub fn rooms_left(&self, need: &ConcurrencySlot, at: Timestamp) -> Headroom {
        let inside: Vec<Timestamp> = self.rooms.get(&need.scope).map_or_else(Vec::new, |inside| {
            inside.values().filter(|until| **until > at).copied().collect()
        });
        let free = (need.limit as usize).saturating_sub(inside.len());
        Headroom {
            free: u32::try_from(free).unwrap_or(u32::MAX),
            of: need.limit,
            frees_at: (free == 0).then(|| inside.iter().min().copied().unwrap_or(Timestamp::MAX)),
        }
    }

    pub(super) fn holds(&self, attempt: AttemptId) -> bool {
        self.holds.contains_key(&attempt)
    }

    /// Takes what was asked for.
    pub fn take(&mut self, attempt: AttemptId, reservation: Reservation) {
        let now = self.latest.unwrap_or(Timestamp::MIN);
        for need in reservation.slots {
            self.slots.entry(need.scope).or_default().push_back((now, attempt));
        }
        for need in reservation.rooms {
            self.rooms.entry(need.scope).or_default().insert(attempt, need.until);
        }
        if let Some(hold) = reservation.hold {
            for budget in &hold.budgets {
                let spent = self.budgets.entry((budget.name.clone(), budget.period)).or_default();
                *spent = spent.saturating_add(hold.amount.micros());
            }
            self.holds.insert(attempt, hold);
        }
    }

    /// The attempt's phone call is over, or was none.
    pub fn leave(&mut self, attempt: AttemptId) {
        for inside in self.rooms.values_mut() {
            inside.remove(&attempt);
        }
    }

    /// Releases, or corrects, what an attempt holds.
    pub fn settle(&mut self, settlement: Settlement) {
        match settlement {
            Settlement::Nothing { attempt, unsent } => {
                self.correct(attempt, 0);
                if unsent {
                    for taken in self.slots.values_mut() {
                        taken.retain(|(_, by)| *by != attempt);
                    }
                }
            }
            Settlement::Bill { attempt, amount } => {
                let same = self
                    .holds
                    .get(&attempt)
                    .is_some_and(|hold| hold.amount.currency() == amount.currency());
                if same {
                    self.correct(attempt, amount.micros());
                }
            }
        }
    }

    /// What the attempt counts for in its budgets from now on.
    fn correct(&mut self, attempt: AttemptId, micros: i64) {
        let Some(hold) = self.holds.get_mut(&attempt) else {
            return;
        };
        let change = micros.saturating_sub(hold.amount.micros());
        for budget in &hold.budgets {
            let spent = self.budgets.entry((budget.name.clone(), budget.period)).or_default();
            *spent = spent.saturating_add(change);
        }
        hold.amount = switchboard_core::Money::from_micros(micros, hold.amount.currency());
    }

    fn forget(&mut self, need: &RateSlot, now: Timestamp) {
        if let Some(taken) = self.slots.get_mut(&need.scope) {
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

    /// A slot for ten seconds, or a room until the tenth second from now; two there are of each.
    fn reservation(now: i64) -> [Reservation; 2] {
        let slot = RateSlot {
            scope: Scope::Placing(ProviderId::new("alpha")),
            limit: 2,
            window: Duration::from_secs(10),
        };
        let room = ConcurrencySlot {
            scope: Scope::Calls(ProviderId::new("alpha")),
            limit: 2,
            until: at(now + 10_000),
        };
        let (slots, rooms) = (vec![slot], vec![room]);
        [
            Reservation { slots, ..Reservation::default() },
            Reservation { rooms, ..Reservation::default() },
        ]
    }

    #[test]
    fn what_is_left_is_what_can_be_taken() {
        for kind in 0..2 {
            let mut stock = Stock::default();
            let one = |now: i64| reservation(now).into_iter().nth(kind).unwrap();
            let left = |stock: &Stock, now: i64| match one(now) {
                Reservation { slots, .. } if !slots.is_empty() => stock.left(&slots[0], at(now)),
                Reservation { rooms, .. } => stock.rooms_left(&rooms[0], at(now)),
            };
            let headroom = |free, frees_at| Headroom { free, of: 2, frees_at };
            for (nth, now) in [0, 4_000].into_iter().enumerate() {
                let free = u32::try_from(2 - nth).unwrap();
                assert_eq!(left(&stock, now), headroom(free, None));
                stock.ask(&one(now), at(now)).unwrap();
                stock.take(AttemptId::new(Uuid::from_u128(nth as u128)), one(now));
            }
            let full = headroom(0, Some(at(10_000)));
            assert_eq!(left(&stock, 4_000), full);
            assert_eq!(left(&stock, 9_999), full);
            assert!(stock.ask(&one(9_999), at(9_999)).is_err());
            for (now, free) in [(10_000, 1), (13_999, 1), (14_000, 2)] {
                assert_eq!(left(&stock, now), headroom(free, None));
                stock.ask(&one(now), at(now)).unwrap();
            }
        }
    }
}
