//! Experiments without any difference, evaluated after every person.

use switchboard_core::Currency;
use switchboard_experiments::sequential::{
    Means, Rate, SequentialComparison, difference, sample_ratio_mismatch,
};

use super::support::{Chance, Cohort, index, outcome, second};

const EXPERIMENTS: u64 = 2_000;
const ALPHA: f64 = 0.05;
const WEIGHTS: [[u32; 2]; 4] = [[1, 1], [4, 1], [1, 9], [3, 2]];

/// Designs as different as users make them: rates from rare to almost sure, weights from even to
/// one in ten, 600 to 1,400 people.
fn designs() -> impl Iterator<Item = (Chance, f64, [u32; 2], u64)> {
    (0..EXPERIMENTS).map(|seed| {
        let mut chance = Chance::new(seed);
        let rate = chance.between(0.02, 0.98);
        let people = chance.between(600.0, 1_400.0) as u64;
        (chance, rate, WEIGHTS[(seed % 4) as usize], people)
    })
}

fn share(crossed: u64) -> f64 {
    crossed as f64 / EXPERIMENTS as f64
}

/// The z-test that is designed for one look.
fn naive(arms: &[Rate; 2]) -> bool {
    let [first, second] = arms.map(|rate| rate.of as f64);
    let pooled = (arms[0].successes + arms[1].successes) as f64 / (first + second);
    let error = (pooled * (1.0 - pooled) * (first.recip() + second.recip())).sqrt();
    let (Some(from), Some(to)) = (arms[0].share(), arms[1].share()) else {
        return false;
    };
    arms.iter().all(|rate| rate.of >= 30) && (to - from).abs() > 1.96 * error
}

/// The log-likelihood gained by allowing a difference: an upper bound of what any mixture can say
/// against "no difference".
fn max_evidence_of_counts(arms: &[Rate; 2]) -> f64 {
    let best = |rate: Rate| {
        let term = |count: u64| {
            if count == 0 { 0.0 } else { count as f64 * (count as f64 / rate.of as f64).ln() }
        };
        term(rate.successes) + term(rate.of - rate.successes)
    };
    let both =
        Rate { successes: arms[0].successes + arms[1].successes, of: arms[0].of + arms[1].of };
    best(arms[0]) + best(arms[1]) - best(both)
}

#[test]
fn equal_arms_seem_different_in_at_most_one_of_twenty_experiments() {
    let (mut detected, mut by_counts, mut naively) = (0, 0, 0);
    for (mut chance, rate, weights, people) in designs() {
        let mut comparison = SequentialComparison::new(weights, ALPHA, Currency::USD).unwrap();
        let mut arms = [Rate::default(); 2];
        let (mut counts_detect, mut naive_detects) = (false, false);
        for person in 0..people {
            let side = chance.side(weights);
            let success = chance.next() < rate;
            comparison.observe(side, &outcome(success), second(person));
            let arm = &mut arms[index(side)];
            arm.of += 1;
            arm.successes += u64::from(success);
            naive_detects |= naive(&arms);
            if !counts_detect && max_evidence_of_counts(&arms) >= -ALPHA.ln() {
                counts_detect = difference(arms[0], arms[1], ALPHA)
                    .is_some_and(|found| found.p_value() <= ALPHA);
            }
        }
        detected += u64::from(comparison.detected().is_some());
        by_counts += u64::from(counts_detect);
        naively += u64::from(naive_detects);
        assert_eq!(comparison.detected().is_some(), comparison.p_value() <= ALPHA);
    }
    println!(
        "A/A, {EXPERIMENTS} experiments evaluated after every person, detected at the 95 % level: {:.2} % by the sequential test, {:.2} % from counts alone, {:.1} % by a z-test for one look",
        100.0 * share(detected),
        100.0 * share(by_counts),
        100.0 * share(naively)
    );
    assert!(share(detected) <= ALPHA, "{detected}");
    assert!(share(by_counts) <= ALPHA, "{by_counts}");
    // The simulation is able to expose a test that peeking breaks.
    assert!(share(naively) > 0.2, "{naively}");
}

#[test]
fn changing_weights_do_not_produce_a_difference() {
    let mut detected = 0;
    for (mut chance, rate, _, people) in designs() {
        let mut comparison = SequentialComparison::new([9, 1], ALPHA, Currency::USD).unwrap();
        // A ramp, while the success rate of everyone falls.
        for person in 0..people {
            let step = (person * 4 / people) as usize;
            let weights = [[9, 1], [3, 1], [1, 1], [1, 4]][step];
            assert!(comparison.set_weights(weights));
            let side = chance.side(weights);
            let success = chance.next() < rate * (1.0 - 0.2 * step as f64);
            comparison.observe(side, &outcome(success), second(person));
        }
        detected += u64::from(comparison.detected().is_some());
    }
    println!("A/A with a ramp over falling rates: {:.2} % detected", 100.0 * share(detected));
    assert!(share(detected) <= ALPHA, "{detected}");
}

