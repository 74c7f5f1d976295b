//! The simulator's time: tokio's clock, so that a test may pause it, with dates hung on it once at
//! the start.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// Converts between call time, real time and dates.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeline {
    origin: Instant,
    date: Timestamp,
    speed: f64,
}

impl Timeline {
    pub(crate) fn start(speed: f64) -> Self {
        Self { origin: Instant::now(), date: Timestamp::now(), speed }
    }

    pub(crate) fn now(self) -> Instant {
        Instant::now()
    }

    /// The date and time of this moment.
    pub(crate) fn timestamp(self) -> Timestamp {
        let since = SignedDuration::try_from(self.origin.elapsed()).unwrap_or(SignedDuration::ZERO);
        self.date.checked_add(since).unwrap_or(self.date)
    }

    /// This moment as RFC 3339 in UTC with whole seconds, as both providers' documents show it.
    pub(crate) fn rfc3339(self) -> String {
        self.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// This moment as RFC 3339 in UTC with milliseconds.
    pub(crate) fn rfc3339_millis(self) -> String {
        self.timestamp().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
    }

    /// What `call_time` takes on the clock.
    pub(crate) fn real(self, call_time: Duration) -> Duration {
        let longest = Duration::from_secs(30 * 365 * 86_400);
        Duration::try_from_secs_f64(call_time.as_secs_f64() / self.speed)
            .unwrap_or(longest)
            .min(longest)
    }

    /// What passed in call time while `real` passed on the clock.
    pub(crate) fn call_time(self, real: Duration) -> Duration {
        Duration::try_from_secs_f64(real.as_secs_f64() * self.speed).unwrap_or(Duration::MAX)
    }
}
