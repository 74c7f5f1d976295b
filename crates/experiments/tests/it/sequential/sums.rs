//! Small examples that can be checked by hand.

use std::time::Duration;

use switchboard_core::{Currency, Money};
use switchboard_experiments::sequential::{
    Arms, Interval, Means, Metric, Observation, Point, Rate, SequentialComparison, Side,
    difference, interval, running_intersection, sample_ratio_mismatch,
};

use super::support::{outcome, second, usd};

fn near(left: f64, right: f64) -> bool {
    (left - right).abs() < 1e-6 * right.abs().max(1.0)
}

fn rate(successes: u64, of: u64) -> Rate {
    Rate { successes, of }
}

#[test]
fn the_interval_of_a_rate_follows_from_the_mixture() {
    // One success in one call: B(3/2, 1/2)/B(1/2, 1/2) = 1/2, and 1/2 / p reaches 20 at p = 1/40.
    let one = interval(rate(1, 1), 0.05);
    assert!(near(one.low, 0.025) && near(one.high, 1.0), "{one:?}");
    // Two failures: 3/8 / (1-p)² reaches 20 at p = 1 - √(3/160).
    let two = interval(rate(0, 2), 0.05);
    assert!(near(two.low, 0.0) && near(two.high, 1.0 - (3.0_f64 / 160.0).sqrt()), "{two:?}");
    assert_eq!(interval(rate(0, 0), 0.05), Interval { low: 0.0, high: 1.0 });
}

#[test]
fn a_difference_is_the_same_from_both_sides() {
    let (first, second) = (rate(40, 100), rate(60, 110));
    let (there, back) =
        (difference(first, second, 0.05).unwrap(), difference(second, first, 0.05).unwrap());
    assert!(near(there.estimate, 60.0 / 110.0 - 0.4));
    assert!(
        near(there.interval.low, -back.interval.high)
            && near(there.interval.high, -back.interval.low)
    );
    assert!(near(there.e_value, back.e_value));
    assert_eq!(difference(first, rate(0, 0), 0.05), None);
}

#[test]
fn one_call_each_is_no_evidence() {
    let found = difference(rate(0, 1), rate(1, 1), 0.05).unwrap();
    // 1/2 · 1/2 over the likeliest common rate's 1/4.
    assert!(near(found.e_value, 1.0) && near(found.p_value(), 1.0));
    assert!(!found.interval.excludes(0.0));
}

#[test]
fn the_interval_and_the_evidence_agree_at_any_size() {
    for (first, second) in [
        (rate(0, 50), rate(9, 50)),
        (rate(50, 50), rate(41, 50)),
        (rate(0, 9), rate(0, 9)),
        (rate(400_000, 1_000_000), rate(402_500, 1_000_000)),
        (rate(400_000, 1_000_000), rate(405_000, 1_000_000)),
    ] {
        let found = difference(first, second, 0.05).unwrap();
        assert_eq!(
            found.interval.excludes(0.0),
            found.p_value() < 0.05,
            "{first:?} {second:?} {found:?}"
        );
        assert!(found.e_value.is_finite() && !found.interval.excludes(found.estimate));
    }
}

#[test]
fn one_person_is_no_evidence_and_an_extreme_run_is_detected_at_once() {
    let mut comparison = SequentialComparison::new([1, 1], 0.05, Currency::USD).unwrap();
    assert_eq!(
        (comparison.comparison().success, comparison.p_value(), comparison.points(Metric::Success)),
        (None, 1.0, vec![])
    );
    comparison.observe(Side::Control, &outcome(false), second(1));
    assert!(near(comparison.p_value(), 1.0));
    for person in 0..30 {
        comparison.observe(Side::Treatment, &outcome(true), second(person));
        comparison.observe(Side::Control, &outcome(false), second(person));
    }
    let detected = comparison.detected().unwrap();
    assert!(detected.treatment_better && detected.people < 40, "{detected:?}");
    let success = comparison.comparison().success.unwrap();
    assert!(near(success.value, 1.0) && success.excludes(0.0));
}

#[test]
fn swapping_arms_or_outcomes_negates_the_difference() {
    // Swapping the arms, or success and failure, negates the difference and changes nothing else.
    let people = [
        (0, true),
        (1, true),
        (0, false),
        (1, true),
        (1, false),
        (0, false),
        (1, true),
        (0, true),
        (1, true),
        (0, false),
    ];
    let run = |swap: bool, turn: bool| {
        let mut comparison = SequentialComparison::new([1, 1], 0.05, Currency::USD).unwrap();
        for (number, (arm, success)) in people.iter().cycle().take(200).enumerate() {
            let side = if (*arm == 1) == swap { Side::Control } else { Side::Treatment };
            comparison.observe(side, &outcome(*success != turn), second(number as u64));
        }
        let interval = comparison.comparison().success.unwrap().interval.unwrap();
        (comparison.p_value(), interval.low, interval.high)
    };
    let (p_value, low, high) = run(false, false);
    for (swap, turn) in [(true, false), (false, true)] {
        let (other, other_low, other_high) = run(swap, turn);
        assert!(
            near(p_value, other) && near(low, -other_high) && near(high, -other_low),
            "{low} {high} {other_low} {other_high}"
        );
    }
}

