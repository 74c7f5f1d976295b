//! How many calls of each tenant wait, as far as this process knows.
//!
//! The bound on them keeps one caller from filling the ledger, so it need not be exact: the ledger
//! is asked when enough calls were accepted since to matter, and at most once a second while the
//! bound is reached.

use std::{collections::HashMap, time::Duration};

use parking_lot::Mutex;
use switchboard::TenantId;

/// How long an answer of the ledger holds.
pub(super) const HOLDS: Duration = Duration::from_secs(1);
/// With more tenants than this, all are forgotten.
const MANY: usize = 10_000;

#[derive(Debug, Clone, Copy)]
struct Counted {
    at: Duration,
    /// What the ledger said.
    waiting: u32,
    /// Calls that were accepted since.
    accepted: u32,
}

/// How many calls of each tenant wait, as far as this process knows.
#[derive(Debug, Default)]
pub(super) struct Waiting(Mutex<HashMap<TenantId, Counted>>);

impl Waiting {
    /// Whether there is room for one more, if that is known: it then counts.
    pub(super) fn known(&self, tenant: &TenantId, limit: u32, now: Duration) -> Option<bool> {
        let mut tenants = self.0.lock();
        let counted = tenants.get_mut(tenant)?;
        if now.saturating_sub(counted.at) >= HOLDS {
            return None;
        }
        if counted.waiting >= limit {
            return Some(false);
        }
        let room = counted.waiting.saturating_add(counted.accepted) < limit;
        counted.accepted += u32::from(room);
        room.then_some(true)
    }

    /// Notes what the ledger says. Returns whether there is room for one more: it then counts.
    pub(super) fn counted(
        &self,
        tenant: &TenantId,
        waiting: u32,
        limit: u32,
        now: Duration,
    ) -> bool {
        let mut tenants = self.0.lock();
        if tenants.len() >= MANY {
            tenants.clear();
        }
        let room = waiting < limit;
        let accepted = u32::from(room);
        tenants.insert(tenant.clone(), Counted { at: now, waiting, accepted });
        room
    }
}
