//! Failures in a row.
//!
//! A breaker half opens with a read: a call is never used to find out whether calls work. A read
//! that works proves less than a call that works, though, so after it the row of failures still
//! stands: the next failure opens again, for twice as long.

use std::time::Duration;

use switchboard_router::BreakerPolicy;

use super::doubled;

/// One breaker. All times are of one clock that only runs forward, as
/// [`Clock::uptime`](switchboard_core::Clock::uptime).
#[derive(Debug, Clone)]
pub struct Breaker {
    policy: BreakerPolicy,
    in_a_row: u32,
    /// How often this row of failures has made it wait.
    waits: u32,
    state: State,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// What was sent before `since` says nothing of now.
    Closed {
        since: Duration,
    },
    Open {
        until: Duration,
    },
}

impl Breaker {
    /// A closed one.
    pub fn new(policy: BreakerPolicy) -> Self {
        Self { policy, in_a_row: 0, waits: 0, state: State::Closed { since: Duration::ZERO } }
    }

    /// Obeys another policy from now on. A cooldown that began lasts as long as it said.
    pub fn set_policy(&mut self, policy: BreakerPolicy) {
        self.policy = policy;
    }

    /// How long until a read may be tried; `None`: it is closed, and calls go. It stays open until
    /// a read has worked.
    pub fn time_until_probe(&self, now: Duration) -> Option<Duration> {
        match self.state {
            State::Closed { .. } => None,
            State::Open { until } => Some(until.saturating_sub(now)),
        }
    }

    /// A call that was sent at `sent` was taken, or refused for a good reason: the row of failures
    /// is over. What was sent before the breaker opened, and is answered later, neither closes it
    /// nor counts.
    pub fn record_success(&mut self, sent: Duration) {
        if self.counts(sent) {
            self.in_a_row = 0;
            self.waits = 0;
        }
    }

    /// A call that was sent at `sent` failed. True where this opened the breaker.
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

    /// A probing read came to its end. One that works closes the breaker, one that fails makes it
    /// wait twice as long; one that came before its time changes nothing.
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
