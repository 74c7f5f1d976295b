//! Who is in which arm.

use std::collections::BTreeMap;

use switchboard_core::TenantId;
use switchboard_router::experiment::{Allocation, Experiment, Group, HOLDOUT};

use super::made::halves;
use crate::support::{chi_square, number};

/// Chi-square that chance exceeds once in a thousand times, by degrees of freedom.
const CRITICAL: [f64; 5] = [0.0, 10.83, 13.82, 16.27, 18.47];
const PEOPLE: u32 = 100_000;

fn allocation(experiment: &Experiment, n: u32, ramp: u32) -> String {
    match experiment.allocation(&TenantId::default(), &number(n), ramp) {
        Allocation::Outside => "outside".to_owned(),
        Allocation::Holdout => HOLDOUT.to_owned(),
        Allocation::Arm(arm) => arm.name.clone(),
    }
}

fn counted(experiment: &Experiment, ramp: u32) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for n in 0..PEOPLE {
        *counts.entry(allocation(experiment, n, ramp)).or_default() += 1;
    }
    counts
}

#[test]
fn ramp_holdout_and_arms_get_exactly_their_shares_of_a_hundred_thousand_people() {
    let mut experiment = halves();
    experiment.holdout_percent = 10;
    experiment.arms[1].weight = 3;
    let subjects = experiment.subjects();
    assert_eq!(subjects, [("a", 90), ("b", 270), (HOLDOUT, 40)], "of 400 people in it");
    for ramp in [1, 20, 100] {
        let counts = counted(&experiment, ramp);
        let of = |name: &str| counts.get(name).copied().unwrap_or_default();
        let share = f64::from(ramp) / 100.0;
        let mut seen = vec![of("a"), of("b"), of(HOLDOUT)];
        let mut weights: Vec<f64> =
            subjects.iter().map(|(_, weight)| f64::from(*weight) / 400.0 * share).collect();
        if ramp < 100 {
            seen.push(of("outside"));
            weights.push(1.0 - share);
        }
        assert_eq!(seen.iter().sum::<u64>(), u64::from(PEOPLE));
        let chi = chi_square(&seen, &weights);
        assert!(chi < CRITICAL[seen.len() - 1], "chi-square {chi} of {counts:?} at {ramp} %");
    }
}

#[test]
fn a_growing_ramp_moves_nobody_who_is_in_and_a_holdout_changes_no_arm() {
    let experiment = halves();
    let mut held = halves();
    held.holdout_percent = 20;
    let mut before = 0;
    for n in 0..5_000 {
        let mut is_in: Option<String> = None;
        for ramp in 0..=100 {
            let now = allocation(&held, n, ramp);
            match &is_in {
                Some(former) => assert_eq!(*former, now, "person {n} at {ramp} %"),
                None if now != "outside" => is_in = Some(now),
                None => {}
            }
        }
        let last = is_in.expect("at a hundred percent everybody is in");
        if last != HOLDOUT {
            assert_eq!(
                last,
                allocation(&experiment, n, 100),
                "the holdout takes people out and reshuffles nobody"
            );
            before += 1;
        }
    }
    assert!((3_800..4_200).contains(&before), "{before}");
}

#[test]
fn nobody_is_in_at_a_ramp_of_zero() {
    assert_eq!(counted(&halves(), 0).keys().collect::<Vec<_>>(), ["outside"]);
}

#[test]
fn a_version_is_a_split_that_says_nothing_of_another() {
    let (one, mut other) = (halves(), halves());
    other.version = 2;
    let mut both = [0_u64; 4];
    for n in 0..PEOPLE {
        let side = |experiment: &Experiment| usize::from(allocation(experiment, n, 100) == "b");
        both[side(&one) * 2 + side(&other)] += 1;
    }
    let chi = chi_square(&both, &[1.0; 4]);
    assert!(chi < CRITICAL[3], "chi-square {chi} of {both:?}");
}

#[test]
fn the_draws_for_ramp_holdout_group_and_arm_know_nothing_of_each_other() {
    let mut experiment = halves();
    experiment.holdout_percent = 50;
    experiment.group =
        Some(Group { name: "phones".to_owned(), range_start_percent: 50, share_percent: 50 });
    let tenant = TenantId::default();
    let mut cells = [0_u64; 16];
    let alone = halves();
    let mut grouped = halves();
    grouped.group = experiment.group.clone();
    let mut held = halves();
    held.holdout_percent = 50;
    for n in 0..PEOPLE {
        let person = number(n);
        let bits = [
            grouped.claims(&tenant, &person),
            alone.allocation(&tenant, &person, 50) != Allocation::Outside,
            held.allocation(&tenant, &person, 100) == Allocation::Holdout,
            alone.arm(&tenant, &person).unwrap().name == "b",
        ];
        cells[bits.iter().fold(0, |sum, bit| sum * 2 + usize::from(*bit))] += 1;
    }
    // 15 degrees of freedom; chance exceeds this once in a thousand times.
    let chi = chi_square(&cells, &[1.0; 16]);
    assert!(chi < 37.70, "chi-square {chi} of {cells:?}");
}

#[test]
fn a_person_is_in_one_experiment_of_a_group_and_in_the_share_that_it_has() {
    let member = |name: &str, range_start_percent, share_percent| {
        let mut experiment = halves();
        experiment.name = name.to_owned();
        experiment.group =
            Some(Group { name: "phones".to_owned(), range_start_percent, share_percent });
        experiment
    };
    let members = [member("one", 0, 50), member("two", 50, 20), member("three", 80, 20)];
    let mut counts = [0_u64; 4];
    for n in 0..PEOPLE {
        let mine: Vec<usize> =
            (0..3).filter(|at| allocation(&members[*at], n, 100) != "outside").collect();
        assert!(mine.len() <= 1, "person {n} is in {mine:?}");
        counts[mine.first().copied().unwrap_or(3)] += 1;
    }
    let chi = chi_square(&counts, &[50.0, 20.0, 20.0, 10.0]);
    assert!(chi < CRITICAL[3], "chi-square {chi} of {counts:?}");
}
