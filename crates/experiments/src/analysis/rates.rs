//! Success rates, and the difference of two.
//!
//! For an arm with `s` successes among `n` people and any true rate `p`, the mixture `B(s+½, n-s+½)
//! / B(½, ½)` divided by the likelihood `p^s (1-p)^(n-s)` is a martingale that begins at one. By
//! Ville's inequality it ever reaches `1/α` with a chance of at most `α`: the rates at which it has
//! not are a confidence sequence (Robbins 1970). The product over two arms is a martingale for the
//! pair of their rates, and a difference is inside as long as any pair with that difference is.
//!
//! That holds whatever decided who goes to which arm, even if it looked at the outcomes before. It
//! has its price: [`Course`](super::Course), which knows the draw, needs about half of the people.

use serde::Serialize;

use super::{Interval, edge, ln_beta};

const PRIOR: f64 = 0.5;
const LEAST: f64 = 1e-12;

/// Successes among people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Rate {
    /// How many succeeded.
    pub successes: u64,
    /// Of how many.
    pub of: u64,
}

impl Rate {
    /// The share; `None` without anybody.
    pub fn share(self) -> Option<f64> {
        (self.of > 0).then(|| self.successes as f64 / self.of as f64)
    }

    pub(super) fn failures(self) -> u64 {
        self.of.saturating_sub(self.successes)
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self { successes: self.successes + other.successes, of: self.of + other.of }
    }

    /// ln of the mixture.
    fn mixture(self) -> f64 {
        ln_beta(self.successes as f64 + PRIOR, self.failures() as f64 + PRIOR)
            - ln_beta(PRIOR, PRIOR)
    }

    /// ln of the likelihood of `p`.
    fn likelihood(self, p: f64) -> f64 {
        let term = |count: u64, p: f64| {
            if count == 0 { 0.0 } else { count as f64 * p.ln() }
        };
        term(self.successes, p) + term(self.failures(), 1.0 - p)
    }

    /// The log-likelihood's derivative at `p`.
    fn slope(self, p: f64) -> f64 {
        self.successes as f64 / p - self.failures() as f64 / (1.0 - p)
    }
}

/// Where the true rate is, at all times at once, with a confidence of `1 - alpha`, where `alpha` is
/// between 0 and 1.
pub fn interval(rate: Rate, alpha: f64) -> Interval {
    let Some(share) = rate.share() else {
        return Interval { low: 0.0, high: 1.0 };
    };
    let most = (1.0 / alpha).ln();
    let inside = |p: f64| rate.mixture() - rate.likelihood(p.clamp(LEAST, 1.0 - LEAST)) < most;
    Interval {
        low: if inside(0.0) { 0.0 } else { edge(share, 0.0, inside) },
        high: if inside(1.0) { 1.0 } else { edge(share, 1.0, inside) },
    }
}

/// How much better the second arm is than the first.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RateDifference {
    /// The difference of the shares.
    pub estimate: f64,
    /// Where the true difference is, at all times at once.
    pub interval: Interval,
    /// Evidence against "no difference": it exceeds `1/α` ever with a chance of at most `α` where
    /// there is none.
    pub e_value: f64,
}

impl RateDifference {
    /// The smallest level at which the difference would be told; at most 1. Valid at every look.
    pub fn p_value(&self) -> f64 {
        (1.0 / self.e_value).min(1.0)
    }
}

/// The second arm against the first, with a confidence of `1 - alpha`, where `alpha` is between 0
/// and 1. `None` while an arm has nobody.
pub fn difference(first: Rate, second: Rate, alpha: f64) -> Option<RateDifference> {
    let (from, to) = (first.share()?, second.share()?);
    let estimate = to - from;
    let evidence =
        |difference: f64| first.mixture() + second.mixture() - best(first, second, difference);
    let most = (1.0 / alpha).ln();
    // An interval: the likelihood is concave in both rates at once, so its maximum is concave in
    // the difference.
    let inside = |difference: f64| evidence(difference) < most;
    Some(RateDifference {
        estimate,
        interval: Interval {
            low: if inside(-1.0) { -1.0 } else { edge(estimate, -1.0, inside) },
            high: if inside(1.0) { 1.0 } else { edge(estimate, 1.0, inside) },
        },
        e_value: evidence(0.0).exp().min(f64::MAX),
    })
}

/// ln of the likelihood of the likeliest pair of rates that lie so far apart. The likelihood is
/// concave along the line of such pairs.
fn best(first: Rate, second: Rate, difference: f64) -> f64 {
    let (mut low, mut high) = ((-difference).max(0.0) + LEAST, (1.0 - difference).min(1.0) - LEAST);
    if low >= high {
        let only = f64::midpoint(low, high).clamp(LEAST, 1.0 - LEAST);
        return first.likelihood(only)
            + second.likelihood((only + difference).clamp(LEAST, 1.0 - LEAST));
    }
    for _ in 0..60 {
        let p = f64::midpoint(low, high);
        if first.slope(p) + second.slope((p + difference).clamp(LEAST, 1.0 - LEAST)) > 0.0 {
            low = p;
        } else {
            high = p;
        }
    }
    let p = f64::midpoint(low, high);
    first.likelihood(p) + second.likelihood((p + difference).clamp(LEAST, 1.0 - LEAST))
}
