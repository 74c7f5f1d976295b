//! The settings of the console.

use std::time::Duration;

/// The settings of the console.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// How long somebody stays signed in: 12 hours.
    pub session: Duration,
    /// True if the providers are simulated. Every page says so then.
    pub simulated: bool,
    /// How long a page waits for figures that read many calls, before it is shown without them: 12
    /// milliseconds. They come by themselves then.
    pub wait_for_figures: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            session: Duration::from_secs(12 * 60 * 60),
            simulated: false,
            wait_for_figures: Duration::from_millis(12),
        }
    }
}
