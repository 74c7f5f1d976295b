//! In which order candidates are asked: a closed set, chosen by name in the configuration. Each has
//! a page in `docs/strategies`.

mod measured;
mod plain;

use std::time::Duration;

use enum_dispatch::enum_dispatch;
use switchboard_core::{Money, ProviderId};

use crate::quality::Measured;

pub use measured::{Adaptive, BestValue};
pub use plain::{Cheapest, Fastest, MostHeadroom, Priority, Weighted};

/// What a strategy may look at.
#[derive(Debug, Clone)]
pub struct Standing<'a> {
    /// Who.
    pub provider: &'a ProviderId,
    /// Its place in the route's or the configuration's own order.
    pub preference: usize,
    /// What the call is expected to cost there; unknown is not cheap.
    pub cost: Option<Money>,
    /// How long it lately took to accept a call.
    pub time_to_accept: Option<Duration>,
    /// The share of its rate limit that is free, in millionths; a provider without a limit has all
    /// of it.
    pub headroom: u32,
    /// What was measured of it, for calls like this one; `None`: nobody measures.
    pub measured: Option<Measured>,
}

impl Standing<'_> {
    /// What a call in which somebody talks is expected to cost at most: the expected cost of a
    /// call, over the success rate that is certain to 95 %, rounded up to a millionth. `None` where
    /// nobody knows what a call costs.
    ///
    /// Little evidence makes it large: with none at all, a success may cost as much as eight calls.
    pub fn value(&self) -> Option<Money> {
        let cost = self.cost?;
        let certain = i128::from(self.measured.unwrap_or_default().success.lower_bound());
        let scaled = i128::from(cost.micros()) * 1_000_000;
        let each = scaled.div_euclid(certain) + i128::from(scaled.rem_euclid(certain) != 0);
        Some(Money::from_micros(i64::try_from(each).unwrap_or(i64::MAX), cost.currency()))
    }
}

/// Orders candidates, best first. `draw` is the call's own chance: the same draw gives the same
/// order.
#[enum_dispatch]
pub trait Rank {
    /// Orders them.
    fn rank(&self, candidates: &mut [Standing<'_>], draw: u64);

    /// The word used in the configuration and in plans.
    fn name(&self) -> &'static str;
}

/// The strategies.
#[enum_dispatch(Rank)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Strategy {
    /// As listed.
    Priority(Priority),
    /// The lowest expected cost first; unknown costs last.
    Cheapest(Cheapest),
    /// By chance, in proportion to weights.
    Weighted(Weighted),
    /// The one that lately accepted calls soonest first; unmeasured ones last.
    Fastest(Fastest),
    /// The one with the largest free share of its rate limit first.
    MostHeadroom(MostHeadroom),
    /// The lowest cost for each call in which somebody talks first, as far as it is certain;
    /// unknown costs last.
    BestValue(BestValue),
    /// The one that succeeds most, and each often enough to notice when that changes.
    Adaptive(Adaptive),
}

impl Default for Strategy {
    fn default() -> Self {
        Strategy::Priority(Priority)
    }
}
