//! What calls cost, in memory.

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{Result, TenantId};
use switchboard_router::RateSlot;

use super::MemoryJournal;
use crate::server::{BudgetUse, RateUse, Spending, UsageQuery, UsageSum, UsageSums};

#[async_trait]
impl Spending for MemoryJournal {
    async fn budget_use(&self, budgets: &[(String, Timestamp)]) -> Result<Vec<BudgetUse>> {
        let store = self.store.lock();
        Ok(budgets.iter().map(|(name, period)| store.budget_use(name, *period)).collect())
    }

    async fn usage(&self, query: &UsageQuery) -> Result<Vec<UsageSum>> {
        let mut sums = UsageSums::default();
        for (call, _) in self.store.lock().newest_first(None) {
            let its = query.tenant.as_ref().is_none_or(|tenant| *tenant == call.tenant);
            if its && (query.from..query.until).contains(&call.created_at) {
                sums.add_call(call);
            }
        }
        Ok(sums.into_sums())
    }

    async fn rate_use(&self, limit: &RateSlot, at: Timestamp) -> Result<RateUse> {
        Ok(self.store.lock().rate_use(limit, at))
    }

    async fn waiting(&self, tenant: &TenantId, at_most: u32) -> Result<u32> {
        let store = self.store.lock();
        let waiting = store
            .newest_first(None)
            .filter(|(call, _)| call.tenant == *tenant && call.status.is_waiting())
            .take(at_most as usize);
        Ok(u32::try_from(waiting.count()).unwrap_or(at_most))
    }
}
