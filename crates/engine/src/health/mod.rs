//! When to leave a provider alone.
//!
//! | file | the question |
//! |---|---|
//! | `evidence.rs` | what does a failure say of a provider, and of what it rides on? |
//! | `breaker.rs` | is anything there at all? Failures in a row, found well again by a read |
//! | `outliers.rs` | does it fail far more often than the others? Shares of a sliding window, compared |
//!
//! Both count failures of the provider, not of calls: a do-not-call refusal says nothing about its
//! health. And both count time on the clock that is never set back
//! ([`Clock::uptime`](switchboard_core::Clock::uptime)), because a pause that was announced lasts
//! as long as it was announced, whatever somebody does to the clock on the wall, and whatever a new
//! configuration says meanwhile.

mod breaker;
mod evidence;
mod outliers;

pub use breaker::Breaker;
pub(crate) use evidence::{Blame, blame, is_nobody_there};
pub use outliers::Outliers;

use std::time::Duration;

/// A pause that doubles each time, up to a most. The first is never longer than the most.
fn doubled(first: Duration, times: u32, most: Duration) -> Duration {
    1_u32
        .checked_shl(times)
        .and_then(|factor| first.checked_mul(factor))
        .map_or(most, |pause| pause.min(most))
        .max(first)
}
