//! A circuit breaker that counts consecutive failures.
//!
//! A breaker half-opens with a read: a call is never used to find out whether calls work. A
//! successful read proves less than a successful call, though, so it does not reset the count of
//! failures: the next failure opens the breaker again, for twice as long.

use std::time::Duration;

use switchboard_router::BreakerPolicy;

use super::doubled;

/// One breaker. All times are of one monotonic clock, such as
/// [`Clock::uptime`](switchboard_core::Clock::uptime).
#[derive(Debug, Clone)]
pub struct Breaker {
    policy: BreakerPolicy,
    in_a_row: u32,
    /// How often the breaker opened in this run of failures.
    waits: u32,
    state: State,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// Requests sent before `since` are ignored: they say nothing about the present.
    Closed {
        since: Duration,
    },
    Open {
        until: Duration,
    },
}

impl Breaker {
    /// A closed breaker.
    pub fn new(policy: BreakerPolicy) -> Self {
        Self { policy, in_a_row: 0, waits: 0, state: State::Closed { since: Duration::ZERO } }
    }

    /// Changes the policy. A cooldown that has begun keeps its length.
    pub fn set_policy(&mut self, policy: BreakerPolicy) {
        self.policy = policy;
    }

    /// How long until the next probe; `None` if the breaker is closed. It stays open until a probe
    /// has succeeded.
    pub fn time_until_probe(&self, now: Duration) -> Option<Duration> {
        match self.state {
            State::Closed { .. } => None,
            State::Open { until } => Some(until.saturating_sub(now)),
        }
    }

    /// A call that was sent at `sent` was accepted, or refused for a reason of its own: this ends
    /// the run of failures. A call that was sent before the breaker opened and answered later
    /// neither closes the breaker nor counts.
    pub fn record_success(&mut self, sent: Duration) {
        if self.counts(sent) {
            self.in_a_row = 0;
            self.waits = 0;
        }
    }

    /// A call that was sent at `sent` failed. True if this opened the breaker.
    pub fn record_failure(&mut self, sent: Duration, now: Duration) -> bool {
        if !self.counts(sent) {
            return false;
        }
        self.in_a_row = self.in_a_row.saturating_add(1);
        if self.in_a_row < self.policy.failures {
            return false;
        }
        self.wait(now);
        true
    }

    /// Records the result of a probe. Success closes the breaker; failure doubles the wait; a probe
    /// that came too early changes nothing.
    pub fn record_probe(&mut self, worked: bool, now: Duration) {
        match self.state {
            State::Open { until } if until <= now => {
                if worked {
                    self.state = State::Closed { since: now };
                } else {
                    self.wait(now);
                }
            }
            State::Open { .. } | State::Closed { .. } => {}
        }
    }

    fn counts(&self, sent: Duration) -> bool {
        match self.state {
            State::Closed { since } => since <= sent,
            State::Open { .. } => false,
        }
    }

    fn wait(&mut self, now: Duration) {
        let pause = doubled(self.policy.cooldown, self.waits, self.policy.longest_cooldown);
        self.waits = self.waits.saturating_add(1);
        self.state = State::Open { until: now.saturating_add(pause) };
    }
}
