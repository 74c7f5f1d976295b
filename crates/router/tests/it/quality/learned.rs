//! How long calls are expected to last, and how sure a rate is.

use std::time::Duration;

use switchboard_core::{Call, Country, Outcome, ProfileName};
use switchboard_router::quality::{
    BetaPosterior, Expected, Measurements, Quality, QualitySettings,
};

use super::made::{after, ended, lasted, provider};

const USUAL: Duration = Duration::from_secs(120);

fn with(profile: &str, country: Country, call: Call) -> Call {
    call.with(|call| {
        call.agent = Some(ProfileName::from(profile));
        call.country = country;
    })
}

fn expected(quality: &Quality, profile: &str, country: Country) -> (u64, u32) {
    let Expected { duration, learned_from } =
        quality.expected_duration(Some(&ProfileName::from(profile)), country, USUAL, after(60));
    (duration.as_secs(), learned_from)
}

#[test]
fn nothing_is_learnt_from_fewer_calls_than_the_minimum() {
    let mut quality = Quality::new(QualitySettings::default());
    for n in 0..19 {
        quality.observe(&with("desk", Country::US, lasted(n, "alpha", 0, 300)));
    }
    assert_eq!(expected(&quality, "desk", Country::US), (120, 0));
    quality.observe(&with("desk", Country::US, lasted(19, "beta", 0, 300)));
    assert_eq!(
        expected(&quality, "desk", Country::US),
        (210, 20),
        "what was expected counts as much as twenty calls"
    );
    for n in 20..200 {
        quality.observe(&with("desk", Country::US, lasted(n, "alpha", 0, 300)));
    }
    assert_eq!(
        expected(&quality, "desk", Country::US),
        (284, 200),
        "(20 x 120 + 200 x 300) / 220 = 283.6…"
    );
}

#[test]
fn a_country_with_few_calls_is_expected_to_be_as_the_others() {
    let mut quality = Quality::new(QualitySettings::default());
    for n in 0..100 {
        quality.observe(&with("desk", Country::US, lasted(n, "alpha", 0, 60)));
    }
    assert_eq!(expected(&quality, "desk", Country::GB), (70, 100), "(20 x 120 + 100 x 60) / 120");
    assert_eq!(
        expected(&quality, "night", Country::US),
        (120, 0),
        "another profile is another conversation"
    );
    for n in 100..120 {
        quality.observe(&with("desk", Country::GB, lasted(n, "alpha", 0, 200)));
    }
    assert_eq!(
        expected(&quality, "desk", Country::GB),
        (135, 20),
        "(20 x 70 + 20 x 200) / 40, toward the other countries"
    );
}

#[test]
fn calls_of_unknown_length_teach_nothing() {
    let mut quality = Quality::new(QualitySettings::default());
    for n in 0..50 {
        quality.observe(&with("desk", Country::US, ended(n, "alpha", 0, Outcome::Completed)));
    }
    assert_eq!(expected(&quality, "desk", Country::US), (120, 0));
}

/// Wilson's score bound with z = 1.644854, worked out apart.
#[test]
fn the_lower_bound_is_wilsons() {
    let belief = |successes: u64, tries: u64| BetaPosterior {
        successes_milli: successes * 1000,
        tries_milli: tries * 1000,
    };
    for (successes, tries, expected) in
        [(8, 10, 540_793), (80, 100, 726_696), (800, 1000, 778_397), (1, 2, 120_866), (0, 10, 1)]
    {
        let bound = belief(successes, tries).lower_bound();
        assert!(bound.abs_diff(expected) <= 1, "{successes} of {tries}: {bound}");
    }
    let surer = [1, 10, 100, 1000].map(|times| belief(3 * times, 4 * times).lower_bound());
    assert!(surer.is_sorted() && surer[3] < 750_000, "{surer:?}");
}

#[test]
fn draws_follow_the_belief_and_their_seed() {
    let belief = BetaPosterior::counted(79, 98);
    let draws: Vec<f64> = (0..20_000).map(|seed| belief.draw(seed)).collect();
    assert_eq!(draws[7], belief.draw(7));
    let mean = draws.iter().sum::<f64>() / 20_000.0;
    let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / 20_000.0;
    // Beta(80, 20): mean 0.8, variance 80 x 20 / (100² x 101) = 0.001584.
    assert!((mean - 0.8).abs() < 0.001, "{mean}");
    assert!((variance - 0.001_584).abs() < 0.000_08, "{variance}");
}

#[test]
fn little_evidence_is_pulled_toward_what_the_provider_does_elsewhere() {
    let mut quality = Quality::new(QualitySettings::default());
    for n in 0..1000 {
        let outcome = if n % 10 == 0 { Outcome::NoAnswer } else { Outcome::Completed };
        quality.observe(&with("desk", Country::US, ended(n, "alpha", 0, outcome)));
    }
    let desk = ProfileName::from("desk");
    let success =
        |country| quality.measured(&provider("alpha"), country, Some(&desk), after(60)).success;
    let (here, there) = (success(Country::US), success(Country::GB));
    assert!(here.mean().abs_diff(900_000) < 3_000 && here.lower_bound() > 880_000, "{here:?}");
    assert!(
        there.mean().abs_diff(900_000) < 3_000 && there.lower_bound() < 780_000,
        "a thousand calls elsewhere are worth twenty here: {there:?}"
    );
    let nobody = quality.measured(&provider("beta"), Country::US, Some(&desk), after(60)).success;
    assert_eq!((nobody, nobody.mean()), (BetaPosterior::default(), 500_000));
}
