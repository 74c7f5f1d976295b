//! Lists of calls.

use switchboard::{CallId, journal::server::CallsFilter};

use crate::{
    Service,
    caller::{Allowed, CallsContent, CallsRead},
    problem::{Code, Problem, Result},
    service::CallRecord,
};

/// A page of calls.
#[derive(Debug, Clone, Default)]
pub struct CallsFound {
    /// The calls, newest first, without those of people who were erased.
    pub records: Vec<CallRecord>,
    /// Where the next page begins: [`CallsFilter::before`]. `None` at the end.
    pub next: Option<CallId>,
}

impl Service {
    /// The calls of the caller's tenant that match. An operator may name a tenant in the filter.
    ///
    /// # Errors
    /// `tenant_not_allowed` if a tenant's key names another tenant; `missing_scope` if the filter
    /// has a number and the key lacks `calls:content`, because it would tell who was called.
    pub async fn calls(
        &self,
        by: Allowed<'_, CallsRead>,
        mut filter: CallsFilter,
    ) -> Result<CallsFound> {
        match (by.tenant(), &filter.tenant) {
            (Some(own), Some(named)) if own != named => {
                return Err(Problem::new(
                    Code::TenantNotAllowed,
                    "the key belongs to another tenant",
                )
                .field("tenant")
                .fix("leave it out"));
            }
            (Some(own), _) => filter.tenant = Some(own.clone()),
            (None, _) => {}
        }
        if filter.to.is_some() {
            by.caller().allowed::<CallsContent>()?;
        }
        let page = self.store().find(&filter).await?;
        let known = page.calls.into_iter().filter_map(|(call, request)| Some((call, request?)));
        let records = known.map(|(call, request)| self.record(call, request)).collect();
        Ok(CallsFound { records, next: page.next })
    }
}
