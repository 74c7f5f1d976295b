//! When to leave a provider alone.
//!
//! A breaker counts failures of the provider, not of calls: a do-not-call refusal says nothing about its health. It
//! half opens with a read: a call is never used to find out whether calls work.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use switchboard_core::{Delivery, Error, ErrorKind, Refusal};

/// When a breaker opens, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerPolicy {
    /// This many failures in a row open it.
    pub failures: u32,
    /// It stays open at least this long; each failed probe doubles it.
    pub cooldown: Duration,
    /// It is never open longer than this without a probe.
    pub longest_cooldown: Duration,
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self {
            failures: 3,
            cooldown: Duration::from_secs(15),
            longest_cooldown: Duration::from_secs(300),
        }
    }
}

/// Where a breaker stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    /// Calls go.
    Closed,
    /// No call goes; a read will be tried at `probe_at`.
    Open {
        /// When.
        probe_at: Timestamp,
    },
}

/// One provider's breaker.
#[derive(Debug, Clone)]
pub struct Breaker {
    policy: BreakerPolicy,
    in_a_row: u32,
    cooldown: Duration,
    state: BreakerState,
}

impl Breaker {
    /// A closed one.
    pub fn new(policy: BreakerPolicy) -> Self {
        Self {
            policy,
            in_a_row: 0,
            cooldown: policy.cooldown,
            state: BreakerState::Closed,
        }
    }

    /// Where it stands.
    pub fn state(&self) -> BreakerState {
        self.state
    }

    /// The provider did what it should, or refused for a good reason.
    pub fn worked(&mut self) {
        self.in_a_row = 0;
        self.cooldown = self.policy.cooldown;
        self.state = BreakerState::Closed;
    }

    /// The provider failed. True where this opened the breaker.
    pub fn failed(&mut self, now: Timestamp) -> bool {
        self.in_a_row = self.in_a_row.saturating_add(1);
        if self.in_a_row < self.policy.failures || self.state != BreakerState::Closed {
            return false;
        }
        self.state = BreakerState::Open {
            probe_at: later(now, self.cooldown),
        };
        true
    }

    /// A probing read failed: wait twice as long.
    pub fn probe_failed(&mut self, now: Timestamp) {
        self.cooldown = (self.cooldown * 2).min(self.policy.longest_cooldown);
        self.state = BreakerState::Open {
            probe_at: later(now, self.cooldown),
        };
    }
}

fn later(now: Timestamp, by: Duration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// True where an error of a placing request speaks against the provider rather than against the call.
pub(crate) fn speaks_against_provider(error: &Error) -> bool {
    match error.delivery() {
        // What never left for another reason is our own fault: a bad field, a missing agent, a key that cannot work.
        Delivery::NotSent => matches!(error.kind(), ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport),
        Delivery::Unknown => true,
        Delivery::Placed => false,
        Delivery::Refused(refusal) => match refusal {
            Refusal::ThisProvider => matches!(error.kind(), ErrorKind::Unauthorized),
            Refusal::RateLimited | Refusal::Quota | Refusal::NeedsApproval | Refusal::Everyone => false,
        },
    }
}
