//! Pages of calls in memory.

use std::sync::Arc;

use async_trait::async_trait;
use switchboard_core::{Call, CallId, Result, TenantId, ValidCall};

use super::{MemoryJournal, store::Store};
use crate::server::{COUNTED, COUNTS_AT_MOST, CallSearch, CallsFilter, CallsPage};

fn page(store: &Store, filter: &CallsFilter) -> CallsPage {
    let mut page = CallsPage::default();
    let mut last = None;
    let calls = store
        .newest_first(filter.before)
        .filter(|(call, _)| filter.tenant.as_ref().is_none_or(|tenant| *tenant == call.tenant));
    for (read, (call, request)) in calls.enumerate() {
        if read == CallsFilter::READ_AT_MOST as usize || page.calls.len() == filter.page_size() {
            page.next = last;
            break;
        }
        last = Some(call.id);
        if filter.matches(call, Some(request)) {
            page.calls.push((Call::clone(call), Some(Arc::clone(request))));
        }
    }
    page
}

#[async_trait]
impl CallSearch for MemoryJournal {
    async fn find(&self, filter: &CallsFilter) -> Result<CallsPage> {
        Ok(page(&self.store.lock(), filter))
    }

    async fn find_one(
        &self,
        id: CallId,
        tenant: Option<&TenantId>,
    ) -> Result<Option<(Call, Option<Arc<ValidCall>>)>> {
        let store = self.store.lock();
        let call = store.get(id).filter(|call| tenant.is_none_or(|tenant| *tenant == call.tenant));
        Ok(call.map(|call| (Call::clone(&call), store.request(id))))
    }

    async fn count(&self) -> Result<[u32; COUNTED.len()]> {
        let store = self.store.lock();
        let mut counts = [0_u32; COUNTED.len()];
        for (call, _) in store.newest_first(None) {
            for (count, status) in counts.iter_mut().zip(COUNTED) {
                *count = (*count + u32::from(call.status == status)).min(COUNTS_AT_MOST);
            }
        }
        Ok(counts)
    }
}
