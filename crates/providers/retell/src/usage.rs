//! What calls cost.
//!
//! Retell reports no balance and has no usage log; each call has its cost, so the list of calls is
//! the log.

use std::sync::Arc;

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt, future};
use switchboard_core::{Balance, Result, Usage, UsageFilter, UsageRecord};
use switchboard_http::{PageOf, ReadBudget, ReadLimits, pages};

use crate::{account::Account, api::ListCalls, convert, wire};

/// [`Usage`] on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct RetellUsage(pub(crate) Arc<Account>);

#[async_trait]
impl Usage for RetellUsage {
    /// One account without any amount, because Retell reports none. `raw` has how many calls are in
    /// progress and how many may be.
    async fn balances(&self) -> Result<Vec<Balance>> {
        let concurrency = self.0.client.account().concurrency().await?;
        Ok(vec![Balance {
            provider: self.0.provider().clone(),
            account: None,
            plan: None,
            status: None,
            credits_remaining: None,
            credits_used: None,
            minutes_used: None,
            phone_numbers: None,
            period_start: None,
            period_end: None,
            raw: concurrency.raw,
        }])
    }

    /// The calls that have a cost. The time is when the call began.
    async fn records(&self, filter: &UsageFilter) -> Result<Vec<UsageRecord>> {
        let budget = ReadBudget::new(self.0.provider().clone(), ReadLimits::LIST);
        let client = self.0.client.within(&budget);
        let first = ListCalls::new().began(filter.since, filter.until);
        let rows = pages(None, budget, row_id, |cursor: Option<String>| {
            let client = client.clone();
            let query = match cursor {
                Some(key) => first.clone().pagination_key(key),
                None => first.clone(),
            };
            async move {
                let page = client.calls().list(&query).await?;
                let next = page.next();
                Ok(PageOf { items: page.items, next })
            }
        });
        let wanted = filter.limit.and_then(|limit| usize::try_from(limit).ok());
        rows.try_filter_map(|row| future::ok(convert::usage(self.0.provider(), row)))
            .try_filter(|row| future::ready(passes(filter, row)))
            .take(wanted.unwrap_or(usize::MAX))
            .try_collect()
            .await
    }
}

fn row_id(row: &wire::Call) -> String {
    row.call_id.clone().unwrap_or_else(|| row.raw.value().to_string())
}

fn passes(filter: &UsageFilter, row: &UsageRecord) -> bool {
    row.at.is_none_or(|at| {
        filter.since.is_none_or(|since| at >= since) && filter.until.is_none_or(|until| at < until)
    })
}