#[test]
fn an_arm_without_weight_cannot_be_compared() {
    assert_eq!(SequentialComparison::new([0, 1], 0.05, Currency::USD), None);
    assert_eq!(SequentialComparison::new([1, 1], 0.0, Currency::USD), None);
    assert_eq!(SequentialComparison::new([1, 1], 1.0, Currency::USD), None);
    let mut comparison = SequentialComparison::new([1, 1], 0.05, Currency::USD).unwrap();
    let before = comparison.clone();
    assert!(!comparison.set_weights([1, 0]));
    assert_eq!(comparison, before);
}

#[test]
fn a_plot_has_few_points_and_ends_with_the_last_person() {
    let mut comparison = SequentialComparison::new([1, 1], 0.05, Currency::USD).unwrap();
    for person in 0..3_001 {
        let side = if person % 2 == 0 { Side::Control } else { Side::Treatment };
        comparison.observe(side, &outcome(person % 3 == 0), second(person));
    }
    let points = comparison.points(Metric::Success);
    assert!((40..90).contains(&points.len()), "{}", points.len());
    assert_eq!(
        points.last().map(|point| (point.people, point.at)),
        Some(([1_501, 1_500], second(3_000)))
    );
    assert!(
        points.is_sorted_by(
            |one, next| one.people[0] + one.people[1] < next.people[0] + next.people[1]
        )
    );
    assert_eq!(comparison.points(Metric::CostPerSuccess), vec![], "no cost is known");
    let json = serde_json::to_value(points[0]).unwrap();
    assert_eq!(json["people"], serde_json::json!([5, 5]));
}

#[test]
fn a_running_intersection_only_narrows_and_stays_empty() {
    let point = |interval: Option<(f64, f64)>| Point {
        at: second(0),
        people: [1, 1],
        estimate: 0.0,
        interval: interval.map(|(low, high)| Interval { low, high }),
    };
    let points = [
        None,
        Some((-0.5, 0.5)),
        Some((-0.6, 0.3)),
        Some((0.0, 0.4)),
        Some((0.35, 0.4)),
        Some((0.0, 0.2)),
    ]
    .map(point);
    let ends: Vec<_> = running_intersection(&points)
        .iter()
        .map(|point| point.interval.map(|interval| (interval.low, interval.high)))
        .collect();
    assert_eq!(ends, [None, Some((-0.5, 0.5)), Some((-0.5, 0.3)), Some((0.0, 0.3)), None, None]);
}

#[test]
fn a_mean_has_an_interval_from_a_hundred_people_on() {
    let mut means = Means::default();
    for person in 0..99 {
        means.add(f64::from(person % 2), 1.0);
    }
    assert_eq!(means.estimate(0.05).unwrap().interval, None);
    means.add(1.0, 1.0);
    let found = means.estimate(0.05).unwrap();
    assert!(near(found.value, 0.5));
    let interval = found.interval.unwrap();
    assert!(near(interval.low + interval.high, 1.0) && interval.low > 0.2, "{interval:?}");
    assert_eq!(Means::default().estimate(0.05), None);
}

#[test]
fn the_interval_of_a_cost_is_wider_upwards() {
    // In one arm a success costs exactly two units; in the other, successes are rare, so their cost
    // is uncertain upwards.
    let [mut certain, mut rare] = [Means::default(); 2];
    for person in 0..400_u32 {
        certain.add(2.0, 1.0);
        rare.add(1.0, f64::from(u8::from(person % 8 == 0)));
    }
    let own = rare.estimate(0.05).unwrap();
    let (up, down) =
        (own.interval.unwrap().high - own.value, own.value - own.interval.unwrap().low);
    assert!(near(own.value, 8.0) && up > 1.5 * down, "{own:?}");
    let (dearer, cheaper) =
        (certain.against(&rare, 0.05).unwrap(), rare.against(&certain, 0.05).unwrap());
    let (there, back) = (dearer.interval.unwrap(), cheaper.interval.unwrap());
    assert!(near(dearer.value, 6.0) && near(cheaper.value, -6.0));
    assert!(there.high - 6.0 > 1.5 * (6.0 - there.low), "{there:?}");
    assert!(near(there.low, -back.high) && near(there.high, -back.low), "{there:?} {back:?}");
}

