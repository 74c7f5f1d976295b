//! Spans of time between moments.

use std::time::Duration;

use jiff::Timestamp;

/// How long until `then`; zero if it is past.
pub(crate) fn until(now: Timestamp, then: Timestamp) -> Duration {
    Duration::try_from(then.duration_since(now)).unwrap_or(Duration::ZERO)
}
