//! What a run is asked for.

use switchboard_testkit::SimKind;

use crate::loops::LoopOptions;

/// The providers of every loop.
pub const PROVIDERS: [SimKind; 2] = [SimKind::KaiCalls, SimKind::KallyAi];

/// The options of a run.
#[derive(Debug, Clone)]
pub struct Options {
    /// The number of loops, the ledger, and what is done to the servers.
    pub run: LoopOptions,
    /// Calls of each loop.
    pub calls: usize,
    /// Servers that share a ledger. More than one needs PostgreSQL.
    pub replicas: usize,
}
