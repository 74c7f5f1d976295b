//! From the fields of an address to a filter of calls.

use switchboard::{
    CallId, Country, ProfileName, ProviderId, TenantId, journal::server::CallsFilter,
};
use switchboard_api::{
    problem::Problem,
    wire::{CallStatus, Outcome},
};

use crate::fields::Fields;

/// The filter that these fields name, for pages of this size. A number is not among them: addresses
/// are kept in histories and logs.
pub(super) fn filter(fields: &Fields, limit: u32) -> Result<CallsFilter, Problem> {
    let country = fields.get("country").map(|code| {
        code.to_uppercase()
            .parse::<Country>()
            .map_err(|_| Problem::invalid("country", "is no country", "write two letters, as GB"))
    });
    let before = fields.get("before").map(|id| {
        id.parse::<CallId>()
            .map_err(|_| Problem::invalid("before", "is no id of a call", "use the link \"older\""))
    });
    let statuses: Vec<CallStatus> = fields.words("status")?;
    let outcomes: Vec<Outcome> = fields.words("outcome")?;
    Ok(CallsFilter {
        tenant: fields.get("tenant").map(TenantId::from),
        statuses: statuses.into_iter().map(Into::into).collect(),
        outcomes: outcomes.into_iter().map(Into::into).collect(),
        provider: fields.owned("provider").map(ProviderId::new),
        agent: fields.get("agent").map(ProfileName::from),
        country: country.transpose()?,
        tags: fields.all("tag").iter().cloned().collect(),
        to: None,
        experiment: fields.owned("experiment"),
        arm: fields.owned("arm"),
        batch: fields.get("batch").map(Into::into),
        created_after: fields.time("created_after")?,
        created_before: fields.time("created_before")?,
        before: before.transpose()?,
        limit,
    })
}
