//! How certain a measured rate is.

use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Beta, Distribution};
use serde::{Deserialize, Serialize};

use super::wilson::wilson_lower_bound;

const MILLI: u64 = 1_000;
const MILLION: f64 = 1e6;
/// Of a standard normal distribution, 95 % are above minus this.
const ONE_SIDED_95: f64 = 1.644_853_626_951_472_2;

/// The posterior of a success rate: a beta distribution, described by the number of calls and of
/// successes that it is worth. Counted in thousandths of a call, because evidence from a wider
/// level counts only in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BetaPosterior {
    /// The number of successes, in thousandths.
    pub successes_milli: u64,
    /// The number of calls, in thousandths; at least the number of successes.
    pub tries_milli: u64,
}

impl Default for BetaPosterior {
    /// The uniform prior: every rate is equally likely.
    fn default() -> Self {
        Self { successes_milli: MILLI, tries_milli: 2 * MILLI }
    }
}

impl BetaPosterior {
    /// The posterior after this many calls, from the uniform prior.
    pub fn counted(succeeded: u32, tried: u32) -> Self {
        Self::default().and(succeeded, tried)
    }

    /// The posterior after this many more calls.
    #[must_use]
    pub fn and(self, succeeded: u32, tried: u32) -> Self {
        Self {
            successes_milli: self.successes_milli + MILLI * u64::from(succeeded.min(tried)),
            tries_milli: self.tries_milli + MILLI * u64::from(tried),
        }
    }

    /// The same rate with the weight of at most this many calls.
    #[must_use]
    pub fn cap_weight(self, calls: u32) -> Self {
        let max = (MILLI * u64::from(calls)).max(2 * MILLI);
        if self.tries_milli <= max {
            return self;
        }
        let successes =
            u128::from(self.successes_milli) * u128::from(max) / u128::from(self.tries_milli);
        Self {
            // Neither 0 nor 100 % is ever certain.
            successes_milli: u64::try_from(successes).unwrap_or(max).clamp(1, max - 1),
            tries_milli: max,
        }
    }

    /// The expected rate, in millionths.
    pub fn mean(self) -> u32 {
        let (rate, _) = self.rate();
        millionths(rate)
    }

    /// The lower bound of the rate with a confidence of 95 %, in millionths; at least one. The
    /// one-sided Wilson score bound.
    pub fn lower_bound(self) -> u32 {
        let (rate, tries) = self.rate();
        millionths(wilson_lower_bound(rate, tries, ONE_SIDED_95)).max(1)
    }

    /// A rate drawn from the posterior. The same seed draws the same rate.
    pub fn draw(self, seed: u64) -> f64 {
        let successes = self.successes_milli.max(1) as f64 / MILLI as f64;
        let failures =
            self.tries_milli.saturating_sub(self.successes_milli).max(1) as f64 / MILLI as f64;
        // Both parameters are above zero, so the distribution exists.
        Beta::new(successes, failures)
            .map_or(0.5, |beta| beta.sample(&mut ChaCha8Rng::seed_from_u64(seed)))
    }

    fn rate(self) -> (f64, f64) {
        let tries = self.tries_milli.max(1) as f64;
        ((self.successes_milli as f64 / tries).min(1.0), tries / MILLI as f64)
    }
}

fn millionths(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * MILLION) as u32
}
