//! Pages of calls, newest first, with bounded work for each page.

use std::{collections::BTreeSet, fmt::Debug, sync::Arc};

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{
    BatchName, Call, CallId, CallStatus, Country, Outcome, PhoneNumber, ProfileName, ProviderId,
    Result, TenantId, ValidCall,
};

use crate::journal::{ID_SLACK, Selection};

/// Which calls to read, newest first. An empty set or `None` means any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallsFilter {
    /// Only this tenant's calls.
    pub tenant: Option<TenantId>,
    /// Only calls with one of these statuses.
    pub statuses: Vec<CallStatus>,
    /// Only calls with one of these outcomes.
    pub outcomes: Vec<Outcome>,
    /// Only calls that this provider has.
    pub provider: Option<ProviderId>,
    /// Only calls for this agent profile.
    pub agent: Option<ProfileName>,
    /// Only calls to this country.
    pub country: Option<Country>,
    /// Only calls with one of these tags.
    pub tags: BTreeSet<String>,
    /// Only calls to this number.
    pub to: Option<PhoneNumber>,
    /// Only calls of this experiment.
    pub experiment: Option<String>,
    /// Only calls of this arm.
    pub arm: Option<String>,
    /// Only calls of this batch.
    pub batch: Option<BatchName>,
    /// Only calls that were received at this time or later.
    pub created_after: Option<Timestamp>,
    /// Only calls that were received before this time.
    pub created_before: Option<Timestamp>,
    /// Only calls older than this one, to continue where an earlier page ended.
    pub before: Option<CallId>,
    /// At most this many calls; 0 counts as 1.
    pub limit: u32,
}

impl CallsFilter {
    /// At most this many rows are read for one page.
    pub const READ_AT_MOST: u32 = 10_000;

    /// The number of calls of a page.
    pub fn page_size(&self) -> usize {
        self.limit.clamp(1, Self::READ_AT_MOST) as usize
    }

    /// The ids that calls of the given period may have, from the first one to before the last one.
    /// Ids of version 7 start with the time, so that a period is a range of them; calls at its edges
    /// may lie outside the period. `None` means no bound.
    pub fn ids(&self) -> (Option<CallId>, Option<CallId>) {
        let last = self.created_before.and_then(|before| before.checked_add(2 * ID_SLACK).ok());
        (self.created_after.map(Selection::from_moment), last.map(Selection::from_moment))
    }

    /// True if a call matches everything but `before` and `limit`. Without its request it has no
    /// number and no tags.
    pub fn matches(&self, call: &Call, request: Option<&ValidCall>) -> bool {
        fn any<T: PartialEq>(wanted: &[T], it: Option<T>) -> bool {
            wanted.is_empty() || it.is_some_and(|it| wanted.contains(&it))
        }
        fn one<T: PartialEq>(wanted: Option<&T>, it: Option<&T>) -> bool {
            wanted.is_none_or(|wanted| it == Some(wanted))
        }
        let assignment = call.experiment.as_ref();
        one(self.tenant.as_ref(), Some(&call.tenant))
            && any(&self.statuses, Some(call.status))
            && any(&self.outcomes, call.outcome)
            && one(self.provider.as_ref(), call.provider.as_ref())
            && one(self.agent.as_ref(), call.agent.as_ref())
            && one(self.country.as_ref(), Some(&call.country))
            && (self.tags.is_empty()
                || request.is_some_and(|its| !its.tags.is_disjoint(&self.tags)))
            && one(self.to.as_ref(), request.map(|its| &its.to))
            && one(self.experiment.as_ref(), assignment.map(|its| &its.experiment))
            && one(self.arm.as_ref(), assignment.map(|its| &its.arm))
            && one(self.batch.as_ref(), call.batch.as_ref())
            && self.created_after.is_none_or(|after| call.created_at >= after)
            && self.created_before.is_none_or(|before| call.created_at < before)
    }
}

/// A page of calls.
#[derive(Debug, Clone, Default)]
pub struct CallsPage {
    /// The calls, newest first, each with its request where the store still has it. Calls of erased
    /// people are passed over: without a number they are no calls any more that could be shown.
    pub calls: Vec<(Call, Option<Arc<ValidCall>>)>,
    /// Where the next page begins, as [`CallsFilter::before`]. `None` at the end. A page may be
    /// short or empty and not be the last one, because the rows that are read for it are limited.
    pub next: Option<CallId>,
}

/// The statuses in which [`CallSearch::count`] counts calls: something may still happen to them, or a
/// person has to look at them. `Closed` and `Refused` are left out: their number only grows.
pub const COUNTED: [CallStatus; 8] = [
    CallStatus::Received,
    CallStatus::Scheduled,
    CallStatus::Admitted,
    CallStatus::Attempting,
    CallStatus::InProgress,
    CallStatus::NeedsApproval,
    CallStatus::Indeterminate,
    CallStatus::Stalled,
];

/// At most this many calls are counted in each status, so that counting costs little.
pub const COUNTS_AT_MOST: u32 = 10_000;

/// Finds calls.
#[async_trait]
pub trait CallSearch: Debug + Send + Sync {
    /// Reads a page of calls, newest first: by their ids, which start with the time, or with
    /// [`CallsFilter::to`] by the time at which they were received. A page costs the same however
    /// many calls there are.
    async fn find(&self, filter: &CallsFilter) -> Result<CallsPage>;

    /// Reads a call with its request. `None` if there is no such call, if it is another tenant's, or
    /// if the person was erased.
    async fn find_one(
        &self,
        id: CallId,
        tenant: Option<&TenantId>,
    ) -> Result<Option<(Call, Option<Arc<ValidCall>>)>>;

    /// How many calls of all processes stand in each of the statuses [`COUNTED`], in that order, at
    /// most [`COUNTS_AT_MOST`] each.
    async fn count(&self) -> Result<[u32; COUNTED.len()]>;
}
