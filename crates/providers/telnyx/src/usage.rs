//! The account's money, and what calls cost.

use std::sync::Arc;

use async_trait::async_trait;
use switchboard_core::{Balance, ProviderCallId, Result, Usage, UsageFilter, UsageRecord};
use switchboard_http::{ReadBudget, ReadLimits, usable_id};

use crate::{account::Account, api::EventQuery, course, history};

/// [`Usage`] on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct TelnyxUsage(pub(crate) Arc<Account>);

#[async_trait]
impl Usage for TelnyxUsage {
    /// One account. Telnyx bills money and not credits: the amounts are in `raw`.
    async fn balances(&self) -> Result<Vec<Balance>> {
        let balance = self.0.client.account().balance().await?;
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
            raw: balance.raw,
        }])
    }

    /// The cost of each call, from its events. A call whose cost came twice has its latest one.
    async fn records(&self, filter: &UsageFilter) -> Result<Vec<UsageRecord>> {
        let budget = ReadBudget::new(self.0.provider().clone(), ReadLimits::LIST);
        let mut query = EventQuery::new().name("call.cost");
        if let Some(since) = filter.since {
            query = query.since(since);
        }
        if let Some(until) = filter.until {
            query = query.until(until);
        }
        let mut records: Vec<UsageRecord> = Vec::new();
        let rows = history::rows(&self.0.client, &budget, &query).await?;
        for event in rows.iter().filter_map(history::event) {
            let payload = event.payload.as_ref();
            let call = payload.and_then(|payload| usable_id(payload.call_control_id.clone()));
            let record = UsageRecord {
                provider: self.0.provider().clone(),
                id: usable_id(event.id.clone()),
                at: event.occurred_at,
                what: Some("call".to_owned()),
                call: call.map(ProviderCallId::from),
                cost: course::cost(&event),
                raw: event.raw,
            };
            let same = |known: &UsageRecord| known.call.is_some() && known.call == record.call;
            match records.iter_mut().find(|known| same(known)) {
                Some(known) if record.at >= known.at => *known = record,
                Some(_) => {}
                None => records.push(record),
            }
        }
        records.retain(|row| passes(filter, row));
        records.sort_by_key(|record| std::cmp::Reverse(record.at));
        records.truncate(
            filter.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX),
        );
        Ok(records)
    }
}

fn passes(filter: &UsageFilter, row: &UsageRecord) -> bool {
    row.at.is_none_or(|at| {
        filter.since.is_none_or(|since| at >= since) && filter.until.is_none_or(|until| at < until)
    })
}
