//! Whether the process is starting, ready or stopping, and whether its event loop turns.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

use super::systemd;

/// How often the event loop shows that it turns.
const BEAT_EVERY: Duration = Duration::from_secs(1);
/// After so long without a beat the process does not live any more.
const STUCK_AFTER: Duration = Duration::from_secs(10);

/// What a load balancer has to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phase {
    Starting,
    Ready,
    Stopping,
}

/// The state of the process.
#[derive(Debug)]
pub(super) struct State {
    phase: AtomicU8,
    began: Instant,
    /// Milliseconds since `began`.
    beat: AtomicU64,
    lag: AtomicU64,
}

impl State {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            phase: AtomicU8::new(Phase::Starting as u8),
            began: Instant::now(),
            beat: AtomicU64::new(0),
            lag: AtomicU64::new(0),
        })
    }

    pub(super) fn set(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::SeqCst);
    }

    pub(super) fn phase(&self) -> Phase {
        match self.phase.load(Ordering::SeqCst) {
            0 => Phase::Starting,
            1 => Phase::Ready,
            _ => Phase::Stopping,
        }
    }

    /// True if the event loop turned lately.
    pub(super) fn lives(&self) -> bool {
        let beat = Duration::from_millis(self.beat.load(Ordering::Relaxed));
        self.began.elapsed().saturating_sub(beat) < STUCK_AFTER
    }

    /// How late the last beat was.
    pub(super) fn lag(&self) -> Duration {
        Duration::from_micros(self.lag.load(Ordering::Relaxed))
    }

    /// Beats each second, and tells systemd's watchdog.
    pub(super) async fn beat(self: Arc<Self>) {
        let every = systemd::watchdog().map_or(BEAT_EVERY, |limit| BEAT_EVERY.min(limit / 2));
        let mut due = Instant::now();
        loop {
            let lag = Instant::now().saturating_duration_since(due);
            let micros =
                |duration: Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
            self.lag.store(micros(lag), Ordering::Relaxed);
            self.beat.store(micros(self.began.elapsed()) / 1_000, Ordering::Relaxed);
            systemd::alive();
            due = Instant::now() + every;
            tokio::time::sleep_until(due).await;
        }
    }
}
