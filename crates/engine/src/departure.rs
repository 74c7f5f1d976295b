//! When the request of an attempt left this process, and how old its idempotency key is by that.

use std::time::Duration;

use jiff::Timestamp;
use switchboard_core::{Clock, Idempotency};

/// When the request of an attempt left this process, by both of its clocks. Only the process that sent
/// it has one: what another process wrote down is a time of that machine's wall clock, by which no key is
/// judged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Departure {
    /// By the wall clock, which the provider's records are compared with.
    pub(crate) at: Timestamp,
    uptime: Duration,
}

impl Departure {
    /// It leaves now.
    pub(crate) fn now(clock: &dyn Clock) -> Self {
        Self { at: clock.now(), uptime: clock.uptime() }
    }

    /// By the clock that is never set back.
    pub(crate) const fn uptime(self) -> Duration {
        self.uptime
    }

    /// How long ago it left, by the clock that is never set back.
    pub(crate) fn elapsed(self, clock: &dyn Clock) -> Duration {
        clock.uptime().saturating_sub(self.uptime)
    }

    /// True if a repeat may still leave. The older of the two readings counts: the wall clock may have been
    /// set back, and the other one may have stood still while the machine slept.
    pub(crate) fn has_young_key(self, clock: &dyn Clock, idempotency: Idempotency) -> bool {
        let by_wall = Duration::try_from(clock.now().duration_since(self.at));
        let age = self.elapsed(clock).max(by_wall.unwrap_or_default());
        idempotency.repeats_within().is_some_and(|within| age < within)
    }
}
