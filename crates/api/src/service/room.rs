//! Limits on the calls of a tenant: a bound on those that wait, and what is left of those that may
//! be placed.

use switchboard::{
    TenantId,
    router::{RateSlot, Scope},
};

use crate::{
    Service,
    limits::Left,
    problem::{Code, Problem, Result},
    service::waiting::HOLDS,
};

/// How many calls of a tenant may wait where the configuration does not say.
const USUAL: u32 = 1_000;

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
