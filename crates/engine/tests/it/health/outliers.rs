//! Ejections against everything that ever happened.

use std::{cell::Cell, collections::BTreeMap, time::Duration};

use proptest::{collection::vec, prelude::*, test_runner::TestRunner};
use switchboard_core::{CallId, ProviderId};
use switchboard_engine::Outliers;
use switchboard_router::OutlierPolicy;
use uuid::Uuid;

pub(crate) fn provider(nth: usize) -> ProviderId {
    ProviderId::new(format!("provider-{nth}"))
}

pub(crate) fn call(nth: u64) -> CallId {
    CallId::new(Uuid::from_u128(nth.into()))
}

fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

const PROVIDERS: usize = 4;

#[derive(Debug, Clone)]
enum Op {
    /// Who, which of a few calls, how long ago it was sent, whether it failed, and who could take
    /// its calls.
    Attempt {
        who: usize,
        call: u64,
        ago: u64,
        failed: bool,
        able: [bool; PROVIDERS],
    },
    Pass(u64),
    /// To the end of somebody's ejection, or just before it.
    ToTheEdge {
        who: usize,
        just_before: bool,
    },
    Obey(OutlierPolicy),
}

fn policy() -> impl Strategy<Value = OutlierPolicy> {
    let enabled = prop_oneof![9 => Just(true), 1 => Just(false)];
    (enabled, 0_u32..8, 1_u64..4_000, 0_u64..500, 0_u64..2_000).prop_map(
        |(enabled, minimum_attempts, window, cooldown, longest)| OutlierPolicy {
            enabled,
            minimum_attempts,
            window: millis(window),
            cooldown: millis(cooldown),
            longest_cooldown: millis(longest),
        },
    )
}

fn op() -> impl Strategy<Value = Op> {
    let able = [
        prop::bool::weighted(0.6),
        prop::bool::weighted(0.6),
        prop::bool::weighted(0.4),
        prop::bool::weighted(0.3),
    ];
    // The first two fail nearly always, the last hardly ever.
    let attempt = (0..PROVIDERS, 0_u64..12, 0_u64..60, 0_u32..100, able).prop_map(
        |(who, call, ago, chance, able)| Op::Attempt {
            who,
            call,
            ago,
            failed: chance < [98, 90, 30, 2][who],
            able,
        },
    );
    prop_oneof![
        20 => attempt,
        2 => (0_u64..300).prop_map(Op::Pass),
        2 => (0..PROVIDERS, any::<bool>()).prop_map(|(who, just_before)| Op::ToTheEdge { who, just_before }),
        1 => policy().prop_map(Op::Obey),
    ]
}

struct Told {
    who: usize,
    at: Duration,
    failed: Option<u64>,
}

struct Ejection {
    began: Duration,
    until: Duration,
    /// How many attempts had been told of when it began: those do not count any more.
    told: usize,
}

struct Model {
    policy: OutlierPolicy,
    told: Vec<Told>,
    ejections: BTreeMap<usize, Vec<Ejection>>,
}

impl Model {
    fn last(&self, who: usize) -> Option<&Ejection> {
        self.ejections.get(&who).and_then(|all| all.last())
    }

    fn ejected_for(&self, who: usize, now: Duration) -> Option<Duration> {
        let until = self.last(who)?.until;
        (until > now).then(|| until - now)
    }

    /// The attempts in the window, by whether and with which call they failed.
    fn recent(&self, who: usize, now: Duration) -> Vec<Option<u64>> {
        let from = self.last(who).map_or(0, |ejection| ejection.told);
        let recent = self
            .told
            .iter()
            .skip(from)
            .filter(|one| one.who == who && one.at + self.policy.window > now);
        recent.map(|one| one.failed).collect()
    }

