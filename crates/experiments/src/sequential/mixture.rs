//! Confidence sequences for success rates, and for the difference of two, by mixture martingales.
//!
//! For an arm with `s` successes among `n` people and any true rate `p`, the mixture `B(s+½, n-s+½)
//! / B(½, ½)` divided by the likelihood `p^s (1-p)^(n-s)` is a martingale that starts at one. By
//! Ville's inequality it ever reaches `1/α` with a probability of at most `α`: the rates for which
//! it has not form a confidence sequence (Robbins 1970). The product over two arms is a martingale
//! for the pair of their rates, and a difference is inside as long as any pair with that difference
//! is.
//!
//! That holds however people are assigned to the arms, even if earlier outcomes influence it. The
//! price: [`SequentialComparison`](super::SequentialComparison), which relies on a random draw,
//! needs about half as many people.

use serde::Serialize;

use super::{
    estimate::Interval,
    numeric::{edge, ln_beta},
};

/// Both parameters of the beta prior (Jeffreys).
const PRIOR: f64 = 0.5;
/// Rates stay this far away from 0 and 1, where a logarithm would be infinite.
const EPSILON: f64 = 1e-12;

/// A number of successes among a number of people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Rate {
    /// The number of people with a success.
    pub successes: u64,
    /// The number of all people.
    pub of: u64,
}

impl Rate {
    /// The success rate, from 0 to 1; `None` without any people.
    pub fn share(self) -> Option<f64> {
        (self.of > 0).then(|| self.successes as f64 / self.of as f64)
    }

    pub(super) fn failures(self) -> u64 {
        self.of.saturating_sub(self.successes)
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self { successes: self.successes + other.successes, of: self.of + other.of }
    }

    /// The logarithm of the mixture.
    fn mixture(self) -> f64 {
        ln_beta(self.successes as f64 + PRIOR, self.failures() as f64 + PRIOR)
            - ln_beta(PRIOR, PRIOR)
    }

    /// The log-likelihood of `p`.
    fn likelihood(self, p: f64) -> f64 {
        let term = |count: u64, p: f64| {
            if count == 0 { 0.0 } else { count as f64 * p.ln() }
        };
        term(self.successes, p) + term(self.failures(), 1.0 - p)
    }

    /// The derivative of the log-likelihood at `p`.
    fn slope(self, p: f64) -> f64 {
        self.successes as f64 / p - self.failures() as f64 / (1.0 - p)
    }
}

/// The confidence interval of the true rate, valid at all times at once with a confidence of
/// `1 - alpha`, where `alpha` is between 0 and 1.
pub fn interval(rate: Rate, alpha: f64) -> Interval {
    let Some(share) = rate.share() else {
        return Interval { low: 0.0, high: 1.0 };
    };
    let threshold = (1.0 / alpha).ln();
    let inside =
        |p: f64| rate.mixture() - rate.likelihood(p.clamp(EPSILON, 1.0 - EPSILON)) < threshold;
    Interval {
        low: if inside(0.0) { 0.0 } else { edge(share, 0.0, inside) },
        high: if inside(1.0) { 1.0 } else { edge(share, 1.0, inside) },
    }
}

/// How much higher the success rate of the second arm is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RateDifference {
    /// The difference of the measured rates.
    pub estimate: f64,
    /// The confidence interval of the true difference, valid at all times at once.
    pub interval: Interval,
    /// The evidence against "no difference": if there is none, it ever exceeds `1/α` with a
    /// probability of at most `α`.
    pub e_value: f64,
}

impl RateDifference {
    /// The smallest significance level at which a difference is detected; at most 1. Valid at every
    /// look.
    pub fn p_value(&self) -> f64 {
        (1.0 / self.e_value).min(1.0)
    }
}

/// The second arm compared with the first, with a confidence of `1 - alpha`, where `alpha` is
/// between 0 and 1. `None` while an arm is empty.
pub fn difference(first: Rate, second: Rate, alpha: f64) -> Option<RateDifference> {
    let (from, to) = (first.share()?, second.share()?);
    let estimate = to - from;
    let evidence = |difference: f64| {
        first.mixture() + second.mixture() - max_log_likelihood(first, second, difference)
    };
    let threshold = (1.0 / alpha).ln();
    // The set is an interval: the likelihood is concave in both rates jointly, so its maximum is
    // concave in the difference.
    let inside = |difference: f64| evidence(difference) < threshold;
    Some(RateDifference {
        estimate,
        interval: Interval {
            low: if inside(-1.0) { -1.0 } else { edge(estimate, -1.0, inside) },
            high: if inside(1.0) { 1.0 } else { edge(estimate, 1.0, inside) },
        },
        e_value: evidence(0.0).exp().min(f64::MAX),
    })
}

/// The log-likelihood of the likeliest pair of rates with this difference. The likelihood is
/// concave along the line of such pairs.
fn max_log_likelihood(first: Rate, second: Rate, difference: f64) -> f64 {
    let (mut low, mut high) =
        ((-difference).max(0.0) + EPSILON, (1.0 - difference).min(1.0) - EPSILON);
    if low >= high {
        let only = f64::midpoint(low, high).clamp(EPSILON, 1.0 - EPSILON);
        return first.likelihood(only)
            + second.likelihood((only + difference).clamp(EPSILON, 1.0 - EPSILON));
    }
    for _ in 0..60 {
        let p = f64::midpoint(low, high);
        if first.slope(p) + second.slope((p + difference).clamp(EPSILON, 1.0 - EPSILON)) > 0.0 {
            low = p;
        } else {
            high = p;
        }
    }
    let p = f64::midpoint(low, high);
    first.likelihood(p) + second.likelihood((p + difference).clamp(EPSILON, 1.0 - EPSILON))
}
