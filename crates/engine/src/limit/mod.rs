//! How fast providers may be asked.
//!
//! Two tools, because they answer two questions. A provider's documented limit is a count in any
//! window of time, and a token bucket may let nearly twice that count through in its worst window:
//! for it stands the exact [`SlidingLog`]. [`Pace`] spreads requests evenly and is right where no
//! count is promised to anybody.

mod pace;
mod sliding;

pub use pace::Pace;
pub use sliding::{SlidingLog, Slot};
