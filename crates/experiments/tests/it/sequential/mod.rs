//! What the statistics promise: that frequent looks do not produce false positives, that intervals
//! cover the true value, that effects are detected, and how many people that takes. The simulations
//! print what they measured: `-- --nocapture`.

mod coverage;
mod peeking;
mod power;
mod sums;
mod support;
