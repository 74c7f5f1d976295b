//! What systemd is told, where it asked for it: nothing happens elsewhere.

use std::time::Duration;

#[cfg(unix)]
use sd_notify::NotifyState;

/// The process answers requests.
pub(super) fn ready() {
    #[cfg(unix)]
    tell(NotifyState::Ready);
}

/// The process ends.
pub(super) fn stopping() {
    #[cfg(unix)]
    tell(NotifyState::Stopping);
}

/// The process lives.
pub(super) fn alive() {
    #[cfg(unix)]
    tell(NotifyState::Watchdog);
}

/// Within which time systemd wants a sign of life, if it wants one.
pub(super) fn watchdog() -> Option<Duration> {
    #[cfg(unix)]
    return sd_notify::watchdog_enabled();
    #[cfg(not(unix))]
    None
}

#[cfg(unix)]
fn tell(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "systemd could not be told");
    }
}
