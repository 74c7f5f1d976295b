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
//! | `estimate.rs`, `numeric.rs` | values with their intervals, and the functions that these need | | |
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
mod estimate;
mod means;
mod mixture;
mod numeric;
mod power;
mod srm;
mod tally;

pub use comparison::{Detection, Metric, Point, SequentialComparison, Side, running_intersection};
pub use estimate::{Estimate, Interval};
pub use means::Means;
pub use mixture::{Rate, RateDifference, difference, interval};
pub use power::{Design, Detectable, Needed, detectable, people_needed};
pub use srm::{SampleRatioMismatch, sample_ratio_mismatch};
pub use tally::{Arms, Comparison, Observation, Tally};
