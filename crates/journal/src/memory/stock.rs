//! What attempts take before they are sent: slots of rate limits, rooms, and shares of budgets.

use std::collections::{BTreeMap, HashMap, VecDeque};

use jiff::Timestamp;
use switchboard_core::{AttemptId, Error, ErrorKind, Result};
use switchboard_router::{Headroom, Hold, Needs, RoomNeed, SlotNeed};

use crate::Settlement;

/// What the attempts of all calls have reserved, in memory.
#[derive(Debug, Default)]
pub struct Stock {
    slots: BTreeMap<String, VecDeque<(Timestamp, AttemptId)>>,
    /// Who is in, and until when at the latest.
    rooms: BTreeMap<String, BTreeMap<AttemptId, Timestamp>>,
    /// The latest moment that was ever read: a clock that jumps back counts as standing still.
    latest: Option<Timestamp>,
    /// Millionths spent and held, for each budget and period.
    budgets: HashMap<(String, Timestamp), i64>,
    holds: HashMap<AttemptId, Hold>,
}

impl Stock {
    /// Refuses what is not there, and takes nothing yet.
    pub fn ask(&mut self, needs: &Needs, at: Timestamp) -> Result<()> {
        let now = self.latest.map_or(at, |latest| latest.max(at));
        self.latest = Some(now);
        for need in &needs.slots {
            self.forget(need, now);
            let taken = self.slots.get(&need.limiter);
            let used = taken.map_or(0, VecDeque::len);
            if used >= need.limit as usize {
                let frees = taken
                    .and_then(|taken| taken.get(used.checked_sub(need.limit.max(1) as usize)?))
                    .map_or(Timestamp::MAX, |(first, _)| end(*first, need));
                let wait =
                    std::time::Duration::try_from(frees.duration_since(now)).unwrap_or_default();
                return Err(Error::new(
                    ErrorKind::RateLimited,
                    format!("{} has no free slot in its window", need.limiter),
                )
                .with_code("no_slot")
                .with_field(need.limiter.clone())
                .with_retry_after(wait));
            }
        }
        for need in &needs.rooms {
            let inside = self.rooms.entry(need.scope.clone()).or_default();
            inside.retain(|_, until| *until > now);
            if inside.len() >= need.limit as usize {
                let frees = inside.values().min().copied().unwrap_or(Timestamp::MAX);
                return Err(Error::new(
                    ErrorKind::RateLimited,
                    format!("{} has {} calls under way, as many as it may", need.scope, need.limit),
                )
                .with_code("no_room")
                .with_field(need.scope.clone())
                .with_retry_after(
                    std::time::Duration::try_from(frees.duration_since(now)).unwrap_or_default(),
                ));
            }
        }
        let Some(hold) = &needs.hold else {
            return Ok(());
        };
        for budget in &hold.budgets {
            let spent =
                self.budgets.get(&(budget.name.clone(), budget.period)).copied().unwrap_or(0);
            if spent.saturating_add(hold.amount.micros()) > budget.limit.micros() {
                return Err(Error::new(
                    ErrorKind::QuotaExceeded,
                    format!(
                        "the budget {} of {} does not hold {} more",
                        budget.name, budget.limit, hold.amount
                    ),
                )
                .with_code("over_budget"));
            }
        }
        Ok(())
    }

    /// What is left of a limit, without taking any.
    pub fn left(&self, need: &SlotNeed, at: Timestamp) -> Headroom {
        let inside = |taken: &&(Timestamp, AttemptId)| end(taken.0, need) > at;
        let taken: Vec<Timestamp> = self
            .slots
            .get(&need.limiter)
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
    pub fn rooms_left(&self, need: &RoomNeed, at: Timestamp) -> Headroom {
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
    pub fn take(&mut self, attempt: AttemptId, needs: Needs) {
        let now = self.latest.unwrap_or(Timestamp::MIN);
        for need in needs.slots {
            self.slots.entry(need.limiter).or_default().push_back((now, attempt));
        }
        for need in needs.rooms {
            self.rooms.entry(need.scope).or_default().insert(attempt, need.until);
        }
        if let Some(hold) = needs.hold {
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

    fn forget(&mut self, need: &SlotNeed, now: Timestamp) {
        if let Some(taken) = self.slots.get_mut(&need.limiter) {
            while taken.front().is_some_and(|(first, _)| end(*first, need) <= now) {
                taken.pop_front();
            }
        }
    }
}

fn end(taken: Timestamp, need: &SlotNeed) -> Timestamp {
    taken.checked_add(need.window).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use uuid::Uuid;

    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_772_442_000_000 + millis).unwrap()
    }

    /// A slot for ten seconds, or a room until the tenth second from now; two there are of each.
    fn needs(now: i64) -> [Needs; 2] {
        let slot =
            SlotNeed { limiter: "alpha".to_owned(), limit: 2, window: Duration::from_secs(10) };
        let room = RoomNeed { scope: "alpha".to_owned(), limit: 2, until: at(now + 10_000) };
        let (slots, rooms) = (vec![slot], vec![room]);
        [Needs { slots, ..Needs::default() }, Needs { rooms, ..Needs::default() }]
    }

    #[test]
    fn what_is_left_is_what_can_be_taken() {
        for kind in 0..2 {
            let mut stock = Stock::default();
            let one = |now: i64| needs(now).into_iter().nth(kind).unwrap();
            let left = |stock: &Stock, now: i64| match one(now) {
                Needs { slots, .. } if !slots.is_empty() => stock.left(&slots[0], at(now)),
                Needs { rooms, .. } => stock.rooms_left(&rooms[0], at(now)),
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
