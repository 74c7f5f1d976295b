//! Strategies that learn from past calls.

use switchboard_core::Money;

use super::rank::{Rank, RankInput};
use crate::hash::{digest, share};

/// The lowest cost per successful call first: the expected cost divided by the lower bound of the
/// success rate (95 % confidence), so that little data does not win. Unknown costs last.
///
/// Without measurements it is the same as [`Cheapest`](super::Cheapest).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BestValue;

impl Rank for BestValue {
    fn rank(&self, candidates: &mut [RankInput<'_>], _draw: u64) {
        candidates.sort_by_cached_key(|one| {
            let lower_bound = one.measured.unwrap_or_default().success.lower_bound();
            // Free calls cost the same whatever the rate, so the more reliable provider comes
            // first.
            (one.value().map_or(i64::MAX, Money::micros), u32::MAX - lower_bound, one.preference)
        });
    }

    fn name(&self) -> &'static str {
        "best_value"
    }
}

/// Thompson sampling: each candidate's success rate is drawn from its posterior, and the highest
/// draw comes first. A provider that is likely to be better is asked more often, and the more
/// evidence there is, the more consistently.
///
/// Each candidate comes first in at least `exploration_percent` of the draws, whatever its
/// posterior, so that a provider that has improved is noticed. With so many candidates that this
/// adds up to more than 100 %, all come first equally often. Old evidence expires with the window.
///
/// A candidate's draw does not depend on the other candidates: when the first of a plan fails, the
/// others keep their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Adaptive {
    /// The share of draws in which each candidate comes first at least, in percent.
    pub exploration_percent: u32,
}

impl Adaptive {
    /// The share if the configuration does not set one, in percent.
    pub const DEFAULT_EXPLORATION: u32 = 5;
}

impl Default for Adaptive {
    fn default() -> Self {
        Self { exploration_percent: Self::DEFAULT_EXPLORATION }
    }
}

impl Rank for Adaptive {
    fn rank(&self, candidates: &mut [RankInput<'_>], draw: u64) {
        candidates.sort_by_key(|one| one.preference);
        let of = candidates.len() as u64;
        let explores = share(digest(&[b"explore", &draw.to_le_bytes()]), 100)
            .is_some_and(|point| point < u64::from(self.exploration_percent) * of);
        let explored = share(digest(&[b"explored", &draw.to_le_bytes()]), of).filter(|_| explores);
        let drawn = |one: &RankInput<'_>| {
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
