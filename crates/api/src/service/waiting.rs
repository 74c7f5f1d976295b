//! Limits on the calls of a tenant: a bound on those that wait, and what is left of those that may
//! be placed.
//!
//! The bound keeps one caller from filling the ledger, so it need not be exact: the ledger is asked when
//! enough calls were accepted since to matter, and at most once a second while the bound is reached.

use std::{collections::HashMap, time::Duration};

use parking_lot::Mutex;
use switchboard::{
    TenantId,
    router::{RateSlot, Scope},
};

use crate::{
    Service,
    limits::Left,
    problem::{Code, Problem, Result},
};

/// How many calls of a tenant may wait where the configuration does not say.
const USUAL: u32 = 1_000;
/// How long an answer of the ledger holds.
const HOLDS: Duration = Duration::from_secs(1);
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
    fn known(&self, tenant: &TenantId, limit: u32, now: Duration) -> Option<bool> {
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
    fn counted(&self, tenant: &TenantId, waiting: u32, limit: u32, now: Duration) -> bool {
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

impl Service {
    /// # Errors
    /// `too_many_waiting` if as many calls of the tenant wait as may.
    pub(super) async fn has_room(&self, tenant: &TenantId) -> Result<()> {
        let allowance = self.switchboard().engine().policy().allowance(tenant).cloned();
        let limit = allowance.and_then(|allowance| allowance.waiting).unwrap_or(USUAL);
        let (waiting, now) = (&self.inner.waiting, self.clock().uptime());
        let room = match waiting.known(tenant, limit, now) {
            Some(room) => room,
            None => {
                let count = self.store().waiting(tenant, limit).await?;
                waiting.counted(tenant, count, limit, now)
            }
        };
        if room {
            return Ok(());
        }
        let detail = format!("{limit} calls of the tenant wait, as many as may");
        Err(Problem::new(Code::TooManyWaiting, detail)
            .fix("send it again with the same key once calls have been placed")
            .retry_after(HOLDS))
    }

    /// What is left of the calls that the tenant may place in a window, over all processes. `None`
    /// if there is no limit, or if it cannot be read: the call is there, whatever is known.
    pub(crate) async fn calls_left(&self, tenant: &TenantId) -> Option<Left> {
        let limit = self.switchboard().engine().policy().allowance(tenant)?.requests?;
        let slot = RateSlot::new(Scope::Tenant(tenant.clone()), limit);
        let used = self.store().rate_use(&slot, self.clock().now()).await.ok()?;
        Some(Left {
            quota: limit.requests,
            window: limit.window,
            remaining: limit.requests.saturating_sub(used.used),
            full_in: used.whole_in,
        })
    }
}
