//! The machine's clock.

pub use switchboard_core::SystemClock;
