//! What calls cost and use: what counts against budgets and limits, and what a tenant used.

use std::{fmt::Debug, time::Duration};

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use switchboard_core::{Call, CallId, Money, ProviderId, Result, TenantId};
use switchboard_router::RateSlot;

use crate::journal::{ID_SLACK, Selection};

/// What counts against a budget in one of its periods, in millionths of its currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BudgetUse {
    /// What was billed, and what is held back for attempts whose bill is not known yet.
    pub counted: i64,
    /// The part of it that is held back.
    pub held: i64,
}

impl BudgetUse {
    /// Nothing is counted, and nothing is held back.
    pub const NOTHING: Self = Self { counted: 0, held: 0 };

    /// So much is counted, and so much of it held back.
    pub const fn new(counted: i64, held: i64) -> Self {
        Self { counted, held }
    }

    /// What was billed.
    pub const fn billed(self) -> i64 {
        self.counted.saturating_sub(self.held)
    }
}

/// What is used of a limit on calls in a window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateUse {
    /// Slots that are taken now.
    pub used: u32,
    /// How long until none of them is.
    pub whole_in: Duration,
}

impl RateUse {
    /// So many slots are taken, the last of them for so long.
    pub const fn new(used: u32, whole_in: Duration) -> Self {
        Self { used, whole_in }
    }
}

/// Which calls to add up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageQuery {
    /// Only this tenant's calls.
    pub tenant: Option<TenantId>,
    /// Only calls that were received at this time or later.
    pub from: Timestamp,
    /// Only calls that were received before this time.
    pub until: Timestamp,
}

impl UsageQuery {
    /// The id before which every call of the period is. Ids of version 7 start with the time, so
    /// that a period is a range of them.
    pub fn last_id(&self) -> CallId {
        let edge = self.until.checked_add(2 * ID_SLACK).unwrap_or(self.until);
        Selection::from_moment(edge)
    }
}

/// What the calls of a day at a provider add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UsageSum {
    /// The day on which the calls were received, in UTC.
    pub day: Date,
    /// Whose calls. `None`: calls that no provider took.
    pub provider: Option<ProviderId>,
    /// The number of calls.
    pub calls: u64,
    /// How long they lasted.
    pub duration: Duration,
    /// What was billed for them in the first currency that was met, where anything was.
    pub cost: Option<Money>,
    /// Calls that a provider took and whose cost is not known, or is in another currency.
    pub unpriced: u64,
}

/// Adds up calls by day and provider.
#[derive(Debug, Default)]
pub struct UsageSums(Vec<UsageSum>);

impl UsageSums {
    /// Adds a call that was received at this time.
    pub fn add(
        &mut self,
        at: Timestamp,
        provider: Option<&str>,
        duration: Option<Duration>,
        cost: Option<Money>,
    ) {
        let sum = self.of(at.to_zoned(TimeZone::UTC).date(), provider);
        sum.calls += 1;
        sum.duration += duration.unwrap_or_default();
        let both = match (sum.cost, cost) {
            (Some(sum), Some(cost)) => sum.checked_add(cost),
            (None, cost) => cost,
            (Some(_), None) => None,
        };
        match both {
            Some(both) => sum.cost = Some(both),
            None => sum.unpriced += u64::from(provider.is_some()),
        }
    }

    /// Adds a call.
    pub fn add_call(&mut self, call: &Call) {
        let provider = call.provider.as_ref().map(ProviderId::as_str);
        self.add(call.created_at, provider, call.duration, call.cost);
    }

    /// The sums by day, then by provider.
    pub fn into_sums(self) -> Vec<UsageSum> {
        self.0
    }

    fn of(&mut self, day: Date, provider: Option<&str>) -> &mut UsageSum {
        let key = (day, provider);
        let found = self.0.binary_search_by(|sum| {
            (sum.day, sum.provider.as_ref().map(ProviderId::as_str)).cmp(&key)
        });
        let position = found.unwrap_or_else(|position| {
            let sum = UsageSum {
                day,
                provider: provider.map(|id| ProviderId::new(id.to_owned())),
                calls: 0,
                duration: Duration::ZERO,
                cost: None,
                unpriced: 0,
            };
            self.0.insert(position, sum);
            position
        });
        &mut self.0[position]
    }
}

/// Reads what calls cost, and what they use of limits.
#[async_trait]
pub trait Spending: Debug + Send + Sync {
    /// What counts against these budgets, each named with the start of one of its periods. The
    /// answers are in the order of the question.
    async fn budget_use(&self, budgets: &[(String, Timestamp)]) -> Result<Vec<BudgetUse>>;

    /// Adds up calls by day and provider, with those of erased people. Reads a row for each call.
    async fn usage(&self, query: &UsageQuery) -> Result<Vec<UsageSum>>;

    /// How much of a rate limit is used, over all processes.
    async fn rate_use(&self, limit: &RateSlot, at: Timestamp) -> Result<RateUse>;

    /// How many calls of a tenant were accepted and have no attempt under way yet, because they
    /// wait for a limit, a time or their turn. Counts no further than `at_most`.
    async fn waiting(&self, tenant: &TenantId, at_most: u32) -> Result<u32>;
}
