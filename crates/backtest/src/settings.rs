//! What a replay needs besides the policy and the calls.

use jiff::Timestamp;
use switchboard_router::AuditEntry;

/// The settings of a replay.
#[derive(Debug, Clone)]
pub struct BacktestSettings {
    /// Rings that started before this time are taken as they were and not counted; they only use up
    /// limits and budgets. `None` replays every ring.
    pub since: Option<Timestamp>,
    /// The version of the other policy, as plans in the journal name it. A plan with the same
    /// version was made by this very policy.
    pub version: Option<String>,
    /// The numbered audit entries on experiments, in order. A plan is replayed with those that had
    /// been read when it was made.
    pub decisions: Vec<(u64, AuditEntry)>,
    /// The probability that any of the report's intervals is wrong. The default is 0.05.
    pub alpha: f64,
}

impl Default for BacktestSettings {
    fn default() -> Self {
        Self { since: None, version: None, decisions: Vec::new(), alpha: 0.05 }
    }
}
