//! A breaker against its whole history.

use std::time::Duration;

use proptest::{collection::vec, prelude::*};
use switchboard_engine::Breaker;
use switchboard_router::BreakerPolicy;

fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

#[derive(Debug, Clone)]
enum Op {
    /// A call that was sent so long ago was taken.
    Worked(u64),
    /// It failed.
    Failed(u64),
    /// A read came to its end.
    Probe(bool),
    Pass(u64),
    /// To the moment at which the cooldown is over, or just before it.
    ToTheEdge {
        just_before: bool,
    },
    Obey(BreakerPolicy),
    /// The clock goes back all the same.
    Back(u64),
}

fn policy() -> impl Strategy<Value = BreakerPolicy> {
    (0_u32..5, 0_u64..200, 0_u64..2_000).prop_map(|(failures, cooldown, longest)| BreakerPolicy {
        failures,
        cooldown: millis(cooldown),
        longest_cooldown: millis(longest),
    })
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        3 => (0_u64..300).prop_map(Op::Worked),
        8 => (0_u64..300).prop_map(Op::Failed),
        3 => any::<bool>().prop_map(Op::Probe),
        3 => (0_u64..400).prop_map(Op::Pass),
        4 => any::<bool>().prop_map(|just_before| Op::ToTheEdge { just_before }),
        1 => policy().prop_map(Op::Obey),
        1 => (0_u64..3_000).prop_map(Op::Back),
    ]
}

/// Everything that counted, and every cooldown.
struct Model {
    policy: BreakerPolicy,
    /// True where a call was taken.
    counted: Vec<bool>,
    /// How many results had counted when it began, when it is over, and whether a read closed it.
    cooldowns: Vec<(usize, Duration, Option<Duration>)>,
}

impl Model {
    fn open_until(&self) -> Option<Duration> {
        self.cooldowns.last().filter(|(.., closed)| closed.is_none()).map(|(_, until, _)| *until)
    }

    fn closed_since(&self) -> Duration {
        self.cooldowns.last().and_then(|(.., closed)| *closed).unwrap_or_default()
    }

    /// Counts from the last call that was taken.
    fn row_begins(&self) -> usize {
        self.counted.iter().rposition(|taken| *taken).map_or(0, |last| last + 1)
    }

    fn cool_down(&mut self, now: Duration) {
        let row = self.row_begins();
        let earlier = self.cooldowns.iter().filter(|(at, ..)| *at > row).count();
        let mut pause = self.policy.cooldown.as_nanos();
        for _ in 0..earlier {
            pause = (pause * 2).min(u128::from(u64::MAX));
        }
        let most = self.policy.longest_cooldown.max(self.policy.cooldown).as_nanos();
        let pause = Duration::from_nanos(u64::try_from(pause.min(most)).unwrap());
        self.cooldowns.push((self.counted.len(), now + pause, None));
    }

    fn result(&mut self, taken: bool, sent: Duration, now: Duration) -> bool {
        if self.open_until().is_some() || sent < self.closed_since() {
            return false;
        }
        self.counted.push(taken);
        let row = self.counted.len() - self.row_begins();
        let opens = !taken && row >= self.policy.failures as usize;
        if opens {
            self.cool_down(now);
        }
        opens
    }

    fn probe(&mut self, worked: bool, now: Duration) {
        if self.open_until().is_none_or(|until| now < until) {
            return;
        }
        if worked {
            self.cooldowns.last_mut().unwrap().2 = Some(now);
        } else {
            self.cool_down(now);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3_000) })]

    #[test]
    fn a_breaker_agrees_with_its_history(first in policy(), ops in vec(op(), 0..150)) {
        let mut breaker = Breaker::new(first);
        let mut model = Model { policy: first, counted: Vec::new(), cooldowns: Vec::new() };
        // An hour in, so that every call was sent after the beginning.
        let mut now = Duration::from_secs(3_600);
        for op in ops {
            let before = model.open_until();
            match op {
                Op::Worked(ago) => {
                    breaker.record_success(now - millis(ago));
                    model.result(true, now - millis(ago), now);
                }
                Op::Failed(ago) => {
                    let opened = breaker.record_failure(now - millis(ago), now);
                    prop_assert_eq!(opened, model.result(false, now - millis(ago), now));
                }
                Op::Probe(worked) => {
                    breaker.record_probe(worked, now);
                    model.probe(worked, now);
                }
                Op::Pass(by) => now += millis(by),
                Op::ToTheEdge { just_before } => if let Some(until) = before {
                    now = now.max(if just_before { until - Duration::from_nanos(1) } else { until });
                },
                Op::Obey(policy) => {
                    breaker.set_policy(policy);
                    model.policy = policy;
                }
                Op::Back(by) => now = now.saturating_sub(millis(by)).max(Duration::from_secs(1_800)),
            }
            prop_assert_eq!(breaker.time_until_probe(now), model.open_until().map(|until| until.saturating_sub(now)));
            // Whatever happened, a cooldown that began is not over before its time, and does not
            // move.
            if let Some(until) = before.filter(|until| now < *until) {
                prop_assert_eq!(breaker.time_until_probe(now), Some(until - now));
            }
        }
    }
}

#[test]
fn what_is_answered_late_neither_opens_nor_closes() {
    let policy =
        BreakerPolicy { failures: 2, cooldown: millis(100), longest_cooldown: millis(300) };
    let mut breaker = Breaker::new(policy);
    assert!(!breaker.record_failure(millis(1), millis(10)));
    assert!(breaker.record_failure(millis(2), millis(10)), "the second in a row");
    breaker.record_success(millis(3));
    assert_eq!(
        breaker.time_until_probe(millis(20)),
        Some(millis(90)),
        "a call that was sent before it opened"
    );
    breaker.record_probe(true, millis(109));
    assert_eq!(
        breaker.time_until_probe(millis(109)),
        Some(millis(1)),
        "a read that came too early"
    );
    breaker.record_probe(true, millis(110));
    assert_eq!(breaker.time_until_probe(millis(110)), None);
    assert!(!breaker.record_failure(millis(109), millis(120)), "sent while it was open");
    // The row of failures still stands: the next one opens again, for twice as long.
    assert!(breaker.record_failure(millis(111), millis(120)));
    assert_eq!(breaker.time_until_probe(millis(120)), Some(millis(200)));
    breaker.record_probe(false, millis(320));
    assert_eq!(
        breaker.time_until_probe(millis(320)),
        Some(millis(300)),
        "and no longer than the longest"
    );
    breaker.record_probe(true, millis(620));
    breaker.record_success(millis(621));
    assert!(!breaker.record_failure(millis(622), millis(630)), "a call that is taken ends the row");
    assert!(breaker.record_failure(millis(622), millis(630)));
    assert_eq!(breaker.time_until_probe(millis(630)), Some(millis(100)));
}