#[test]
fn counting_each_call_of_a_person_would_produce_differences() {
    const RUNS: u64 = 400;
    let (mut once, mut each_call) = (0, 0);
    for seed in 0..RUNS {
        let mut chance = Chance::new(seed);
        let [mut people, mut calls] =
            [(); 2].map(|()| SequentialComparison::new([1, 1], ALPHA, Currency::USD).unwrap());
        for person in 0..150 {
            let side = chance.side([1, 1]);
            // Some always answer, some hardly ever.
            let rate = if chance.next() < 0.5 { 0.9 } else { 0.1 };
            for call in 0..8 {
                let success = outcome(chance.next() < rate);
                calls.observe(side, &success, second(person));
                if call == 0 {
                    people.observe(side, &success, second(person));
                }
            }
        }
        once += u64::from(people.detected().is_some());
        each_call += u64::from(calls.detected().is_some());
    }
    let share = |runs: u64| runs as f64 / RUNS as f64;
    println!(
        "A/A with eight calls to each person: {:.1} % detected with their first call, {:.1} % with all calls counted as different people",
        100.0 * share(once),
        100.0 * share(each_call)
    );
    assert!(share(once) <= ALPHA, "{once}");
    assert!(
        share(each_call) > 2.0 * ALPHA,
        "the warning in the documentation would be wrong: {each_call}"
    );
}

#[test]
fn equal_costs_and_durations_seem_different_in_at_most_one_of_twenty_experiments() {
    let (mut cost_detected, mut duration_detected, mut naively) = (0, 0, 0);
    for (mut chance, rate, weights, people) in designs() {
        let cohort = Cohort { success: rate, median: 90.0, spread: 0.7, minute: 120_000.0 };
        let (mut costs, mut durations) = ([Means::default(); 2], [Means::default(); 2]);
        let (mut cost, mut duration, mut naive) = (false, false, false);
        for _ in 0..people {
            let arm = index(chance.side(weights));
            let person = cohort.one(&mut chance);
            let seconds = person.duration.unwrap().as_secs_f64();
            costs[arm].add(
                person.cost.unwrap().micros() as f64 / 1e6,
                f64::from(u8::from(person.success)),
            );
            durations[arm].add(seconds, 1.0);
            let excludes_zero = |means: &[Means; 2], alpha| {
                means[0].against(&means[1], alpha).is_some_and(|found| found.excludes(0.0))
            };
            cost = cost || excludes_zero(&costs, ALPHA);
            duration = duration || excludes_zero(&durations, ALPHA);
            // About as wide as an interval that is designed for one look.
            naive = naive || excludes_zero(&durations, 0.9);
        }
        cost_detected += u64::from(cost);
        duration_detected += u64::from(duration);
        naively += u64::from(naive);
    }
    println!(
        "A/A of means: cost per success detected in {:.2} %, duration in {:.2} %, duration at a level of 90 % in {:.1} %",
        100.0 * share(cost_detected),
        100.0 * share(duration_detected),
        100.0 * share(naively)
    );
    assert!(share(cost_detected) <= ALPHA, "{cost_detected}");
    assert!(share(duration_detected) <= ALPHA, "{duration_detected}");
    assert!(share(naively) > 0.1, "{naively}");
}

#[test]
fn correct_splits_are_suspected_in_at_most_one_of_twenty_experiments() {
    let weights = [50, 30, 20];
    let (mut two, mut three) = (0, 0);
    for (mut chance, _, pair, people) in designs() {
        let (mut counts, mut thirds) = ([0_u64; 2], [0_u64; 3]);
        let (mut suspected, mut suspected_three) = (false, false);
        for _ in 0..people {
            counts[index(chance.side(pair))] += 1;
            let point = chance.next() * 100.0;
            thirds[usize::from(point >= 50.0) + usize::from(point >= 80.0)] += 1;
            suspected =
                suspected || sample_ratio_mismatch(&counts, &pair).unwrap().p_value() <= ALPHA;
            suspected_three = suspected_three
                || sample_ratio_mismatch(&thirds, &weights).unwrap().p_value() <= ALPHA;
        }
        two += u64::from(suspected);
        three += u64::from(suspected_three);
    }
    println!(
        "correct splits suspected: {:.2} % of two arms, {:.2} % of three",
        100.0 * share(two),
        100.0 * share(three)
    );
    assert!(share(two) <= ALPHA, "{two}");
    assert!(share(three) <= ALPHA, "{three}");
    assert!(
        two + three > 0,
        "no false alarm in thousands of looks would mean that the test is too weak"
    );
}

#[test]
fn a_split_of_55_to_45_instead_of_even_is_detected() {
    const RUNS: usize = 200;
    let mut after: Vec<u64> = (0..RUNS)
        .map(|seed| {
            let mut chance = Chance::new(seed as u64);
            let mut counts = [0_u64; 2];
            (1..=10_000)
                .find(|_| {
                    counts[index(chance.side([55, 45]))] += 1;
                    sample_ratio_mismatch(&counts, &[1, 1]).unwrap().p_value() <= 0.01
                })
                .unwrap_or(u64::MAX)
        })
        .collect();
    after.sort_unstable();
    println!(
        "55:45 instead of 50:50 is suspected at 99 % after {} people in half of all runs, after {} in nine of ten",
        after[RUNS / 2],
        after[RUNS * 9 / 10]
    );
    assert!(after[RUNS / 2] < 3_000, "{after:?}");
    assert!(after[RUNS * 95 / 100] < 8_000, "{after:?}");
}
