//! How many calls are where.

use switchboard::{
    CallStatus,
    journal::server::{COUNTED, COUNTS_AT_MOST, CallsFilter},
};

use crate::{
    Service,
    caller::{Allowed, CallsRead},
    problem::Result,
};

/// Calls of a tenant that are counted at most.
const OF_A_TENANT: u32 = 1_000;

/// How many calls are not over, or need a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Overview {
    /// A provider is being asked, or has them.
    pub under_way: u32,
    /// They wait for their time, a limit or a provider.
    pub waiting: u32,
    /// It is not known whether or how they rang.
    pub in_doubt: u32,
    /// A person has to approve them at the provider.
    pub needs_approval: u32,
    /// True if there may be more than were counted.
    pub at_least: bool,
}

impl Overview {
    fn add(&mut self, status: CallStatus, count: u32) {
        let counted = match status {
            CallStatus::Received | CallStatus::Scheduled | CallStatus::Admitted => {
                &mut self.waiting
            }
            CallStatus::Attempting | CallStatus::InProgress => &mut self.under_way,
            CallStatus::Indeterminate | CallStatus::Stalled => &mut self.in_doubt,
            CallStatus::NeedsApproval => &mut self.needs_approval,
            CallStatus::Closed | CallStatus::Refused => return,
        };
        *counted += count;
    }
}

impl Service {
    /// How many calls of the caller's tenant are where; for operators, of everybody.
    ///
    /// # Errors
    /// `journal_unavailable`.
    pub async fn overview(&self, by: Allowed<'_, CallsRead>) -> Result<Overview> {
        let mut found = Overview::default();
        let Some(tenant) = by.tenant() else {
            for (status, count) in COUNTED.into_iter().zip(self.store().count().await?) {
                found.add(status, count);
                found.at_least |= count >= COUNTS_AT_MOST;
            }
            return Ok(found);
        };
        let filter = CallsFilter {
            tenant: Some(tenant.clone()),
            statuses: COUNTED.to_vec(),
            limit: OF_A_TENANT,
            ..CallsFilter::default()
        };
        let page = self.store().find(&filter).await?;
        for (call, _) in &page.calls {
            found.add(call.status, 1);
        }
        found.at_least = page.next.is_some();
        Ok(found)
    }
}
