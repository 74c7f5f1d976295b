//! Slots and budgets of the journal itself, against oracles that count by brute force.
//!
//! `SCHEDULES` says how many random schedules are tried: `SCHEDULES=1000000 cargo test --release -p
//! switchboard-router --test it reservations`.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
    time::Duration,
};

use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use switchboard_core::{
    Attempt, AttemptError, AttemptId, CallId, Cost, Delivery, Error, ErrorKind, Money, ProviderId,
    Refusal, ValidCall,
};
use switchboard_journal::{
    CallLog, JournalExt, MemoryJournal, NewCall, Write,
    conformance::{epoch, request, valid},
    state::Fact,
};
use switchboard_router::{BudgetHold, Budgeted, RateSlot, Reservation, Scope};
use uuid::Uuid;

/// How many random schedules each property tries.
fn schedules() -> u64 {
    std::env::var("SCHEDULES").ok().and_then(|count| count.parse().ok()).unwrap_or(20_000)
}

/// A stream of small numbers from a seed (xorshift64*).
struct Chance(u64);

impl Chance {
    /// Of the nth schedule; the seed is never zero.
    fn of(nth: u64) -> Self {
        Self((nth + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % below
    }
}

/// Requests to many people, so that none waits for another.
fn requests() -> &'static [Arc<ValidCall>] {
    static MADE: OnceLock<Vec<Arc<ValidCall>>> = OnceLock::new();
    MADE.get_or_init(|| (0..2_000).map(|n| Arc::new(valid(&request(n)))).collect())
}

/// Three processes with one journal, and the calls that they made.
struct Desk {
    handles: [MemoryJournal; 3],
    calls: usize,
}

/// An attempt that took something.
#[derive(Clone, Copy)]
struct Taken {
    handle: usize,
    call: CallId,
    attempt: AttemptId,
}

impl Desk {
    fn new() -> Self {
        let first = MemoryJournal::shared(Duration::from_secs(3600));
        Self { handles: [first.another(), first.another(), first], calls: 0 }
    }

    /// One bracket by one process; the call is a new one.
    fn take(
        &mut self,
        handle: usize,
        reservation: Reservation,
        at: Timestamp,
    ) -> Result<Taken, Error> {
        let nth = self.calls;
        self.calls += 1;
        let (call, attempt) = (
            CallId::new(Uuid::from_u128(nth as u128 + 1)),
            AttemptId::new(Uuid::from_u128(nth as u128 + 1)),
        );
        let request = Arc::clone(&requests()[nth % requests().len()]);
        let journal = &self.handles[handle];
        journal.open(NewCall::new(call, request, at)).now_or_never().unwrap().unwrap();
        let admitted = Fact::Admitted { estimated_cost: None, experiment: None, plan: None };
        let intended = Fact::Intended(Box::new(Attempt::new(
            attempt,
            ProviderId::new("alpha".to_owned()),
            Uuid::nil(),
            at,
        )));
        let write = Write {
            facts: vec![admitted, intended, Fact::Claimed(attempt), Fact::Sent(attempt)],
            reservation,
        };
        journal.write(call, write, at).now_or_never().unwrap()?;
        Ok(Taken { handle, call, attempt })
    }

    fn say(&self, taken: Taken, fact: Fact, at: Timestamp) {
        let said = self.handles[taken.handle].record(taken.call, fact, at).now_or_never().unwrap();
        said.unwrap();
    }

