//! When to try again, and when to give up: pure functions.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use switchboard::journal::server::WebhookEndpoint;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// How long after the try before each of the ten tries is made: the last one 75 hours, 35 minutes
/// and 5 seconds after the first.
pub const DELAYS: [Duration; 10] = [
    Duration::ZERO,
    Duration::from_secs(5),
    Duration::from_secs(5 * MINUTE),
    Duration::from_secs(30 * MINUTE),
    Duration::from_secs(2 * HOUR),
    Duration::from_secs(5 * HOUR),
    Duration::from_secs(10 * HOUR),
    Duration::from_secs(14 * HOUR),
    Duration::from_secs(20 * HOUR),
    Duration::from_secs(24 * HOUR),
];

/// An endpoint is disabled after this long without one success…
const WITHOUT_SUCCESS: SignedDuration = SignedDuration::from_hours(5 * 24);
/// …if it failed for more than this…
const FAILED_FOR: SignedDuration = SignedDuration::from_hours(12);
/// …and this often.
const FAILURES: u32 = 20;

/// When to try again after a failure; `None` if it was the last try.
///
/// `tries` counts those that were made, `chance` is anything from 0 to 1 and moves the time by up to
/// ten percent, and `asked` is the wait that the receiver asked for.
pub fn next_try(
    tries: u32,
    at: Timestamp,
    asked: Option<Duration>,
    chance: f64,
) -> Option<Timestamp> {
    let delay = DELAYS.get(usize::try_from(tries).ok()?)?;
    let delay = delay.mul_f64(0.9 + 0.2 * chance.clamp(0.0, 1.0));
    at.checked_add(delay.max(asked.unwrap_or_default())).ok()
}

/// True if an endpoint has failed so long and so often that nothing more is sent there.
pub fn has_failed(endpoint: &WebhookEndpoint, now: Timestamp) -> bool {
    let success = endpoint.last_success_at.unwrap_or(endpoint.settings.created_at);
    endpoint.failures >= FAILURES
        && now.duration_since(success) >= WITHOUT_SUCCESS
        && endpoint.failing_since.is_some_and(|since| now.duration_since(since) > FAILED_FOR)
}
