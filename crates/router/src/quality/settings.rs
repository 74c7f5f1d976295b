//! How long the time window is, and how many calls are enough.

use std::time::Duration;

use switchboard_core::Currency;

/// The number of buckets of the window. A bucket leaves the window as a whole.
pub(super) const BUCKETS: i64 = 168;

/// What is measured, and from how many calls on it is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QualitySettings {
    /// Attempts older than this are ignored. The default is seven days. The window has 168 buckets,
    /// including the present one, so by default each is one hour.
    pub window: Duration,
    /// The number of calls below which a level is not reported by itself. It is also the weight, in
    /// calls, of the expectation that small samples are shrunk towards. The default is 20.
    pub minimum: u32,
    /// The largest number of attempts that are kept, the latest ones, whatever the window. This
    /// bounds the memory, at about 200 bytes each. With the default of 250,000, every rate is known
    /// to 0.2 percentage points, and older attempts would only hide recent changes.
    pub most_attempts: usize,
    /// The currency of estimates and bills. An amount in another currency counts as unknown.
    pub currency: Currency,
}

impl Default for QualitySettings {
    fn default() -> Self {
        Self {
            window: Duration::from_secs(7 * 24 * 3600),
            minimum: 20,
            most_attempts: 250_000,
            currency: Currency::USD,
        }
    }
}

impl QualitySettings {
    /// The length of a bucket in milliseconds; at least one.
    pub(super) fn bucket(&self) -> i64 {
        i64::try_from(self.window.as_millis()).unwrap_or(i64::MAX).div_euclid(BUCKETS).max(1)
    }
}
