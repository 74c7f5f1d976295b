//! Did the arms get the people that they should?
//!
//! Where the counts do not fit the weights, something assigns otherwise than it says, and no
//! difference between the arms can be believed. The Dirichlet-multinomial mixture over all splits,
//! divided by the likelihood of the configured one, is a martingale that begins at one (Lindon and
//! Malek 2022): its inverse is a p-value that holds at every look.

use serde::Serialize;

/// As sure of the configured split as so many people in each arm would make one: small deviations
/// are found soonest where thousands come.
const STRENGTH: f64 = 100.0;

/// Evidence that the arms did not get the people that they should.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Mismatch {
    /// It ever exceeds `1/α` with a chance of at most `α` where people are drawn by the weights.
    pub e_value: f64,
}

impl Mismatch {
    /// The smallest level at which the counts contradict the weights; at most 1. Valid at every
    /// look. Below 0.01, look for the fault before the result.
    pub fn p_value(&self) -> f64 {
        (1.0 / self.e_value).min(1.0)
    }

    /// Together with the evidence of another stretch of the same experiment, which had other
    /// weights.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { e_value: (self.e_value * other.e_value).min(f64::MAX) }
    }
}

/// People in each arm, against the arms' weights. `None` where the two lists are not of one length,
/// or nobody has any weight.
pub fn mismatch(counts: &[u64], weights: &[u32]) -> Option<Mismatch> {
    let whole: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
    if counts.len() != weights.len() || whole <= 0.0 {
        return None;
    }
    if counts.iter().zip(weights).any(|(count, weight)| *count > 0 && *weight == 0) {
        return Some(Mismatch { e_value: f64::MAX });
    }
    let live: Vec<(f64, f64)> = counts
        .iter()
        .zip(weights)
        .filter(|(_, weight)| **weight > 0)
        .map(|(count, weight)| (*count as f64, f64::from(*weight) / whole))
        .collect();
    let strength = STRENGTH * live.len() as f64;
    let all: f64 = live.iter().map(|(count, _)| count).sum();
    let mixture = libm::lgamma(strength) - libm::lgamma(strength + all)
        + live
            .iter()
            .map(|(count, share)| {
                libm::lgamma(count + strength * share) - libm::lgamma(strength * share)
            })
            .sum::<f64>();
    let likelihood: f64 = live.iter().map(|(count, share)| count * share.ln()).sum();
    Some(Mismatch { e_value: (mixture - likelihood).exp().min(f64::MAX) })
}
