//! How far back is looked, and how much is enough.

use std::time::Duration;

use switchboard_core::Currency;

/// The window is counted in this many parts; a part leaves it as a whole.
pub(super) const PARTS: i64 = 168;

/// What is measured, and when it is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QualitySettings {
    /// Older attempts say nothing any more. Seven days. It is counted in 168 parts, the present one
    /// included, which are hours here.
    pub window: Duration,
    /// So many calls, before what was learnt is said at all, and for so many calls what was
    /// expected before counts among them. 20.
    pub minimum: u32,
    /// No more attempts than the latest so many are kept, whatever the window: at 250,000 every
    /// rate is known to a fifth of a percent, and older ones would only hide that something
    /// changed. It bounds the memory, at some 200 bytes each.
    pub most_attempts: usize,
    /// The currency of estimates and bills. What is in another one counts as unknown.
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
    /// How long a part of the window is, in milliseconds; at least one.
    pub(super) fn part(&self) -> i64 {
        i64::try_from(self.window.as_millis()).unwrap_or(i64::MAX).div_euclid(PARTS).max(1)
    }
}