    /// The length of the ejection, if this attempt leads to one; `Err` where the rounding of
    /// fractions decides.
    fn attempt(
        &mut self,
        op: (usize, u64, bool),
        sent: Duration,
        now: Duration,
        able: [bool; PROVIDERS],
    ) -> Result<Option<Duration>, ()> {
        let (who, call, failed) = op;
        if self.last(who).is_some_and(|ejection| sent < ejection.until) {
            return Ok(None);
        }
        self.told.push(Told { who, at: now, failed: failed.then_some(call) });
        let able = |other: &usize| {
            *other != who && able[*other] && self.ejected_for(*other, now).is_none()
        };
        let others: Vec<usize> = (0..PROVIDERS).filter(able).collect();
        let own = self.recent(who, now);
        let mut failing: Vec<u64> = own.iter().filter_map(|failed| *failed).collect();
        let failures = failing.len();
        failing.sort_unstable();
        failing.dedup();
        if !failed
            || !self.policy.enabled
            || others.is_empty()
            || own.len() < self.policy.minimum_attempts as usize
            || failing.len() < 2
        {
            return Ok(None);
        }
        let of_others: Vec<_> = others.iter().flat_map(|other| self.recent(*other, now)).collect();
        let usual = (of_others.iter().filter(|failed| failed.is_some()).count() + 1) as f64
            / (of_others.len() + 2) as f64;
        let lowest = lowest(failures as f64 / own.len() as f64, own.len() as f64);
        if (lowest - usual - 0.1).abs() < 1e-9 {
            return Err(());
        }
        if lowest < usual + 0.1 {
            return Ok(None);
        }
        let all = self.ejections.entry(who).or_default();
        // Back through those of which each began within a window of the former's end.
        let (mut doublings, mut began) = (0, now);
        for earlier in all.iter().rev() {
            if began >= earlier.until + self.policy.window {
                break;
            }
            doublings += 1;
            began = earlier.began;
        }
        let longest = self.policy.longest_cooldown.max(self.policy.cooldown);
        let mut pause = self.policy.cooldown;
        for _ in 0..doublings {
            pause = (pause * 2).min(longest);
        }
        all.push(Ejection { began: now, until: now + pause.min(longest), told: self.told.len() });
        Ok(Some(pause.min(longest)))
    }
}

/// Where a share would have to be for the one that is seen to lie 2.5758 standard errors above it.
fn lowest(share: f64, count: f64) -> f64 {
    let (mut low, mut high) = (0.0, share);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        let error = (middle * (1.0 - middle) / count).sqrt();
        if share - middle > 2.575_829_303_548_901 * error {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// The window may change between two ejections, and with it what is a row: the model asks the
/// history by the policy of the moment, so a policy keeps its window here.
fn keeping_the_window(policy: OutlierPolicy, of: OutlierPolicy) -> OutlierPolicy {
    OutlierPolicy { window: of.window, ..policy }
}

#[test]
fn ejections_agree_with_the_history() {
    let (ejections, doubled, spared) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_500) };
    let run = TestRunner::new(config).run(&(policy(), vec(op(), 0..250)), |(first, ops)| {
        let mut outliers = Outliers::new(first);
        let mut model = Model { policy: first, told: Vec::new(), ejections: BTreeMap::new() };
        let mut now = Duration::from_secs(3_600);
        for op in ops {
            let before: Vec<_> = (0..PROVIDERS)
                .map(|who| outliers.ejected_for(&provider(who), now).map(|left| now + left))
                .collect();
            match op {
                Op::Attempt { who, call: nth, ago, failed, able } => {
                    let sent = now - millis(ago);
                    let Ok(expected) = model.attempt((who, nth, failed), sent, now, able) else {
                        return Ok(());
                    };
                    let others: Vec<ProviderId> =
                        (0..PROVIDERS).filter(|other| able[*other]).map(provider).collect();
                    if failed {
                        prop_assert_eq!(
                            outliers.record_failure(&provider(who), call(nth), sent, now, &others),
                            expected
                        );
                    } else {
                        outliers.record_success(&provider(who), sent, now);
                    }
                    let left = (0..PROVIDERS)
                        .filter(|other| *other != who && able[*other] && before[*other].is_none());
                    let last = left.count() == 0;
                    if let Some(pause) = expected {
                        prop_assert!(!last, "the last one was ejected");
                        ejections.set(ejections.get() + 1);
                        doubled.set(doubled.get() + usize::from(pause > model.policy.cooldown));
                    }
                    spared.set(spared.get() + usize::from(failed && last));
                }
                Op::Pass(by) => now += millis(by),
                Op::ToTheEdge { who, just_before } => {
                    if let Some(until) = before[who] {
                        now = now.max(if just_before {
                            until - Duration::from_nanos(1)
                        } else {
                            until
                        });
                    }
                }
                Op::Obey(policy) => {
                    let policy = keeping_the_window(policy, first);
                    outliers.set_policy(policy);
                    model.policy = policy;
                }
            }
            for (who, before) in before.iter().enumerate() {
                let left = outliers.ejected_for(&provider(who), now);
                prop_assert_eq!(left, model.ejected_for(who, now));
                // Whatever happened, it lasts exactly as long as it said.
                if let Some(until) = before {
                    prop_assert_eq!(left, until.checked_sub(now).filter(|left| !left.is_zero()));
                }
            }
        }
        Ok(())
    });
    run.unwrap();
    let seen = [ejections.get(), doubled.get(), spared.get()];
    assert!(
        seen.iter().all(|count| *count > 100),
        "the cases that matter came up too seldom: {seen:?}"
    );
}
