//! The simulator's time: tokio's clock, which a test may pause, with dates counted from the start
//! of the simulator.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// Converts between call time, real time and dates.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeline {
    origin: Instant,
    date: Timestamp,
    speed: f64,
    frozen: Option<Instant>,
}

impl Timeline {
    pub(crate) fn start(speed: f64) -> Self {
        Self { origin: Instant::now(), date: Timestamp::now(), speed, frozen: None }
    }

    /// The same timeline at this moment, for good. A response reads the clock once: if a call ended
    /// between two readings, its fields would contradict each other.
    pub(crate) fn frozen(self) -> Self {
        Self { frozen: Some(self.now()), ..self }
    }

    pub(crate) fn now(self) -> Instant {
        self.frozen.unwrap_or_else(Instant::now)
    }

    /// The current date and time.
    pub(crate) fn timestamp(self) -> Timestamp {
        self.date_of(self.now())
    }

    /// The date and time of a moment.
    pub(crate) fn date_of(self, at: Instant) -> Timestamp {
        let since = SignedDuration::try_from(at.saturating_duration_since(self.origin));
        self.date.checked_add(since.unwrap_or(SignedDuration::ZERO)).unwrap_or(self.date)
    }

    /// The current time in RFC 3339, UTC, in whole seconds as KallyAI and KaiCalls document it.
    pub(crate) fn rfc3339(self) -> String {
        self.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// The current time in RFC 3339, UTC, with milliseconds.
    pub(crate) fn rfc3339_millis(self) -> String {
        self.timestamp().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
    }

    /// Converts call time to real time.
    pub(crate) fn real(self, call_time: Duration) -> Duration {
        let longest = Duration::from_secs(30 * 365 * 86_400);
        Duration::try_from_secs_f64(call_time.as_secs_f64() / self.speed)
            .unwrap_or(longest)
            .min(longest)
    }

    /// Converts real time to call time.
    pub(crate) fn call_time(self, real: Duration) -> Duration {
        Duration::try_from_secs_f64(real.as_secs_f64() * self.speed).unwrap_or(Duration::MAX)
    }
}
