//! What every strategy does, and what it knows about a candidate.

use std::time::Duration;

use enum_dispatch::enum_dispatch;
use switchboard_core::{Money, ProviderId};

use crate::quality::Measured;

/// What a strategy knows about a candidate.
#[derive(Debug, Clone)]
pub struct RankInput<'a> {
    /// The provider's id.
    pub provider: &'a ProviderId,
    /// Its position in the order of the route, or else of the configuration.
    pub preference: usize,
    /// The expected cost of the call; `None` if unknown, which is never treated as cheap.
    pub cost: Option<Money>,
    /// How long it recently took to accept a call; `None` if not measured.
    pub time_to_accept: Option<Duration>,
    /// The share of its rate limit that is free, in millionths; 1,000,000 without a limit.
    pub headroom: u32,
    /// Its measured quality for calls like this one; `None` if quality is not measured.
    pub measured: Option<Measured>,
}

impl RankInput<'_> {
    /// The upper bound of the cost per successful call: the expected cost of a call divided by the
    /// lower bound of the success rate (95 % confidence), rounded up to a millionth. `None` if the
    /// cost of a call is unknown.
    ///
    /// Little evidence makes it large: without any, a success may cost as much as eight calls.
    pub fn value(&self) -> Option<Money> {
        let cost = self.cost?;
        let certain = i128::from(self.measured.unwrap_or_default().success.lower_bound());
        let scaled = i128::from(cost.micros()) * 1_000_000;
        let each = scaled.div_euclid(certain) + i128::from(scaled.rem_euclid(certain) != 0);
        Some(Money::from_micros(i64::try_from(each).unwrap_or(i64::MAX), cost.currency()))
    }
}

/// Orders candidates, best first. `draw` is the random number of the call: the same draw gives the
/// same order.
#[enum_dispatch]
pub trait Rank {
    /// Sorts the candidates, best first.
    fn rank(&self, candidates: &mut [RankInput<'_>], draw: u64);

    /// The name used in the configuration and in plans.
    fn name(&self) -> &'static str;
}
