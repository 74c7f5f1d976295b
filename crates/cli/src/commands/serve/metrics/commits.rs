//! Commits of the ledger, as the ledger tells of them.

use prometheus_client::{
    metrics::histogram::{Histogram, exponential_buckets},
    registry::{Registry, Unit},
};
use switchboard::ledger::{Commit, CommitObserver};

const SECONDS: [f64; 12] =
    [0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 10.0];

/// The histograms. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Commits {
    took: Histogram,
    writes: Histogram,
}

impl Commits {
    pub(super) fn register(registry: &mut Registry) -> Self {
        // The ledger groups at most 256 writes.
        let writes = Histogram::new(exponential_buckets(1.0, 2.0, 9));
        let commits = Self { took: Histogram::new(SECONDS), writes };
        registry.register_with_unit(
            "ledger_commit",
            "Time until a commit of this process was on disk",
            Unit::Seconds,
            commits.took.clone(),
        );
        registry.register(
            "ledger_group_size",
            "Writes that one commit held, with SQLite",
            commits.writes.clone(),
        );
        commits
    }
}

impl CommitObserver for Commits {
    fn committed(&self, commit: Commit) {
        self.took.observe(commit.took.as_secs_f64());
        if let Some(writes) = commit.writes.and_then(|writes| u32::try_from(writes).ok()) {
            self.writes.observe(f64::from(writes));
        }
    }
}
