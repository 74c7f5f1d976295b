//! How often the rule errs, and how soon it finds what it is there for.

use std::time::Duration;

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};
use switchboard_core::ProviderId;
use switchboard_engine::Outliers;
use switchboard_router::OutlierPolicy;

use super::outliers::{call, provider};

/// Sends attempts in turn to providers that fail with these chances, a second apart, with one call
/// each. Says who was ejected at which attempt of his own; those that are ejected get none.
fn ejected(chances: &[f64], attempts: u64, seed: u64) -> Vec<(usize, u64)> {
    let mut outliers = Outliers::new(OutlierPolicy::default());
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let everybody: Vec<ProviderId> = (0..chances.len()).map(provider).collect();
    let (mut own, mut found) = (vec![0; chances.len()], Vec::new());
    for nth in 0..attempts {
        let (who, now) = (nth as usize % chances.len(), Duration::from_secs(nth));
        if outliers.ejected_for(&everybody[who], now).is_some() {
            continue;
        }
        own[who] += 1;
        if f64::from(chance.next_u32()) / f64::from(u32::MAX) < chances[who] {
            if outliers.record_failure(&everybody[who], call(nth), now, now, &everybody).is_some() {
                found.push((who, own[who]));
            }
        } else {
            outliers.record_success(&everybody[who], now, now);
        }
    }
    found
}

#[test]
fn equals_are_hardly_ever_ejected() {
    for share in [0.02, 0.1, 0.3, 0.5, 0.9] {
        let found = ejected(&[share; 3], 50_000, 7);
        assert!(found.len() <= 3, "at {share}: {} ejections in 50,000 attempts", found.len());
    }
}

#[test]
fn one_that_fails_far_more_often_is_found_soon_and_alone() {
    for (chance, within) in [(0.9, 25), (0.5, 50), (0.3, 150)] {
        let mut worst = 0;
        for seed in 0..40 {
            let found = ejected(&[0.02, chance, 0.02], 1_500, seed);
            assert!(found.iter().all(|(who, _)| *who == 1), "another than the bad one: {found:?}");
            worst = worst.max(found.first().expect("it is found").1);
        }
        assert!(
            worst <= within,
            "one that fails {chance} of its calls was found after {worst} of them"
        );
    }
}
