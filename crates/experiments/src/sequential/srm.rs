//! Sample ratio mismatch: did the arms get the people that their weights call for?
//!
//! If the counts do not fit the weights, people are assigned or counted wrongly, and no difference
//! between the arms can be trusted. The Dirichlet-multinomial mixture over all splits, divided by
//! the likelihood of the configured split, is a martingale that starts at one (Lindon and Malek
//! 2022). Its inverse is a p-value that is valid at every look.

use serde::Serialize;

/// The prior of the configured split weighs as much as this many people in each arm, which finds
/// small deviations soonest in experiments with thousands of people.
const STRENGTH: f64 = 100.0;

/// The evidence that the arms did not get the people that their weights call for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SampleRatioMismatch {
    /// If people are drawn by the weights, it ever exceeds `1/α` with a probability of at most `α`.
    pub e_value: f64,
}

impl SampleRatioMismatch {
    /// The smallest significance level at which the counts contradict the weights; at most 1. Valid
    /// at every look. Below 0.01, look for a fault before you look at the results.
    pub fn p_value(&self) -> f64 {
        (1.0 / self.e_value).min(1.0)
    }

    /// Combines this with the evidence of another period of the same experiment, which had other
    /// weights.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { e_value: (self.e_value * other.e_value).min(f64::MAX) }
    }
}

/// Tests the number of people in each arm against the arms' weights. `None` if the two lists differ
/// in length, or all weights are zero.
pub fn sample_ratio_mismatch(counts: &[u64], weights: &[u32]) -> Option<SampleRatioMismatch> {
    let whole: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
    if counts.len() != weights.len() || whole <= 0.0 {
        return None;
    }
    if counts.iter().zip(weights).any(|(count, weight)| *count > 0 && *weight == 0) {
        return Some(SampleRatioMismatch { e_value: f64::MAX });
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
    Some(SampleRatioMismatch { e_value: (mixture - likelihood).exp().min(f64::MAX) })
}
