//! Sequential statistics: what an experiment shows, and how certain it is, at any moment.
//!
//! A test that is designed for one look misleads anybody who looks twice: of experiments without
//! any difference that are evaluated after every call, far more than one in twenty "become
//! significant" at some point. Everything here is valid at all times at once: the chance that the
//! true value is ever outside of its 95 % interval, over all looks, is at most 5 %. The table says
//! from which number of people on.
//!
//! | file | question | method | valid |
//! |---|---|---|---|
//! | `comparison.rs` | how do treatment and control compare, over time | `betting.rs` and `means.rs` | as they are |
//! | `betting.rs` | does one arm reach more people | a bet on the arm that each person was drawn into | for every number of people, if they are drawn by the configured weights |
//! | `mixture.rs` | the same from counts alone, and the rate of one arm | beta-binomial mixture martingales | for every number of people, however they are assigned |
//! | `means.rs` | what does a success cost, how long does a call last | asymptotic confidence sequences | asymptotically |
//! | `tally.rs` | the sums of every arm | | |
//! | `srm.rs` | did the arms get the people that their weights call for | a Dirichlet-multinomial mixture martingale | for every number of people |
//! | `power.rs` | which effects can the experiment find | normal approximations of the above | approximately |
//!
//! # Each person counts once
//!
//! All of it counts *people*. A person keeps their arm, so their second call is not a second random
//! draw, and the calls of one person resemble each other: counting them as if they were different
//! people finds differences that do not exist. A person enters once, with their first call or with
//! the sum of their calls, in the arm that they were *assigned* (intention to treat: a failover to
//! another provider does not move them). People enter in the order of admission, up to the first
//! whose call is still open. In the order in which calls end, an arm whose calls fail fast would
//! seem to fail more often than it does.
//!
//! With several treatments and one control, each comparison gets `alpha` divided by their number.

mod betting;
mod comparison;
mod means;
mod mixture;
mod power;
mod srm;
mod tally;

use serde::Serialize;

pub use comparison::{Detection, Metric, Point, SequentialComparison, Side, running_intersection};
pub use means::Means;
pub use mixture::{Rate, RateDifference, difference, interval};
pub use power::{Design, Detectable, Needed, detectable, people_needed};
pub use srm::{SampleRatioMismatch, sample_ratio_mismatch};
pub use tally::{Arms, Comparison, Observation, Tally};

/// A closed interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// True if this value is outside.
    pub fn excludes(&self, value: f64) -> bool {
        value < self.low || value > self.high
    }
}

/// A measured value with its confidence interval, which is valid at all times at once.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The measured value.
    pub value: f64,
    /// The confidence interval of the true value; `None` while there is too little data for one.
    pub interval: Option<Interval>,
}

impl Estimate {
    /// True if there is an interval and this value is outside of it.
    pub fn excludes(&self, value: f64) -> bool {
        self.interval.is_some_and(|interval| interval.excludes(value))
    }
}

/// The logarithm of the beta function.
fn ln_beta(a: f64, b: f64) -> f64 {
    libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b)
}

/// Bisects to the point where `holds` turns false, between `inside`, where it is true, and
/// `outside`, where it is false. Returns the outer side of it.
fn edge(mut inside: f64, mut outside: f64, holds: impl Fn(f64) -> bool) -> f64 {
    while (outside - inside).abs() > 1e-9 {
        let middle = f64::midpoint(inside, outside);
        if holds(middle) {
            inside = middle;
        } else {
            outside = middle;
        }
    }
    outside
}