#[test]
fn a_large_offset_does_not_lose_the_spread() {
    let [mut near_zero, mut far] = [Means::default(); 2];
    for person in 0..1_000 {
        let value = f64::from(person % 7);
        near_zero.add(value, 1.0);
        far.add(value + 1e9, 1.0);
    }
    let width = |means: &Means| {
        means.estimate(0.05).unwrap().interval.map(|interval| interval.high - interval.low).unwrap()
    };
    assert!(
        (width(&near_zero) - width(&far)).abs() < 1e-5,
        "{} {}",
        width(&near_zero),
        width(&far)
    );
}

#[test]
fn money_is_summed_exactly_and_unknown_is_not_zero() {
    let mut arms = Arms::new(2, Currency::USD);
    let person =
        |success, cost| Observation { success, duration: Some(Duration::from_secs(60)), cost };
    for _ in 0..10 {
        assert!(arms.observe(0, &person(true, Some(usd(100_000)))));
        assert!(arms.observe(0, &person(false, Some(usd(50_001)))));
    }
    assert!(arms.observe(0, &person(true, None)));
    assert!(arms.observe(0, &person(true, Some(Money::from_micros(9_000_000, Currency::EUR)))));
    assert!(arms.observe(0, &person(true, Some(usd(i64::MAX)))));
    assert!(!arms.observe(2, &person(true, None)), "there is no third arm");
    let tally = arms.tally(0).unwrap();
    assert_eq!((tally.spent(), tally.unpriced(), tally.rate()), (usd(1_500_010), 3, rate(13, 23)));
    assert!(near(tally.cost_per_success(0.05).unwrap().value, 0.150_001));
    assert!(near(tally.duration(0.05).unwrap().value, 60.0));
    assert_eq!(arms.counts(), [23, 0]);
    let comparison = arms.compare(0, 1, 0.05).unwrap();
    assert_eq!(
        (comparison.success, comparison.cost_per_success, comparison.duration),
        (None, None, None),
        "the second arm is empty"
    );
    assert_eq!(arms.compare(0, 2, 0.05), None);
    assert!(arms.sample_ratio_mismatch(&[1, 1]).unwrap().p_value() < 0.5);
    assert!(near(arms.sample_ratio_mismatch(&[1, 0]).unwrap().p_value(), 1.0));
    assert_eq!(arms.sample_ratio_mismatch(&[1]), None);
}

#[test]
fn a_comparison_says_how_much_higher_the_second_arm_is() {
    let mut arms = Arms::new(2, Currency::USD);
    for person in 0..400_u64 {
        let cents = [30 + person as i64 % 5, 60 + person as i64 % 7];
        for (arm, every) in [(0, 2), (1, 3)] {
            arms.observe(
                arm,
                &Observation {
                    success: person % every == 0,
                    duration: Some(Duration::from_secs(40 + person % 9 + 20 * arm as u64)),
                    cost: Some(usd(cents[arm] * 10_000)),
                },
            );
        }
    }
    let found = arms.compare(0, 1, 0.05).unwrap();
    let (success, cost, duration) =
        (found.success.unwrap(), found.cost_per_success.unwrap(), found.duration.unwrap());
    assert!(near(success.value, 134.0 / 400.0 - 0.5) && success.excludes(0.0), "{success:?}");
    assert!(
        (1.1..1.3).contains(&cost.value) && cost.excludes(0.0) && !cost.excludes(cost.value),
        "{cost:?}"
    );
    assert!(
        near(duration.value, 20.0) && duration.excludes(19.0) && duration.excludes(21.0),
        "{duration:?}"
    );
}

#[test]
fn a_split_is_judged_by_the_weights_of_its_own_period() {
    let p_value =
        |counts: &[u64], weights: &[u32]| sample_ratio_mismatch(counts, weights).unwrap().p_value();
    assert!(near(p_value(&[500, 500], &[1, 1]), 1.0));
    assert!(p_value(&[550, 450], &[1, 1]) > 0.01 && p_value(&[5_500, 4_500], &[1, 1]) < 1e-9);
    assert!(
        p_value(&[600, 300, 100], &[6, 3, 1]) > 0.9 && p_value(&[600, 300, 100], &[1, 1, 1]) < 1e-9
    );
    assert!(p_value(&[60, 0], &[1, 1]) < 0.01);
    // An arm without weight got a person.
    assert!(p_value(&[10, 1], &[1, 0]) < 1e-9);
    // A ramp: each period fits its own weights, the sum fits neither.
    let (before, after) = (
        sample_ratio_mismatch(&[900, 100], &[9, 1]).unwrap(),
        sample_ratio_mismatch(&[1_000, 1_000], &[1, 1]).unwrap(),
    );
    assert!(before.and(after).p_value() > 0.9);
    assert_eq!(sample_ratio_mismatch(&[1, 1], &[1]), None);
    assert_eq!(sample_ratio_mismatch(&[0, 0], &[0, 0]), None);
    assert!(sample_ratio_mismatch(&[u64::MAX / 4, 0], &[1, 1]).unwrap().e_value.is_finite());
}
