//! Effects are detected, with about the predicted number of people.

use switchboard_core::Currency;
use switchboard_experiments::sequential::{
    Design, SequentialComparison, Side, detectable, difference, people_needed,
};

use super::support::{Chance, index, outcome, second};

const RUNS: u64 = 500;

const DESIGN: Design = Design { baseline: 0.4, weights: [1, 1], alpha: 0.05, power: 0.8 };

/// Of many experiments with an effect: the share that a z-test detects at its one look, the share
/// that the sequential test detects by then, the share that it detects by the end, the mean number
/// of people at which it detects the effect or ends, and the share that the counts at the end show by
/// themselves.
fn run(design: &Design, effect: f64, look: u64, end: u64) -> [f64; 5] {
    let mut sums = [0.0; 5];
    for seed in 0..RUNS {
        let mut chance = Chance::new(seed);
        let mut comparison =
            SequentialComparison::new(design.weights, design.alpha, Currency::USD).unwrap();
        let mut counts = [[0.0_f64; 2]; 2];
        let mut fixed = false;
        for person in 1..=end {
            let side = chance.side(design.weights);
            let success = chance.next() < [design.baseline, design.baseline + effect][index(side)];
            comparison.observe(side, &outcome(success), second(person));
            counts[index(side)][0] += f64::from(u8::from(success));
            counts[index(side)][1] += 1.0;
            if person == look {
                let pooled = (counts[0][0] + counts[1][0]) / (counts[0][1] + counts[1][1]);
                let error =
                    (pooled * (1.0 - pooled) * (counts[0][1].recip() + counts[1][1].recip()))
                        .sqrt();
                fixed = (counts[1][0] / counts[1][1] - counts[0][0] / counts[0][1]).abs()
                    > 1.959_964 * error;
            }
        }
        let detected = comparison.detected();
        assert!(
            detected.is_none_or(|detected| detected.treatment_better || effect < 0.2),
            "a large effect is detected in the right direction"
        );
        sums[0] += f64::from(u8::from(fixed));
        sums[1] += f64::from(u8::from(detected.is_some_and(|detected| detected.people <= look)));
        sums[2] += f64::from(u8::from(detected.is_some()));
        let [control, treatment] =
            [Side::Control, Side::Treatment].map(|side| comparison.tally(side).rate());
        let counts = difference(control, treatment, design.alpha).unwrap();
        sums[4] += f64::from(u8::from(counts.p_value() <= design.alpha));
        sums[3] += detected.map_or(end, |detected| detected.people) as f64;
    }
    sums.map(|sum| sum / RUNS as f64)
}

#[test]
fn the_price_of_looking_always_is_reported_and_as_foretold() {
    for (design, effect) in [
        (DESIGN, 0.1),
        (Design { weights: [4, 1], ..DESIGN }, 0.12),
        (Design { baseline: 0.85, ..DESIGN }, 0.06),
        (Design { baseline: 0.1, ..DESIGN }, 0.06),
        (DESIGN, 0.3),
    ] {
        let needed = people_needed(&design, effect).unwrap();
        let [fixed, by_then, detected, mean, counts] =
            run(&design, effect, needed.fixed, needed.anytime);
        println!(
            "{:.2} to {:.2}, weights {:?}: one look at {} people detects {:.1} %; looks at any time detect {:.1} % by then, {:.1} % by {} people ({:.2} times as many), stopping at {mean:.0} on average ({:.2} times); the counts at the end show {:.1} % by themselves",
            design.baseline,
            design.baseline + effect,
            design.weights,
            needed.fixed,
            100.0 * fixed,
            100.0 * by_then,
            100.0 * detected,
            needed.anytime,
            needed.anytime as f64 / needed.fixed as f64,
            mean / needed.fixed as f64,
            100.0 * counts,
        );
        assert!((0.75..=0.86).contains(&fixed), "{fixed}");
        assert!((0.76..=0.93).contains(&detected), "{detected}");
        assert!(needed.anytime as f64 <= 2.1 * needed.fixed as f64);
        assert!(by_then > 0.3, "{by_then}");
        assert!(counts < detected, "the test that relies on the draw detects more: {counts}");
    }
}

#[test]
fn the_smallest_effect_and_the_number_of_people_agree() {
    for people in [300, 2_000, 40_000] {
        let smallest = detectable(&DESIGN, people).unwrap();
        assert!(smallest.fixed < smallest.anytime, "looks at any time have a price");
        let close = |needed: u64| needed.abs_diff(people) <= 1;
        assert!(close(people_needed(&DESIGN, smallest.fixed).unwrap().fixed));
        assert!(close(people_needed(&DESIGN, smallest.anytime).unwrap().anytime));
    }
}

#[test]
fn uneven_weights_need_more_people() {
    let even = detectable(&DESIGN, 1_000).unwrap();
    let uneven = detectable(&Design { weights: [9, 1], ..DESIGN }, 1_000).unwrap();
    assert!(
        uneven.fixed > 1.5 * even.fixed && uneven.anytime > 1.5 * even.anytime,
        "{even:?} {uneven:?}"
    );
}

#[test]
fn the_fixed_numbers_match_the_textbook() {
    // Fleiss, Levin and Paik: 0.6 against 0.7 at 5 % with power 80 % needs 356 in each arm.
    let needed = people_needed(&Design { baseline: 0.6, ..DESIGN }, 0.1).unwrap();
    assert!((711..=713).contains(&needed.fixed), "{needed:?}");
    // A loss of the same size from the other end needs the same number.
    assert_eq!(people_needed(&Design { baseline: 0.4, ..DESIGN }, -0.1).unwrap(), needed);
}

#[test]
fn an_invalid_design_has_no_answer() {
    for design in [
        Design { baseline: 1.0, ..DESIGN },
        Design { baseline: f64::NAN, ..DESIGN },
        Design { weights: [0, 1], ..DESIGN },
        Design { alpha: 0.0, ..DESIGN },
        Design { power: 1.0, ..DESIGN },
    ] {
        assert_eq!(detectable(&design, 1_000), None);
        assert_eq!(people_needed(&design, 0.1), None);
    }
    assert_eq!(detectable(&DESIGN, 0), None);
    assert_eq!(detectable(&DESIGN, 4), None, "four people show nothing");
    assert_eq!(people_needed(&DESIGN, 0.0), None);
    assert_eq!(people_needed(&DESIGN, 0.7), None);
}
