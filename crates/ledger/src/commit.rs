//! Who is told about commits: for metrics, which this crate knows nothing of.

use std::{
    fmt::Debug,
    sync::{Arc, OnceLock},
    time::Duration,
};

/// A commit that is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Commit {
    /// How long it took. With SQLite from the beginning of the group's transaction, with PostgreSQL
    /// from `COMMIT`, until it was on disk.
    pub took: Duration,
    /// How many writes it holds. `None` with PostgreSQL, whose server groups commits itself.
    pub writes: Option<usize>,
}

/// Is told about each commit of one ledger in this process. It is called while the next commit
/// waits, so it has to be quick.
pub trait CommitObserver: Debug + Send + Sync {
    /// A commit is on disk.
    fn committed(&self, commit: Commit);
}

/// The observer of a ledger, once there is one.
#[derive(Debug, Default)]
pub(crate) struct Observed(OnceLock<Arc<dyn CommitObserver>>);

impl Observed {
    /// The first observer stays.
    pub(crate) fn set(&self, observer: Arc<dyn CommitObserver>) {
        let _ = self.0.set(observer);
    }

    pub(crate) fn committed(&self, took: Duration, writes: Option<usize>) {
        if let Some(observer) = self.0.get() {
            observer.committed(Commit { took, writes });
        }
    }
}
