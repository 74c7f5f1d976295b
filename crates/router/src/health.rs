//! When a provider is left alone: the settings, and what a plan sees of it.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

/// When a breaker opens, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerPolicy {
    /// This many failures in a row open it. Reads do not end a row: only a call that a provider
    /// takes, or refuses for a good reason, does.
    pub failures: u32,
    /// It stays open at least this long; each failed probe, and each opening in the same row of
    /// failures, doubles it.
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

/// Who is an outlier, and for how long it is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutlierPolicy {
    /// False: nobody is ejected. An ejection that began lasts as long as it said.
    pub enabled: bool,
    /// A provider with fewer attempts in the window is no outlier. Of a provider's attempts the
    /// last 1,000 are looked at.
    pub minimum_attempts: u32,
    /// How far back attempts count.
    pub window: Duration,
    /// The first ejection in a row lasts so long, and each further one twice as long as the one
    /// before.
    pub cooldown: Duration,
    /// No ejection is longer than this.
    pub longest_cooldown: Duration,
}

impl Default for OutlierPolicy {
    fn default() -> Self {
        Self {
            enabled: true,
            minimum_attempts: 20,
            window: Duration::from_secs(300),
            cooldown: Duration::from_secs(60),
            longest_cooldown: Duration::from_secs(900),
        }
    }
}
