//! Strategies that learn from the calls that were made.

use switchboard_core::Money;

use super::{Rank, Standing};
use crate::hash::{digest, share};

/// The lowest cost for each call in which somebody talks first: the expected cost over the success
/// rate that is certain to 95 %, so that little data does not win. Unknown costs last.
///
/// Where nothing is measured it is [`Cheapest`](super::Cheapest).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BestValue;

impl Rank for BestValue {
    fn rank(&self, candidates: &mut [Standing<'_>], _draw: u64) {
        candidates.sort_by_cached_key(|one| {
            let certain = one.measured.unwrap_or_default().success.lower_bound();
            // What is free is as cheap for each success whatever the rate: the surer one then.
            (one.value().map_or(i64::MAX, Money::micros), u32::MAX - certain, one.preference)
        });
    }

    fn name(&self) -> &'static str {
        "best_value"
    }
}

/// Thompson sampling: each candidate's success rate is drawn from what is believed of it, and the
/// highest draw comes first. Who is believed to be better is asked more often, and the more
/// evidence there is, the more surely.
///
/// Whatever is believed, each candidate is first in at least `exploration_percent` of the draws, so
/// that one that was bad and is good now is found out; with so many candidates that this is more
/// than everything, all are first equally often. Old evidence leaves with the window.
///
/// A candidate's draw is its own, whoever else is one: when the first of a plan fails, the others
/// keep their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Adaptive {
    /// The least share of the draws in which each candidate comes first.
    pub exploration_percent: u32,
}

impl Adaptive {
    /// The share where the configuration says none.
    pub const USUAL_EXPLORATION: u32 = 5;
}

impl Default for Adaptive {
    fn default() -> Self {
        Self { exploration_percent: Self::USUAL_EXPLORATION }
    }
}

impl Rank for Adaptive {
    fn rank(&self, candidates: &mut [Standing<'_>], draw: u64) {
        candidates.sort_by_key(|one| one.preference);
        let of = candidates.len() as u64;
        let explores = share(digest(&[b"explore", &draw.to_le_bytes()]), 100)
            .is_some_and(|point| point < u64::from(self.exploration_percent) * of);
        let explored = share(digest(&[b"explored", &draw.to_le_bytes()]), of).filter(|_| explores);
        let drawn = |one: &Standing<'_>| {
            let seed =
                digest(&[b"believed", &draw.to_le_bytes(), one.provider.as_str().as_bytes()]);
            let rate = one.measured.unwrap_or_default().success.draw(seed);
            // Rates lie between zero and one, where the order of the bits is that of the numbers.
            u64::MAX - rate.to_bits()
        };
        let first = explored
            .and_then(|at| usize::try_from(at).ok())
            .and_then(|at| candidates.get(at))
            .map(|one| one.provider);
        candidates
            .sort_by_cached_key(|one| (Some(one.provider) != first, drawn(one), one.preference));
    }

    fn name(&self) -> &'static str {
        "adaptive"
    }
}
