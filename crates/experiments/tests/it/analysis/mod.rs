//! What an experiment's analysis promises: that looking often does not make differences out of
//! nothing, that the true value stays inside, that what is there is found, and what all of it costs
//! in people. The simulations print what they measured: `-- --nocapture`.

mod coverage;
mod peeking;
mod power;
mod sums;
mod support;
