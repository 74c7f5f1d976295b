//! Requests spread evenly, by governor's rate limiter on our clock.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use governor::{
    Quota, RateLimiter,
    clock::{Clock as GovernorClock, Reference},
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::{InMemoryState, NotKeyed},
};
use jiff::Timestamp;
use switchboard_core::Clock;

/// Our clock, as governor wants one: nanoseconds since the limiter was made.
#[derive(Debug, Clone)]
struct Since {
    clock: Arc<dyn Clock>,
    start: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Moment(u64);

impl std::ops::Add<Nanos> for Moment {
    type Output = Moment;

    fn add(self, nanos: Nanos) -> Moment {
        Moment(self.0.saturating_add(nanos.as_u64()))
    }
}

impl Reference for Moment {
    fn duration_since(&self, earlier: Self) -> Nanos {
        Nanos::from(self.0.saturating_sub(earlier.0))
    }

    fn saturating_sub(&self, duration: Nanos) -> Self {
        Moment(self.0.saturating_sub(duration.as_u64()))
    }
}

impl GovernorClock for Since {
    type Instant = Moment;

    fn now(&self) -> Moment {
        let nanos = self.clock.now().duration_since(self.start).as_nanos();
        Moment(u64::try_from(nanos).unwrap_or(0))
    }
}

/// Allows a number of requests per second, evenly spread, after a short burst.
#[derive(Debug)]
pub struct Pace {
    limiter: RateLimiter<NotKeyed, InMemoryState, Since, NoOpMiddleware<Moment>>,
    clock: Since,
}

impl Pace {
    /// `per_second` requests, `burst` of them at once.
    pub fn new(per_second: NonZeroU32, burst: NonZeroU32, clock: Arc<dyn Clock>) -> Self {
        let start = clock.now();
        let clock = Since { clock, start };
        Self {
            limiter: RateLimiter::direct_with_clock(
                Quota::per_second(per_second).allow_burst(burst),
                clock.clone(),
            ),
            clock,
        }
    }

    /// Takes the next turn, or returns how long to wait for it.
    ///
    /// # Errors
    /// How long to wait before asking again.
    pub fn turn(&self) -> Result<(), Duration> {
        self.limiter.check().map_err(|early| early.wait_time_from(self.clock.now()))
    }
}
