//! Times that hold for every call.

use std::time::Duration;

use switchboard_core::ValidCall;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// What becomes of an attempt that may have rung and that nothing shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnUnknown {
    /// The call is `indeterminate`: a late webhook or an operator ends it, and nothing is sent
    /// again.
    #[default]
    Park,
    /// Absence for so long after it was sent counts as silence, and the next provider is asked.
    /// **It may ring twice**: a provider that lists a call late, or not at all, has rung. For
    /// callers to whom a second ring is better than none.
    AssumeNotPlaced {
        /// How long; at least [`Timings::send_within`] plus [`OnUnknown::SHORTEST_ABSENCE`].
        after: Duration,
    },
}

impl OnUnknown {
    /// How long after the last moment at which an attempt may be sent its absence may count for
    /// anything.
    pub const SHORTEST_ABSENCE: Duration = MINUTE;
}

/// Times that hold for every call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timings {
    /// How often a provider is asked for news of its calls.
    pub poll_every: Duration,
    /// How long evidence is looked for before a call is `indeterminate`.
    pub reconcile_for: Duration,
    /// What becomes of an attempt that may have rung and that nothing shows.
    pub on_unknown: OnUnknown,
    /// How often this process says that it lives, and looks for the calls of others that are gone.
    pub sweep_every: Duration,
    /// How long a call waits for a rate limit, a pause or a busy callee, where it has no window
    /// that closes.
    pub max_wait: Duration,
    /// How long after its longest duration a call may be reported late before it is `stalled`.
    pub grace: Duration,
    /// A claimed attempt that is not sent within this time is not sent at all.
    pub send_within: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            poll_every: Duration::from_secs(3),
            reconcile_for: Duration::from_secs(15 * 60),
            on_unknown: OnUnknown::Park,
            sweep_every: Duration::from_secs(3),
            max_wait: Duration::from_secs(120),
            grace: Duration::from_secs(120),
            send_within: Duration::from_secs(10),
        }
    }
}

/// Within which time the same person with the same task is held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DuplicateWindows {
    /// For a call that somebody asks for alone: ten minutes.
    pub call: Duration,
    /// For the rows of a batch, of which one mistake makes thousands: twelve hours.
    pub batch: Duration,
}

impl DuplicateWindows {
    /// The longest that a window may be. An erased call is known again for as long.
    pub const LONGEST: Duration = Duration::from_secs(7 * 24 * 60 * 60);

    /// The one that holds for this request.
    pub const fn of(&self, request: &ValidCall) -> Duration {
        match request.batch {
            Some(_) => self.batch,
            None => self.call,
        }
    }
}

impl Default for DuplicateWindows {
    fn default() -> Self {
        Self { call: 10 * MINUTE, batch: 12 * HOUR }
    }
}
