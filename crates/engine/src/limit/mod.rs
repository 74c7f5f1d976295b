//! Rate limiters for requests to providers.
//!
//! There are two, for two purposes. A provider's documented limit is a count in any window of time.
//! A token bucket may allow nearly twice that count in its worst window, so the exact
//! [`SlidingLog`] is used. [`Pace`] spreads requests evenly, for cases without a documented limit.

mod pace;
mod sliding;

pub use pace::Pace;
pub use sliding::{SlidingLog, Slot};
