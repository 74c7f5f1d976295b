//! Usage and balance. Credits are the billing unit; document 003 still counts minutes.

use std::sync::Arc;

use async_trait::async_trait;
use switchboard_core::{Balance, Cost, ProviderCallId, Result, Usage, UsageFilter, UsageRecord};
use switchboard_http::usable_id;

use crate::{
    account::Account,
    convert,
    wire::{CreditEntry, Statistics, SubscriptionStatus},
};

#[derive(Debug, Clone)]
pub(crate) struct KallyAiUsage(pub(crate) Arc<Account>);

impl KallyAiUsage {
    /// A part of the balance that may be missing. Each is in one document only and needs its own
    /// scope; the rest is valid without it.
    fn optional<T: Default>(&self, answer: Result<T>) -> T {
        answer.unwrap_or_else(|error| {
            tracing::debug!(provider = %self.0.provider(), error = %error, "the balance is read without this part");
            T::default()
        })
    }

    fn record(&self, entry: CreditEntry) -> UsageRecord {
        let raw = entry.raw().clone();
        UsageRecord {
            provider: self.0.provider().clone(),
            id: entry.id,
            at: entry.timestamp,
            what: entry.kind,
            call: usable_id(entry.call_id).map(ProviderCallId::from),
            cost: entry.credits.and_then(convert::credits).map(Cost::Credits),
            raw,
        }
    }
}

#[async_trait]
impl Usage for KallyAiUsage {
    async fn balances(&self) -> Result<Vec<Balance>> {
        let (credits, subscriptions, users) =
            (self.0.client.credits(), self.0.client.subscriptions(), self.0.client.users());
        let (credits, subscription, statistics) =
            futures::join!(credits.balance(), subscriptions.status(), users.statistics());
        let credits = credits?;
        let subscription: SubscriptionStatus = self.optional(subscription);
        let statistics: Statistics = self.optional(statistics);
        Ok(vec![Balance {
            provider: self.0.provider().clone(),
            account: None,
            plan: credits.plan_type.clone().or(subscription.plan_type).or(statistics.plan_type),
            status: subscription.status.or(statistics.subscription_status),
            credits_remaining: credits.credits_remaining.and_then(convert::credits),
            credits_used: credits.credits_used.and_then(convert::credits),
            minutes_used: statistics.minutes_used,
            phone_numbers: None,
            period_start: credits.period_start.or(subscription.current_period_start),
            period_end: credits.period_end.or(subscription.current_period_end),
            raw: credits.raw().clone(),
        }])
    }

    async fn records(&self, filter: &UsageFilter) -> Result<Vec<UsageRecord>> {
        // The provider applies the limit before our filter, so it is only sent if nothing is
        // filtered here.
        let unfiltered = filter.since.is_none() && filter.until.is_none();
        let history = self.0.client.credits().history(filter.limit.filter(|_| unfiltered)).await?;
        let mut entries = history.items;
        entries.retain(|entry| convert::within(entry.timestamp, filter.since, filter.until));
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.timestamp));
        let most =
            filter.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(entries.into_iter().take(most).map(|entry| self.record(entry)).collect())
    }
}
