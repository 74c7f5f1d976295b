//! How the ledger in PostgreSQL is opened.

use std::time::Duration;

use crate::key::HashKey;

/// What a process brings with it when it connects.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// The hash key from the configuration; `None`: the one that the ledger keeps.
    pub key: Option<HashKey>,
    /// For how long this process may be silent before the others take it for gone, and its calls:
    /// three times as long as it takes from one [`beat`](switchboard_journal::Journal::beat) to the
    /// next, or more. 15 seconds where nothing is said.
    pub lease: Duration,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self { key: None, lease: Duration::from_secs(15) }
    }
}

impl PostgresOptions {
    /// In microseconds, and so that a moment may be added to it.
    pub(super) fn lease_micros(&self) -> i64 {
        i64::try_from(self.lease.as_micros()).unwrap_or(i64::MAX).min(i64::MAX / 4)
    }
}
