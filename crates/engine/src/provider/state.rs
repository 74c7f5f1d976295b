//! What is known about a provider across reloads, and the turns of its read limit.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use jiff::Timestamp;
use parking_lot::Mutex;
use switchboard_core::{AgentId, AttemptId, Clock, ProviderCallId, ReadTurns};
use tokio::sync::Notify;
use tower::retry::budget::TpsBudget;

use super::{
    time::until,
    watch::{Unbilled, Watch},
};
use crate::{health::Breaker, limit::SlidingLog};

/// State of a provider that survives a reload of the configuration.
pub(super) struct ProviderState {
    /// Wakes the follower.
    pub(super) work: Notify,
    pub(super) retries: TpsBudget,
    pub(super) state: Mutex<State>,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) places: Option<SlidingLog>,
    pub(super) reads: Option<SlidingLog>,
    pub(super) breaker: Breaker,
    // Times on the monotonic clock, so that setting the wall clock does not change how long a pause
    // lasts.
    pub(super) ejected_until: Option<Duration>,
    pub(super) paused_until: Option<Duration>,
    pub(super) no_credit_until: Option<Duration>,
    /// How many times in a row the account was out of credit.
    pub(super) no_credit: u32,
    /// Other processes have used up its limits until this time.
    pub(super) full_until: Option<Duration>,
    /// The numbers of the account that have reached a limit of their own, and until when.
    pub(super) numbers_full: BTreeMap<String, Duration>,
    /// Attempts in progress, and when each is over at the latest.
    pub(super) inside: BTreeMap<AttemptId, Timestamp>,
    pub(super) in_doubt: BTreeMap<AttemptId, Option<AgentId>>,
    pub(super) time_to_accept: Option<Duration>,
    pub(super) watches: BTreeMap<ProviderCallId, Watch>,
    pub(super) unbilled: BTreeMap<ProviderCallId, Unbilled>,
}

impl ProviderState {
    /// Takes a slot of the read limit, or returns when the next one is free.
    pub(super) fn take_read_slot(&self, now: Timestamp) -> Result<(), Timestamp> {
        match &mut self.state.lock().reads {
            Some(log) => log.take(now).map(|_| ()),
            None => Ok(()),
        }
    }

    pub(super) async fn read_turn(&self, clock: &dyn Clock) {
        while let Err(frees_at) = self.take_read_slot(clock.now()) {
            clock.sleep(until(clock.now(), frees_at)).await;
        }
    }
}

/// The read limit, for a backend that waits for a slot before each request.
pub(super) struct Turns {
    pub(super) kept: Arc<ProviderState>,
    pub(super) clock: Arc<dyn Clock>,
}

impl ReadTurns for Turns {
    fn turn(&self) -> BoxFuture<'static, ()> {
        let (kept, clock) = (Arc::clone(&self.kept), Arc::clone(&self.clock));
        Box::pin(async move { kept.read_turn(&*clock).await })
    }
}

impl fmt::Debug for Turns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Turns")
    }
}
