//! Takes calls in, one after the other, so that no more of them are in memory than are under way.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use switchboard_core::CallId;
use switchboard_router::Policy;

use crate::{BacktestSettings, Report, past::PastCall, replay::Replay};

/// How long a call is kept back: calls may be added out of order by less than this, and what is
/// decided depends on calls that came in up to a second later.
const KEPT_BACK: Duration = Duration::from_secs(60);

/// A replay to which calls are added one after the other. However many there are, it keeps only
/// those that are under way, and a few bytes of each other one.
pub struct Backtest<'a> {
    replay: Replay<'a>,
    next: BTreeMap<(Timestamp, CallId), PastCall>,
}

impl<'a> Backtest<'a> {
    /// A replay through this policy.
    pub fn new(policy: &'a Policy, settings: &'a BacktestSettings) -> Self {
        Self { replay: Replay::new(policy, settings), next: BTreeMap::new() }
    }

    /// Adds the next call, in the order in which they were created. A call that is added after one
    /// that was created a minute later or more is replayed as if it had come in then.
    pub fn add(&mut self, call: PastCall) {
        let ready = call.created_at.checked_sub(KEPT_BACK).unwrap_or(Timestamp::MIN);
        self.replay.known.add_sent(&call);
        self.next.insert((call.created_at, call.id), call);
        while let Some(first) = self.next.first_entry()
            && first.key().0 < ready
        {
            self.replay.take_in(first.remove());
        }
    }

    /// Replays the rest, and reports.
    pub fn report(mut self) -> Report {
        for call in self.next.into_values() {
            self.replay.take_in(call);
        }
        self.replay.report()
    }
}

impl std::fmt::Debug for Backtest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Backtest").field("waiting", &self.next.len()).finish_non_exhaustive()
    }
}
