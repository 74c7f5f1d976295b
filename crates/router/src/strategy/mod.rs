//! The order in which candidates are asked: a closed set of strategies, selected by name in the
//! configuration. Each has a page in `docs/strategies`.

mod measured;
mod plain;
mod rank;

use enum_dispatch::enum_dispatch;

pub use measured::{Adaptive, BestValue};
pub use plain::{Cheapest, Fastest, MostHeadroom, Priority, Weighted};
pub use rank::{Rank, RankInput};

/// The routing strategies.
#[enum_dispatch(Rank)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Strategy {
    /// In the order of the route, or else of the configuration.
    Priority(Priority),
    /// The lowest expected cost first; unknown costs last.
    Cheapest(Cheapest),
    /// Random, in proportion to weights.
    Weighted(Weighted),
    /// The provider that recently accepted calls fastest first; unmeasured ones last.
    Fastest(Fastest),
    /// The provider with the largest free share of its rate limit first.
    MostHeadroom(MostHeadroom),
    /// The lowest upper bound of the cost per successful call first; unknown costs last.
    BestValue(BestValue),
    /// The provider that succeeds most is asked most, and each often enough to notice changes
    /// (Thompson sampling).
    Adaptive(Adaptive),
}

impl Default for Strategy {
    fn default() -> Self {
        Strategy::Priority(Priority)
    }
}
