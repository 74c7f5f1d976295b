//! Strategies and experiments: what is drawn is drawn as often as its weight says.

use std::{collections::HashMap, time::Duration};

use switchboard_core::{Money, ProviderId, TenantId};
use switchboard_router::{
    Arm, Cheapest, Experiment, Fastest, MostHeadroom, Plan, Policy, Priority, Rank, RankInput,
    RankReason, Reading, Snapshot, Strategy, Weighted, experiment::Treatment, plan,
};

use crate::support::{Fake, call, chi_square, epoch, id, number, policy, usd};

const NAMES: [&str; 3] = ["alpha", "beta", "gamma"];

/// Chi-square that chance exceeds once in a thousand times, by degrees of freedom.
const CRITICAL: [f64; 9] = [0.0, 10.83, 13.82, 16.27, 18.47, 20.52, 22.46, 24.32, 26.12];

/// The `n`th of a sequence of draws (SplitMix64).
fn draw(n: u64) -> u64 {
    let mut z = n.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn standings<'a>(
    ids: &'a [ProviderId],
    change: impl Fn(usize, &mut RankInput<'a>),
) -> Vec<RankInput<'a>> {
    let standing = |(n, provider)| {
        let mut standing = RankInput {
            provider,
            preference: n,
            cost: None,
            time_to_accept: None,
            headroom: 1_000_000,
            measured: None,
        };
        change(n, &mut standing);
        standing
    };
    ids.iter().enumerate().map(standing).collect()
}

