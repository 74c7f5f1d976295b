//! How sure a rate is.

use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Beta, Distribution};
use serde::{Deserialize, Serialize};

const MILLI: u64 = 1_000;
const MILLION: f64 = 1e6;
/// Of a standard normal distribution, 95 % are above minus this.
const ONE_SIDED_95: f64 = 1.644_853_626_951_472_2;

/// What is believed of a success rate: a beta distribution, as if so many calls had been made and
/// so many of them had succeeded. Counted in thousandths of a call, because wider evidence counts
/// in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BetaPosterior {
    /// Thousandths of a success.
    pub successes_milli: u64,
    /// Thousandths of a call; never less than the successes.
    pub tries_milli: u64,
}

impl Default for BetaPosterior {
    /// Nothing is known, and every rate is as likely.
    fn default() -> Self {
        Self { successes_milli: MILLI, tries_milli: 2 * MILLI }
    }
}

impl BetaPosterior {
    /// What is believed after so many calls where nothing was known before.
    pub fn counted(succeeded: u32, tried: u32) -> Self {
        Self::default().and(succeeded, tried)
    }

    /// What is believed after so many calls more.
    #[must_use]
    pub fn and(self, succeeded: u32, tried: u32) -> Self {
        Self {
            successes_milli: self.successes_milli + MILLI * u64::from(succeeded.min(tried)),
            tries_milli: self.tries_milli + MILLI * u64::from(tried),
        }
    }

    /// The same rate, known no better than from so many calls.
    #[must_use]
    pub fn cap_weight(self, calls: u32) -> Self {
        let most = (MILLI * u64::from(calls)).max(2 * MILLI);
        if self.tries_milli <= most {
            return self;
        }
        let successes =
            u128::from(self.successes_milli) * u128::from(most) / u128::from(self.tries_milli);
        Self {
            // Neither rate of none nor of all is ever certain.
            successes_milli: u64::try_from(successes).unwrap_or(most).clamp(1, most - 1),
            tries_milli: most,
        }
    }

    /// The expected rate, in millionths.
    pub fn mean(self) -> u32 {
        let (rate, _) = self.rate();
        millionths(rate)
    }

    /// With a confidence of 95 %, the rate is no lower than this, in millionths; at least one.
    /// Wilson's score bound, one-sided.
    pub fn lower_bound(self) -> u32 {
        let (rate, tries) = self.rate();
        let square = ONE_SIDED_95 * ONE_SIDED_95;
        let spread =
            ONE_SIDED_95 * (rate * (1.0 - rate) / tries + square / (4.0 * tries * tries)).sqrt();
        millionths((rate + square / (2.0 * tries) - spread) / (1.0 + square / tries)).max(1)
    }

    /// A rate drawn from what is believed: the same seed draws the same.
    pub fn draw(self, seed: u64) -> f64 {
        let successes = self.successes_milli.max(1) as f64 / MILLI as f64;
        let failures =
            self.tries_milli.saturating_sub(self.successes_milli).max(1) as f64 / MILLI as f64;
        // Both are above zero, so that there is such a distribution.
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
