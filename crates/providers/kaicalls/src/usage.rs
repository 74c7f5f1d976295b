//! Balance and usage log.
//!
//! The log has no cursor and no documented order: a slice that says it has more is continued from
//! its last row, until a slice brings nothing new.

use std::{collections::HashSet, sync::Arc};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use switchboard_core::{Balance, Result, Usage, UsageFilter, UsageRecord};
use switchboard_http::{ReadBudget, ReadLimits};

use crate::{KaiCallsClient, account::Account, api::UsageQuery, convert, wire};

/// The provider's maximum.
const SLICE: u32 = 500;
/// Fifty slices in one read.
const LOG_LIMITS: ReadLimits =
    ReadLimits { pages: 50, rows: 50_000, bytes: 64 << 20, requests: 100 };
const OVERLAP: SignedDuration = SignedDuration::from_secs(1);

/// [`Usage`] on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct KaiCallsUsage(pub(crate) Arc<Account>);

#[async_trait]
impl Usage for KaiCallsUsage {
    async fn balances(&self) -> Result<Vec<Balance>> {
        let businesses = self.0.client.account().balance().await?.items;
        Ok(businesses
            .into_iter()
            .map(|business| convert::balance(self.0.provider(), business))
            .collect())
    }

    async fn records(&self, filter: &UsageFilter) -> Result<Vec<UsageRecord>> {
        let budget = ReadBudget::new(self.0.provider().clone(), LOG_LIMITS);
        let rows = rows(&self.0.client, &budget, filter).await?;
        Ok(rows.into_iter().map(|row| convert::usage(self.0.provider(), row)).collect())
    }
}

/// The rows of the log that match the filter, newest first, each once. If a limit of the budget is
/// reached, the rows read until then: callers check whether the budget [is
/// exhausted](ReadBudget::is_exhausted).
pub(crate) async fn rows(
    client: &KaiCallsClient,
    budget: &ReadBudget,
    filter: &UsageFilter,
) -> Result<Vec<wire::UsageRow>> {
    let client = client.within(budget);
    let mut start = filter.since.and_then(|since| since.checked_sub(OVERLAP).ok());
    let mut end = filter.until.and_then(|until| until.checked_add(OVERLAP).ok());
    let wanted = filter.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
    let mut seen = HashSet::new();
    let mut rows: Vec<wire::UsageRow> = Vec::new();
    while budget.page().is_ok() {
        let mut query = UsageQuery::new().limit(SLICE);
        if let Some(start) = start {
            query = query.start(convert::whole_second(start).to_string());
        }
        if let Some(end) = end {
            query = query.end(convert::whole_second(end).to_string());
        }
        let slice = match client.account().usage(&query).await {
            Ok(slice) => slice,
            Err(_) if budget.is_exhausted() => break,
            Err(error) => return Err(error),
        };
        let fits = budget.rows(slice.items.len()).is_ok();
        let times: Vec<Timestamp> = slice.items.iter().filter_map(made).collect();
        let before = seen.len();
        // A row without an id cannot be distinguished from another, so it is kept.
        let fresh = slice
            .items
            .into_iter()
            .filter(|row| row.id.as_ref().is_none_or(|id| seen.insert(id.clone())));
        rows.extend(fresh.filter(|row| passes(filter, row)));
        let (Some(first), Some(last)) = (times.first(), times.last()) else {
            break;
        };
        if slice.has_more != Some(true) || seen.len() == before || !fits {
            break;
        }
        if first < last {
            start = last.checked_sub(OVERLAP).ok();
        } else if rows.len() >= wanted {
            break;
        } else {
            end = last.checked_add(OVERLAP).ok();
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse(made(row)));
    rows.truncate(wanted);
    Ok(rows)
}

fn made(row: &wire::UsageRow) -> Option<Timestamp> {
    row.created_at.as_ref()?.timestamp()
}

fn passes(filter: &UsageFilter, row: &wire::UsageRow) -> bool {
    made(row).is_none_or(|at| {
        filter.since.is_none_or(|since| at >= since) && filter.until.is_none_or(|until| at < until)
    })
}