    fn failed(&self, taken: Taken, delivery: Delivery, at: Timestamp) {
        let error = AttemptError {
            kind: ErrorKind::Connect,
            message: "as the test says".to_owned(),
            status: None,
            code: None,
        };
        let fact = Fact::Failed { attempt: taken.attempt, delivery, error };
        self.say(taken, fact, at);
    }
}

fn slot(limit: u32, window: Duration) -> Reservation {
    Reservation {
        rate_slots: vec![RateSlot {
            scope: Scope::Placing(ProviderId::new("alpha")),
            limit,
            window,
        }],
        ..Reservation::default()
    }
}

/// What three processes with clocks of their own took, counted in the latest moment that any of
/// them read.
fn slots(nth: u64) -> u64 {
    let mut chance = Chance::of(nth);
    let limit = chance.next(5) as u32;
    let window = Duration::from_millis(1 + chance.next(900));
    let skews = [0, 0, 0].map(|_: i32| chance.next(400) as i64 - 200);
    let (mut desk, mut moment, mut latest) = (Desk::new(), 0_i64, Timestamp::MIN);
    let mut kept: Vec<(Timestamp, Taken)> = Vec::new();
    let mut refused = 0;
    for _ in 0..8 + chance.next(18) {
        match chance.next(8) {
            0 => moment += chance.next(1_200) as i64,
            1 | 2 => moment += chance.next(120) as i64,
            3 if !kept.is_empty() => {
                let (_, given_back) = kept.swap_remove(chance.next(kept.len() as u64) as usize);
                desk.failed(given_back, Delivery::NotSent, latest);
            }
            4 if !kept.is_empty() => {
                // Whether it left nobody knows, and its slot stays taken.
                let (_, asked) = kept[chance.next(kept.len() as u64) as usize];
                let _ = desk.handles[asked.handle]
                    .record(
                        asked.call,
                        Fact::Failed {
                            attempt: asked.attempt,
                            delivery: Delivery::Unknown,
                            error: AttemptError::from(&Error::new(
                                ErrorKind::Timeout,
                                "as the test says",
                            )),
                        },
                        latest,
                    )
                    .now_or_never();
            }
            _ => {
                let handle = chance.next(3) as usize;
                let at = epoch() + SignedDuration::from_millis(moment + skews[handle]);
                latest = latest.max(at);
                let mut inside: Vec<Timestamp> =
                    kept.iter().map(|(at, _)| *at).filter(|at| *at + window > latest).collect();
                inside.sort();
                match desk.take(handle, slot(limit, window), at) {
                    Ok(taken) => {
                        assert!(
                            inside.len() < limit as usize,
                            "schedule {nth}: took a slot that is not there"
                        );
                        kept.push((latest, taken));
                    }
                    Err(error) => {
                        refused += 1;
                        assert_eq!(error.code(), Some("rate_limited"), "schedule {nth}");
                        assert!(
                            inside.len() >= limit as usize,
                            "schedule {nth}: refused a slot that is there"
                        );
                        if limit > 0 {
                            let frees = inside[inside.len() - limit as usize] + window;
                            let wait = Duration::try_from(frees.duration_since(latest)).unwrap();
                            assert_eq!(error.retry_after(), Some(wait), "schedule {nth}");
                        }
                    }
                }
            }
        }
    }
    for (end, _) in &kept {
        let inside = kept.iter().filter(|(at, _)| at <= end && *at + window > *end).count();
        assert!(inside <= limit as usize, "schedule {nth}: {inside} of {limit} in one window");
    }
    refused
}

#[test]
fn no_window_holds_more_than_its_limit_whoever_takes_and_gives_back() {
    let refused: u64 = (0..schedules()).map(slots).sum();
    assert!(refused > schedules() / 4, "only {refused} were refused");
    println!("{} schedules, {refused} refusals", schedules());
}

#[test]
fn a_limit_under_load_is_used_to_the_full() {
    let (limit, window) = (57, Duration::from_secs(60));
    let (mut desk, mut at, mut taken) = (Desk::new(), epoch(), 0_u64);
    let end = epoch() + Duration::from_secs(30 * 60);
    while at < end {
        let handle = desk.calls % 3;
        match desk.take(handle, slot(limit, window), at) {
            Ok(_) => taken += 1,
            Err(error) => at += error.retry_after().unwrap(),
        }
        at += Duration::from_millis(100);
    }
    let most = 30 * u64::from(limit);
    println!("{taken} of {most} slots in half an hour: {} %", taken * 100 / most);
    assert!(taken <= most && taken * 100 >= most * 99, "{taken} of {most}");
}

fn cents(amount: i64) -> Money {
    Money::from_micros(amount * 10_000, switchboard_core::Currency::USD)
}

/// Budgets in the hands of three processes: what is held and spent never passes what may be.
fn budgets(nth: u64) -> u64 {
    let mut chance = Chance::of(nth);
    let (mut desk, at) = (Desk::new(), epoch());
    let limits: [i64; 3] = [0; 3].map(|_: i64| 100 + chance.next(900) as i64);
    // What each attempt counts for, and in which budgets.
    let mut counted: HashMap<AttemptId, (Taken, i64, Vec<usize>, bool)> = HashMap::new();
    let mut order: Vec<AttemptId> = Vec::new();
    let mut refused = 0;
    for _ in 0..8 + chance.next(18) {
        let spent = |budget: usize| -> i64 {
            let in_it = counted.values().filter(|(_, _, budgets, _)| budgets.contains(&budget));
            in_it.map(|(_, amount, _, _)| *amount).sum()
        };
        if chance.next(3) > 0 || order.is_empty() {
            let amount = 1 + chance.next(400) as i64;
            let first = chance.next(3) as usize;
            let against: Vec<usize> =
                if chance.next(2) == 0 { vec![first] } else { vec![first, (first + 1) % 3] };
            let hold = BudgetHold {
                amount: cents(amount),
                budgets: against
                    .iter()
                    .map(|budget| Budgeted {
                        name: format!("budget {budget}"),
                        period: epoch(),
                        limit: cents(limits[*budget]),
                    })
                    .collect(),
            };
            let fits = against.iter().all(|budget| spent(*budget) + amount <= limits[*budget]);
            let reservation = Reservation { hold: Some(hold), ..Reservation::default() };
            match desk.take(chance.next(3) as usize, reservation, at) {
                Ok(taken) => {
                    assert!(fits, "schedule {nth}: overshot");
                    order.push(taken.attempt);
                    counted.insert(taken.attempt, (taken, amount, against, true));
                }
                Err(error) => {
                    refused += 1;
                    assert_eq!(error.code(), Some("over_budget"), "schedule {nth}");
                    assert!(!fits, "schedule {nth}: refused what fits");
                }
            }
            continue;
        }
        let which = order[chance.next(order.len() as u64) as usize];
        let (taken, amount, _, open) = counted.get_mut(&which).unwrap();
        match chance.next(4) {
            // A bill is never more than what was held.
            0 => {
                *amount = chance.next(*amount as u64 + 1) as i64;
                let money = cents(*amount);
                desk.say(*taken, Fact::Billed(taken.attempt, Cost::Money(money), Some(money)), at);
                *open = false;
            }
            // A bill in a unit that nobody can price settles nothing.
            1 => desk.say(*taken, Fact::Billed(taken.attempt, Cost::Money(cents(1)), None), at),
            2 if *open => {
                let silent = [Delivery::NotSent, Delivery::Refused(Refusal::ThisProvider)];
                desk.failed(*taken, silent[chance.next(2) as usize], at);
                (*amount, *open) = (0, false);
            }
            _ if *open => desk.failed(*taken, Delivery::Unknown, at),
            _ => {}
        }
    }
    refused
}

#[test]
fn no_budget_is_overshot_whoever_holds_settles_and_releases() {
    let refused: u64 = (0..schedules()).map(budgets).sum();
    assert!(refused > schedules() / 4, "only {refused} were refused");
    println!("{} schedules, {refused} refusals", schedules());
}
