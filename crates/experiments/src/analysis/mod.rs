//! What an experiment shows, and how sure that is, whenever one looks.
//!
//! A test that is planned for one look lies to whoever looks twice: of experiments without any
//! difference that are looked at after every call, far more than one in twenty "become significant"
//! once. Everything here holds at all times at once: the chance that a true value is ever outside
//! of its 95 % interval, at any of all looks, is at most 5 %; the table says from when on.
//!
//! | file | what it answers | how | holds |
//! |---|---|---|---|
//! | `course.rs` | how treatment and control compare, over time | `bet.rs` and `means.rs` | as they do |
//! | `bet.rs` | does one arm reach more people | a bet on the arm that each person was drawn into | at every count, where the draws are the configured ones |
//! | `rates.rs` | the same from counts alone, and one arm's rate | beta-binomial mixture martingales | at every count, whatever drew |
//! | `means.rs` | what a success costs, how long a call lasts | asymptotic confidence sequences | in the limit of many people |
//! | `arms.rs` | sums of every arm | | |
//! | `mismatch.rs` | did the arms get the people that they should | a Dirichlet-multinomial mixture martingale | at every count |
//! | `power.rs` | what the experiment can find at all | normal approximations of the above | about |
//!
//! # One person, once
//!
//! All of it counts *people*. A person keeps the arm that he was given, so that his second call is
//! no second draw, and his calls resemble each other: whoever counts them as if they were
//! strangers' finds differences that are not there. A person comes in once, with his first call or
//! with his calls summed, under the arm that he was *assigned* (intention to treat: a failover to
//! another provider does not move him), in the order of admission, up to the first whose call is
//! still open. In the order of endings, an arm whose calls fail fast would seem to fail more.
//!
//! Several treatments against one control: each comparison gets `alpha` divided by their number.

mod arms;
mod bet;
mod course;
mod means;
mod mismatch;
mod power;
mod rates;

use serde::Serialize;

pub use arms::{Arms, Comparison, Observation, Tally};
pub use course::{Course, Metric, Point, Side, Told, running_intersection};
pub use means::Means;
pub use mismatch::{Mismatch, mismatch};
pub use power::{Design, Detectable, Needed, detectable, people_needed};
pub use rates::{Rate, RateDifference, difference, interval};

/// From a lowest to a highest value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// The lowest.
    pub low: f64,
    /// The highest.
    pub high: f64,
}

impl Interval {
    /// True where it leaves this value out.
    pub fn excludes(&self, value: f64) -> bool {
        value < self.low || value > self.high
    }
}

/// A value and where the true one is, at all times at once.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// What was measured.
    pub value: f64,
    /// Where the true value is; `None` while too little is known for any interval.
    pub interval: Option<Interval>,
}

impl Estimate {
    /// True where the interval is known and leaves this value out.
    pub fn excludes(&self, value: f64) -> bool {
        self.interval.is_some_and(|interval| interval.excludes(value))
    }
}

/// ln of the beta function.
fn ln_beta(a: f64, b: f64) -> f64 {
    libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b)
}

/// Where `holds` begins to be false between `inside`, where it is true, and `outside`, where it is
/// false; on the outer side.
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
