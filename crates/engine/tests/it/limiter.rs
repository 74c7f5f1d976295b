//! The limiters against oracles that count by brute force.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use jiff::Timestamp;
use parking_lot::Mutex;
use proptest::{collection::vec, prelude::*};
use switchboard_core::Clock;
use switchboard_engine::{Pace, SlidingLog};

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(1_772_442_000_000 + millis).unwrap()
}

#[derive(Debug, Clone)]
enum Op {
    Take,
    /// Of the slots that were taken, the nth; again, if it was given back before.
    GiveBack(usize),
    /// The clock's reading changes by so much.
    Jump(i64),
    /// The clock goes to the moment at which a slot frees, or just before it.
    ToTheEdge {
        just_before: bool,
    },
    /// The configuration has another limit.
    Obey(u32),
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => Just(Op::Take),
        2 => (0_usize..40).prop_map(Op::GiveBack),
        3 => (0_i64..400).prop_map(Op::Jump),
        1 => (-2_000_i64..0).prop_map(Op::Jump),
        1 => (1_000_i64..5_000).prop_map(Op::Jump),
        2 => any::<bool>().prop_map(|just_before| Op::ToTheEdge { just_before }),
        1 => (0_u32..6).prop_map(Op::Obey),
    ]
}

/// Everything that was ever taken and not given back, and a clock that never goes back.
struct Oracle {
    limit: usize,
    window: Duration,
    /// When, which, and under which limit.
    kept: Vec<(Timestamp, usize, usize)>,
    latest: Timestamp,
}

impl Oracle {
    fn in_window(&self, now: Timestamp) -> Vec<Timestamp> {
        let mut held: Vec<Timestamp> =
            self.kept.iter().map(|(at, ..)| *at).filter(|at| *at + self.window > now).collect();
        held.sort();
        held
    }