fn ranked(
    strategy: impl Into<Strategy>,
    draw: u64,
    change: impl Fn(usize, &mut RankInput<'_>),
) -> Vec<String> {
    let ids: Vec<ProviderId> = NAMES.map(id).into();
    let mut standings = standings(&ids, change);
    strategy.into().rank(&mut standings, draw);
    standings.iter().map(|standing| standing.provider.to_string()).collect()
}

#[test]
fn priority_is_as_listed() {
    let backwards = |n: usize, standing: &mut RankInput<'_>| standing.preference = 9 - n;
    assert_eq!(ranked(Priority, 0, backwards), ["gamma", "beta", "alpha"]);
}

#[test]
fn an_unknown_cost_is_not_cheap() {
    let costs: [Option<Money>; 3] = [None, Some(usd("0.20")), Some(usd("0.03"))];
    assert_eq!(
        ranked(Cheapest, 0, |n, standing| standing.cost = costs[n]),
        ["gamma", "beta", "alpha"]
    );
    assert_eq!(
        ranked(Cheapest, 0, |_, standing| standing.cost = Some(usd("0.03"))),
        NAMES,
        "equal costs: as listed"
    );
}

#[test]
fn an_unmeasured_provider_is_not_fast() {
    let times = [None, Some(Duration::from_millis(900)), Some(Duration::from_millis(200))];
    assert_eq!(
        ranked(Fastest, 0, |n, standing| standing.time_to_accept = times[n]),
        ["gamma", "beta", "alpha"]
    );
}

#[test]
fn the_largest_free_share_comes_first() {
    let free = [100_000, 1_000_000, 400_000];
    assert_eq!(
        ranked(MostHeadroom, 0, |n, standing| standing.headroom = free[n]),
        ["beta", "gamma", "alpha"]
    );
}

fn weighted(weights: [u32; 3]) -> Weighted {
    Weighted { weights: NAMES.iter().map(|name| id(name)).zip(weights).collect() }
}

#[test]
fn weights_are_kept_over_a_hundred_thousand_draws() {
    let mut orders: HashMap<Vec<String>, u64> = HashMap::new();
    for n in 0..100_000 {
        *orders.entry(ranked(weighted([1, 2, 7]), draw(n), |_, _| {})).or_default() += 1;
    }
    let weight = |name: &str| match name {
        "alpha" => 1.0,
        "beta" => 2.0,
        _ => 7.0,
    };
    let first: Vec<u64> = NAMES
        .iter()
        .map(|name| {
            orders.iter().filter(|(order, _)| order[0] == *name).map(|(_, count)| count).sum()
        })
        .collect();
    let chi = chi_square(&first, &[1.0, 2.0, 7.0]);
    assert!(chi < CRITICAL[2], "chi-square {chi} of {first:?}");

    // The second place is drawn too, by the weights of those that are left.
    let (counts, chances): (Vec<u64>, Vec<f64>) = orders
        .iter()
        .map(|(order, count)| {
            (*count, weight(&order[0]) / 10.0 * weight(&order[1]) / (10.0 - weight(&order[0])))
        })
        .unzip();
    assert_eq!(counts.len(), 6);
    let chi = chi_square(&counts, &chances);
    assert!(chi < CRITICAL[5], "chi-square {chi} of {orders:?}");
}

#[test]
fn a_weight_of_zero_comes_last_and_never_first() {
    for n in 0..10_000 {
        let order = ranked(weighted([0, 1, 1]), draw(n), |_, _| {});
        assert_eq!(order[2], "alpha");
    }
}

fn experiment(name: &str, weights: [u32; 4]) -> Experiment {
    let arms = ["alpha", "beta", "gamma", "alpha"];
    let arms = arms.iter().zip(weights).enumerate();
    Experiment::new(
        name,
        arms.map(|(n, (provider, weight))| Arm::provider(format!("arm-{n}"), id(provider), weight))
            .collect(),
    )
}

/// How many of a hundred thousand people each arm got.
fn people(experiment: &Experiment) -> Vec<u64> {
    let mut counts = vec![0; experiment.arms.len()];
    for n in 0..100_000 {
        let arm = experiment.arm(&TenantId::default(), &number(n)).unwrap();
        counts[experiment.arms.iter().position(|one| one.name == arm.name).unwrap()] += 1;
    }
    counts
}

#[test]
fn arms_get_their_share_of_a_hundred_thousand_people_and_zero_gets_nobody() {
    for weights in [[1, 1, 2, 0], [10, 30, 60, 0], [0, 1, 99, 0], [5, 0, 5, 5]] {
        let counts = people(&experiment("voices", weights));
        let mut kept: Vec<(u64, f64)> = Vec::new();
        for (count, weight) in counts.iter().zip(weights) {
            if weight == 0 {
                assert_eq!(*count, 0, "{counts:?}");
            } else {
                kept.push((*count, f64::from(weight)));
            }
        }
        let (counts, weights): (Vec<u64>, Vec<f64>) = kept.into_iter().unzip();
        let chi = chi_square(&counts, &weights);
        assert!(chi < CRITICAL[counts.len() - 1], "chi-square {chi} of {counts:?}");
    }
    assert!(experiment("voices", [0; 4]).arm(&TenantId::default(), &number(1)).is_none());
}

#[test]
fn one_experiment_says_nothing_of_another_nor_one_tenant_of_another() {
    let (one, other) = (experiment("voices", [1, 1, 1, 0]), experiment("greetings", [1, 1, 1, 0]));
    let (home, away) = (TenantId::default(), TenantId::new("another"));
    let (mut by_name, mut by_tenant) = (vec![0_u64; 9], vec![0_u64; 9]);
    let arm = |experiment: &Experiment, tenant: &TenantId, n: u32| {
        let arm = experiment.arm(tenant, &number(n)).unwrap();
        arm.name.trim_start_matches("arm-").parse::<usize>().unwrap()
    };
    for n in 0..90_000 {
        by_name[arm(&one, &home, n) * 3 + arm(&other, &home, n)] += 1;
        by_tenant[arm(&one, &home, n) * 3 + arm(&one, &away, n)] += 1;
    }
    for counts in [by_name, by_tenant] {
        let chi = chi_square(&counts, &[1.0; 9]);
        assert!(chi < CRITICAL[8], "chi-square {chi} of {counts:?}");
    }
}

fn with_experiment() -> Policy {
    let mut policy = policy(&NAMES.map(Fake::new));
    policy.experiments.push(experiment("voices", [1, 1, 1, 0]));
    policy
}

fn planned(policy: &Policy, n: u32, draw: u64) -> Plan {
    let readings: Vec<Reading> = NAMES.map(|_| Reading::default()).into();
    plan(
        &call(n),
        &Snapshot { policy, readings: &readings, draw, quality: None, experiments: None },
        epoch(),
    )
}

#[test]
fn a_person_keeps_the_arm_in_every_process() {
    let (here, mut there) = (with_experiment(), with_experiment());
    there.strategy = Strategy::Weighted(weighted([1, 2, 7]));
    for n in 0..2_000 {
        let (one, other) = (planned(&here, n, draw(1)), planned(&there, n, draw(u64::from(n))));
        assert_eq!(one.experiment, other.experiment);
        assert_eq!(one.candidates[0].provider, other.candidates[0].provider);
        assert_eq!(one.candidates[0].chosen, RankReason::Arm);
        let arm = one.experiment.unwrap().arm;
        let named = here.experiments[0].arms.iter().find(|named| named.name == arm).unwrap();
        assert_eq!(Treatment::Provider(one.candidates[0].provider.clone()), named.treatment);
    }
}

#[test]
fn the_assignment_is_kept_where_its_provider_cannot_take_the_call() {
    let mut policy = with_experiment();
    policy.providers[0].enabled = false;
    let mut turned_away = 0;
    for n in 0..300 {
        let (able, unable) = (planned(&with_experiment(), n, 0), planned(&policy, n, 0));
        assert_eq!(able.experiment, unable.experiment, "analysed as it was intended");
        if able.candidates[0].provider == id("alpha") {
            assert_eq!(unable.candidates[0].chosen, RankReason::Strategy("priority"));
            turned_away += 1;
        }
    }
    assert!(turned_away > 50, "{turned_away}");
}

#[test]
fn calls_outside_the_condition_are_in_no_experiment() {
    let mut policy = with_experiment();
    policy.experiments[0].when.tags = ["in the study".to_owned()].into();
    let plan = planned(&policy, 1, 0);
    assert_eq!(
        (plan.experiment, plan.candidates[0].chosen),
        (None, RankReason::Strategy("priority"))
    );
}
