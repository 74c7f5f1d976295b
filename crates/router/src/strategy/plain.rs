//! Strategies that use only the configuration and the present state of providers.

use std::{cmp::Reverse, time::Duration};

use switchboard_core::{Money, ProviderId};

use super::rank::{Rank, RankInput};
use crate::hash::{digest, share};

/// In the order of the route, or else of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Priority;

impl Rank for Priority {
    fn rank(&self, candidates: &mut [RankInput<'_>], _draw: u64) {
        candidates.sort_by_key(|one| one.preference);
    }

    fn name(&self) -> &'static str {
        "priority"
    }
}

/// The lowest expected cost first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cheapest;

impl Rank for Cheapest {
    fn rank(&self, candidates: &mut [RankInput<'_>], _draw: u64) {
        candidates.sort_by_key(|one| (one.cost.map_or(i64::MAX, Money::micros), one.preference));
    }

    fn name(&self) -> &'static str {
        "cheapest"
    }
}

/// Random, in proportion to weights: the first is drawn by weight, the next by the weights of those
/// that are left, and so on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Weighted {
    /// The relative weight of each provider. One that is not listed has none and comes last.
    pub weights: Vec<(ProviderId, u32)>,
}

impl Weighted {
    fn weight(&self, provider: &ProviderId) -> u64 {
        self.weights
            .iter()
            .find(|(named, _)| named == provider)
            .map_or(0, |(_, weight)| u64::from(*weight))
    }
}

impl Rank for Weighted {
    fn rank(&self, candidates: &mut [RankInput<'_>], draw: u64) {
        candidates.sort_by_key(|one| one.preference);
        let mut draw = draw;
        for first in 0..candidates.len() {
            let Some(rest) = candidates.get_mut(first..) else {
                break;
            };
            let total = rest.iter().map(|one| self.weight(one.provider)).sum();
            let Some(mut point) = share(draw, total) else {
                break;
            };
            let chosen = rest.iter().position(|one| {
                let weight = self.weight(one.provider);
                let here = point < weight;
                point = point.saturating_sub(weight);
                here
            });
            if let Some(end) = chosen.map(|index| index + 1).filter(|end| *end <= rest.len())
                && let Some(front) = rest.get_mut(..end)
            {
                front.rotate_right(1);
            }
            draw = digest(&[&draw.to_le_bytes()]);
        }
    }

    fn name(&self) -> &'static str {
        "weighted"
    }
}

/// The provider that recently accepted calls fastest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fastest;

impl Rank for Fastest {
    fn rank(&self, candidates: &mut [RankInput<'_>], _draw: u64) {
        candidates.sort_by_key(|one| (one.time_to_accept.unwrap_or(Duration::MAX), one.preference));
    }

    fn name(&self) -> &'static str {
        "fastest"
    }
}

/// The provider with the largest free share of its rate limit first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MostHeadroom;

impl Rank for MostHeadroom {
    fn rank(&self, candidates: &mut [RankInput<'_>], _draw: u64) {
        candidates.sort_by_key(|one| (Reverse(one.headroom), one.preference));
    }

    fn name(&self) -> &'static str {
        "most_headroom"
    }
}
