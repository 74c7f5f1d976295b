//! Options for opening a ledger in PostgreSQL.

use std::time::Duration;

use crate::key::HashKey;

/// Options for connecting to a ledger.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// The hash key from the configuration; `None` means the one that is stored in the ledger.
    pub key: Option<HashKey>,
    /// The lease: if this process does not renew it in this time, others consider it dead and take
    /// over its calls. Use at least three times the interval between calls of
    /// [`beat`](switchboard_journal::Membership::beat). The default is 15 seconds.
    pub lease: Duration,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self { key: None, lease: Duration::from_secs(15) }
    }
}

impl PostgresOptions {
    /// The lease in microseconds, limited so that adding it to a time cannot overflow.
    pub(super) fn lease_micros(&self) -> i64 {
        i64::try_from(self.lease.as_micros()).unwrap_or(i64::MAX).min(i64::MAX / 4)
    }
}
