//! What a replay needs beside the policy and the calls.

use jiff::Timestamp;
use switchboard_router::AuditEntry;

/// How to replay.
#[derive(Debug, Clone)]
pub struct BacktestSettings {
    /// Rings that began before are taken as they were, and counted nowhere: they fill windows and
    /// budgets. `None`: every ring is replayed.
    pub since: Option<Timestamp>,
    /// What the other policy is called in the journal, where it has a name. Of a plan that was made
    /// under the same name it is known that the policy is the one that ran.
    pub version: Option<String>,
    /// What was decided on experiments, with its numbers, in order. A plan knows those that had
    /// been read when it was made.
    pub decisions: Vec<(u64, AuditEntry)>,
    /// The chance with which any of the intervals may be wrong: 0.05.
    pub alpha: f64,
}

impl Default for BacktestSettings {
    fn default() -> Self {
        Self { since: None, version: None, decisions: Vec::new(), alpha: 0.05 }
    }
}
