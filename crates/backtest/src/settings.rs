//! What a replay needs beside the policy and the calls.

use std::collections::HashMap;

use jiff::Timestamp;
use switchboard_core::ProviderId;
use switchboard_router::{Decision, LaneSettings, RouterSettings};

/// How to replay.
#[derive(Debug, Clone)]
pub struct BacktestSettings {
    /// Rings that began before are taken as they were, and counted nowhere: they fill windows and
    /// budgets. `None`: every ring is replayed.
    pub since: Option<Timestamp>,
    /// What the other policy is called in the journal, where it has a name. Of a plan that was made
    /// under the same name it is known that the policy is the one that ran.
    pub version: Option<String>,
    /// How each provider is treated under the other policy; one that is not named, by its
    /// documented limits.
    pub lanes: HashMap<ProviderId, LaneSettings>,
    /// How long a call waits, and how long a room is kept.
    pub times: RouterSettings,
    /// What was decided on experiments, with its numbers, in order. A plan knows those that had
    /// been read when it was made.
    pub decisions: Vec<(u64, Decision)>,
    /// The chance with which any of the intervals may be wrong: 0.05.
    pub alpha: f64,
}

impl Default for BacktestSettings {
    fn default() -> Self {
        Self {
            since: None,
            version: None,
            lanes: HashMap::new(),
            times: RouterSettings::default(),
            decisions: Vec::new(),
            alpha: 0.05,
        }
    }
}