    /// The first moment from `now` on at which a slot is free.
    fn frees_at(&self, now: Timestamp) -> Timestamp {
        let held = self.in_window(now);
        if held.len() < self.limit {
            return now;
        }
        held.get(held.len() - self.limit).map_or(Timestamp::MAX, |oldest| *oldest + self.window)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_500) })]

    #[test]
    fn the_sliding_log_agrees_with_brute_force(limit in 0_u32..6, window in 1_u64..1_500, ops in vec(op(), 0..120)) {
        let window = Duration::from_millis(window);
        let mut log = SlidingLog::new(limit, window);
        let mut oracle = Oracle { limit: limit as usize, window, kept: Vec::new(), latest: Timestamp::MIN };
        let mut slots = Vec::new();
        let (mut reading, mut limit) = (at(0), limit);
        for op in ops {
            match op {
                Op::Jump(by) => reading += jiff::SignedDuration::from_millis(by),
                Op::ToTheEdge { just_before } => {
                    let edge = oracle.frees_at(oracle.latest.max(reading));
                    if edge < Timestamp::MAX {
                        reading = if just_before { edge - Duration::from_nanos(1) } else { edge };
                    }
                }
                Op::GiveBack(nth) => {
                    if let Some(slot) = slots.get(nth) {
                        log.give_back(*slot);
                        oracle.kept.retain(|(_, id, _)| *id != nth);
                    }
                }
                Op::Obey(another) => {
                    limit = another;
                    log.set_limit(limit, window);
                    oracle.limit = limit as usize;
                }
                Op::Take => {
                    let now = oracle.latest.max(reading);
                    let used = oracle.in_window(now).len();
                    let free = (limit as usize).saturating_sub(used);
                    let headroom = log.headroom(reading);
                    prop_assert_eq!((headroom.free as usize, headroom.of), (free, limit));
                    match log.take(reading) {
                        Ok(slot) => {
                            prop_assert!(free > 0, "took a slot that is not there");
                            prop_assert_eq!(headroom.frees_at, None);
                            oracle.kept.push((now, slots.len(), limit as usize));
                            slots.push(slot);
                        }
                        Err(frees_at) => {
                            prop_assert_eq!(free, 0, "refused a slot that is there");
                            prop_assert_eq!((headroom.frees_at, frees_at), (Some(frees_at), oracle.frees_at(now)));
                            if frees_at < Timestamp::MAX {
                                prop_assert!(log.clone().take(frees_at - Duration::from_nanos(1)).is_err(), "frees earlier");
                                prop_assert!(log.clone().take(frees_at).is_ok(), "does not free then");
                            }
                        }
                    }
                    oracle.latest = now;
                }
            }
        }
        for (nth, (end, _, limit)) in oracle.kept.iter().enumerate() {
            let inside = oracle.kept.iter().take(nth + 1).filter(|(at, ..)| *at + window > *end).count();
            prop_assert!(inside <= *limit, "{} in one window", inside);
        }
    }

    #[test]
    fn a_pace_is_never_more_than_its_rate_and_its_burst(rate in 1_u32..40, burst in 1_u32..20, waits in vec(0_u64..300, 1..200)) {
        let clock = Arc::new(HandClock(Mutex::new(at(0))));
        let pace = Pace::new(NonZeroU32::new(rate).unwrap(), NonZeroU32::new(burst).unwrap(), Arc::clone(&clock) as Arc<dyn Clock>);
        let mut turns: Vec<Timestamp> = Vec::new();
        for wait in waits {
            clock.forward(Duration::from_millis(wait));
            match pace.turn() {
                Ok(()) => turns.push(clock.now()),
                Err(early) => {
                    prop_assert!(early > Duration::ZERO);
                    clock.forward(early);
                    prop_assert!(pace.turn().is_ok(), "not even then");
                    turns.push(clock.now());
                }
            }
        }
        for (n, first) in turns.iter().enumerate() {
            for (m, last) in turns.iter().enumerate().skip(n) {
                // A turn's length is rounded to a nanosecond; so is this.
                let nanos = u128::try_from(last.duration_since(*first).as_nanos()).unwrap() + 1_000;
                let allowed = u128::from(burst) + nanos * u128::from(rate) / 1_000_000_000;
                prop_assert!((m - n + 1) as u128 <= allowed, "{} turns in {} ns", m - n + 1, nanos);
            }
        }
    }
}

#[test]
fn a_documented_minute_is_kept_where_a_bucket_would_let_twice_as_many_through() {
    let mut log = SlidingLog::new(57, Duration::from_secs(60));
    let mut taken = 0;
    // As fast as it lets us, just before and just after a minute's edge.
    for millis in (59_000..61_000).step_by(5) {
        taken += usize::from(log.take(at(millis)).is_ok());
    }
    assert_eq!(taken, 57);
}

#[test]
fn a_shorter_window_frees_what_it_no_longer_holds() {
    let mut log = SlidingLog::new(1, Duration::from_secs(60));
    let _taken = log.take(at(0)).unwrap();
    log.set_limit(1, Duration::from_secs(1));
    assert_eq!(log.take(at(999)), Err(at(1_000)));
    assert!(log.take(at(1_000)).is_ok());
}

#[test]
fn a_slot_is_given_back_once() {
    let mut log = SlidingLog::new(2, Duration::from_secs(60));
    let first = log.take(at(0)).unwrap();
    let _second = log.take(at(0)).unwrap();
    log.give_back(first);
    log.give_back(first);
    assert_eq!(log.headroom(at(1)).free, 1);
    let _third = log.take(at(1)).unwrap();
    log.give_back(first);
    assert!(log.take(at(1)).is_err(), "the third is another slot");
}

/// A clock that is moved by hand.
#[derive(Debug)]
struct HandClock(Mutex<Timestamp>);

impl HandClock {
    fn forward(&self, by: Duration) {
        *self.0.lock() += by;
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.lock()
    }

    fn uptime(&self) -> Duration {
        Duration::try_from(self.now().duration_since(Timestamp::UNIX_EPOCH)).unwrap()
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}
