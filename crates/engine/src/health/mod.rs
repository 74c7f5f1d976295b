//! Provider health: when a provider gets no calls.
//!
//! | file | the question |
//! |---|---|
//! | `evidence.rs` | what does a failure say about a provider and its platform? |
//! | `breaker.rs` | does it work at all? Consecutive failures; a successful read closes the breaker |
//! | `outliers.rs` | does it fail far more often than the others? Compares failure rates in a sliding window |
//!
//! Both count failures of the provider, not of calls: a do-not-call refusal says nothing about its
//! health. Both measure time on the monotonic clock
//! ([`Clock::uptime`](switchboard_core::Clock::uptime)), so that changes of the wall clock do not
//! change the length of a pause. A new configuration does not change a pause that has begun either.

mod breaker;
mod evidence;
mod outliers;

pub use breaker::Breaker;
pub(crate) use evidence::{Blame, blame, is_unanswered};
pub use outliers::Outliers;

use std::time::Duration;

/// A pause that doubles each time, up to a maximum, which also limits the first one.
fn doubled(first: Duration, times: u32, most: Duration) -> Duration {
    1_u32
        .checked_shl(times)
        .and_then(|factor| first.checked_mul(factor))
        .map_or(most, |pause| pause.min(most))
        .max(first)
}
