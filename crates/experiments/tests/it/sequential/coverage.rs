//! Whether intervals cover the true value at all looks of an experiment.

use switchboard_core::Currency;
use switchboard_experiments::sequential::{
    Means, Metric, Rate, SequentialComparison, Side, interval,
};

use super::support::{Chance, Cohort, index, outcome, second};

const ALPHA: f64 = 0.05;

#[test]
fn the_interval_of_a_rate_covers_it() {
    const RUNS: u64 = 400;
    let mut left = 0;
    for seed in 0..RUNS {
        let mut chance = Chance::new(seed);
        let truth = chance.between(0.0, 1.0);
        let mut rate = Rate::default();
        let mut out = false;
        for person in 1..=600 {
            rate.of += 1;
            rate.successes += u64::from(chance.next() < truth);
            if person < 20 || person % 20 == 0 {
                out |= interval(rate, ALPHA).excludes(truth);
            }
        }
        left += u64::from(out);
    }
    println!(
        "one rate: outside of its interval at any look in {:.1} % of {RUNS} runs",
        100.0 * left as f64 / RUNS as f64
    );
    assert!(left as f64 / RUNS as f64 <= ALPHA);
}

#[test]
fn the_interval_of_a_difference_covers_it() {
    const RUNS: u64 = 500;
    let mut left = 0;
    for seed in 0..RUNS {
        let mut chance = Chance::new(seed);
        let rates = [chance.between(0.02, 0.98), chance.between(0.02, 0.98)];
        let weights = [[1, 1], [4, 1], [1, 9]][(seed % 3) as usize];
        let mut comparison = SequentialComparison::new(weights, ALPHA, Currency::USD).unwrap();
        let mut out = false;
        for person in 1..=800 {
            let side = chance.side(weights);
            let success = chance.next() < rates[index(side)];
            comparison.observe(side, &outcome(success), second(person));
            if person < 20 || person % 20 == 0 {
                out |= comparison.p_value_of(rates[1] - rates[0]) <= ALPHA;
            }
        }
        left += u64::from(out);
    }
    println!(
        "difference of rates: outside of its interval at any look in {:.1} % of {RUNS} runs",
        100.0 * left as f64 / RUNS as f64
    );
    assert!(left as f64 / RUNS as f64 <= ALPHA);
}

#[test]
fn an_interval_contains_exactly_the_differences_that_are_not_ruled_out() {
    for seed in 0..8 {
        let mut chance = Chance::new(seed);
        let rates = [chance.between(0.05, 0.95), chance.between(0.05, 0.95)];
        let weights = [[1, 1], [1, 5]][(seed % 2) as usize];
        let mut comparison = SequentialComparison::new(weights, ALPHA, Currency::USD).unwrap();
        for person in 0..(20 << seed.min(7)) {
            let side = chance.side(weights);
            let success = chance.next() < rates[index(side)];
            comparison.observe(side, &outcome(success), second(person));
        }
        let success = comparison.comparison().success.unwrap();
        let interval = success.interval.unwrap();
        assert!(!success.excludes(success.value), "{success:?}");
        for step in -49..=49 {
            let difference = f64::from(step) / 50.0;
            let out = comparison.p_value_of(difference) <= ALPHA;
            assert!(
                !interval.excludes(difference) || out,
                "{difference} is outside of {interval:?} and was not ruled out"
            );
            if out && (interval.low..=interval.high).contains(&difference) {
                panic!("{difference} is inside of {interval:?} and was ruled out");
            }
        }
        let last = *comparison.points(Metric::Success).last().unwrap();
        assert_eq!((last.estimate, last.interval), (success.value, success.interval));
    }
}

/// How often the true value is outside at any look: for cost per success, its difference, duration,
/// and its difference.
fn means_outside(spread: f64, weights: [u32; 2]) -> [f64; 4] {
    const RUNS: u64 = 500;
    let cheap = Cohort { success: 0.35, median: 100.0, spread, minute: 100_000.0 };
    let expensive = Cohort { success: 0.25, median: 60.0, spread, minute: 200_000.0 };
    let arms = [cheap, expensive];
    let ratio = arms.map(|arm| arm.cost_per_success());
    let mean = arms.map(|arm| arm.mean_seconds());
    let mut left = [0_u64; 4];
    for seed in 0..RUNS {
        let mut chance = Chance::new(seed);
        let (mut costs, mut durations) = ([Means::default(); 2], [Means::default(); 2]);
        let mut out = [false; 4];
        for _ in 0..1_500 {
            let arm = index(chance.side(weights));
            let person = arms[arm].one(&mut chance);
            costs[arm].add(
                person.cost.unwrap().micros() as f64 / 1e6,
                f64::from(u8::from(person.success)),
            );
            durations[arm].add(person.duration.unwrap().as_secs_f64(), 1.0);
            out[0] |= costs[1].estimate(ALPHA).is_some_and(|found| found.excludes(ratio[1]));
            out[1] |= costs[0]
                .against(&costs[1], ALPHA)
                .is_some_and(|found| found.excludes(ratio[1] - ratio[0]));
            out[2] |= durations[1].estimate(ALPHA).is_some_and(|found| found.excludes(mean[1]));
            out[3] |= durations[0]
                .against(&durations[1], ALPHA)
                .is_some_and(|found| found.excludes(mean[1] - mean[0]));
        }
        for (left, out) in left.iter_mut().zip(out) {
            *left += u64::from(out);
        }
    }
    left.map(|left| left as f64 / RUNS as f64)
}

#[test]
fn the_intervals_of_means_and_ratios_cover_them_after_the_first_people() {
    for (spread, weights, most) in
        [(0.7, [1, 1], ALPHA), (0.7, [4, 1], ALPHA), (1.0, [1, 1], 0.1), (1.0, [4, 1], 0.1)]
    {
        let [cost, costs, duration, durations] = means_outside(spread, weights);
        println!(
            "outside at any look after the first 100 people of an arm, log-normal with σ = {spread}, weights {weights:?}: cost per success {:.1} %, its difference {:.1} %, duration {:.1} %, its difference {:.1} %",
            100.0 * cost,
            100.0 * costs,
            100.0 * duration,
            100.0 * durations
        );
        assert!(
            [cost, costs, durations].iter().all(|share| *share <= ALPHA),
            "{cost} {costs} {durations}"
        );
        assert!(duration <= most, "{duration}");
    }
}

#[test]
fn cost_per_success_needs_enough_successes() {
    let mut comparison = SequentialComparison::new([1, 1], ALPHA, Currency::USD).unwrap();
    let mut chance = Chance::new(5);
    let rare = Cohort { success: 0.0, median: 60.0, spread: 0.7, minute: 100_000.0 };
    for person in 0..300 {
        comparison.observe(chance.side([1, 1]), &rare.one(&mut chance), second(person));
    }
    assert_eq!(comparison.comparison().cost_per_success, None, "nobody succeeded");
    for side in [Side::Control, Side::Treatment] {
        let lucky = Cohort { success: 1.0, ..rare };
        comparison.observe(side, &lucky.one(&mut chance), second(200));
    }
    let cost = comparison.comparison().cost_per_success.unwrap();
    assert_eq!(cost.interval, None, "one success in a hundred is too few for an interval");
    assert!(comparison.comparison().duration.unwrap().interval.is_some());
}
