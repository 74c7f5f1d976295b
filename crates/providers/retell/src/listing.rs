//! Pages of calls.
//!
//! Retell filters and pages; every filter is applied here once more, because a filter that a
//! provider ignores would show other people's calls. So a page may be empty and still have a next
//! one.

use switchboard_core::{CallFilter, Page, PageRequest, ProviderCall, Result, TrustedReasons};
use switchboard_http::ReadBudget;

use crate::{RetellClient, api::ListCalls, convert};

/// One page of calls, newest first. A row without an id is left out: it could not be read
/// individually, and the others still have to be followed.
pub(crate) async fn page(
    client: &RetellClient,
    trusted: &TrustedReasons,
    budget: &ReadBudget,
    filter: &CallFilter,
    page: &PageRequest,
) -> Result<Page<ProviderCall>> {
    budget.page()?;
    let answer = client.within(budget).calls().list(&query(filter, page)).await?;
    budget.rows(answer.items.len())?;
    let next = answer.next();
    let items = answer
        .items
        .into_iter()
        .filter_map(|row| convert::call(client.provider(), trusted, row))
        .filter(|call| passes(filter, call))
        .collect();
    Ok(Page { items, next })
}

fn query(filter: &CallFilter, page: &PageRequest) -> ListCalls {
    let mut query = ListCalls::new().began(filter.since, filter.until);
    if let Some(reference) = &filter.reference {
        query = query.metadata(crate::order::REFERENCE, reference);
    }
    if let Some(agent) = &filter.agent {
        query = query.agent_id(agent.as_str());
    }
    if let Some(to) = &filter.to {
        query = query.to_number(to.e164());
    }
    if let Some(limit) = page.limit {
        query = query.limit(limit.clamp(1, ListCalls::LARGEST_PAGE));
    }
    match &page.cursor {
        Some(cursor) => query.pagination_key(cursor.as_str()),
        None => query,
    }
}

/// A call without a time has not begun, and is in no range of times.
fn passes(filter: &CallFilter, call: &ProviderCall) -> bool {
    let in_time = match call.created_at {
        Some(at) => {
            filter.since.is_none_or(|since| at >= since)
                && filter.until.is_none_or(|until| at < until)
        }
        None => filter.since.is_none() && filter.until.is_none(),
    };
    let of_agent = filter.agent.as_ref().is_none_or(|agent| call.agent.as_ref() == Some(agent));
    in_time && of_agent && filter.is_about(call)
}
