//! Pages of calls.
//!
//! Vapi filters by time and assistant; every filter is applied here, because a filter that a
//! provider ignores would show other people's calls. So a page may be empty and still have a next
//! one.

use switchboard_core::{CallFilter, Page, PageRequest, ProviderCall, Result, TrustedReasons};
use switchboard_http::ReadBudget;

use crate::{
    VapiClient,
    api::ListCalls,
    convert,
    page::{self, Cursor},
};

/// One page of calls, newest first. A row without an id is left out: it could not be read
/// individually, and the others still have to be followed.
pub(crate) async fn page(
    client: &VapiClient,
    trusted: &TrustedReasons,
    budget: &ReadBudget,
    filter: &CallFilter,
    page: &PageRequest,
) -> Result<Page<ProviderCall>> {
    let cursor = page.cursor.as_deref().map(Cursor::parse).transpose()?;
    let wanted = page.limit.unwrap_or(ListCalls::USUAL_PAGE).clamp(1, ListCalls::LARGEST_PAGE);
    budget.page()?;
    let query = page::query(query(filter), wanted, cursor.as_ref());
    let answer = client.within(budget).calls().list(&query).await?;
    budget.rows(answer.len())?;
    let page::Rows { rows, next } =
        page::rows(answer, wanted, cursor.as_ref()).map_err(|error| {
            error.with_provider(client.provider().clone()).with_operation("calls.list")
        })?;
    let items = rows
        .into_iter()
        .filter_map(|row| convert::call(client.provider(), trusted, row))
        .filter(|call| passes(filter, call))
        .collect();
    Ok(Page { items, next: next.and_then(|cursor| cursor.text()) })
}

fn query(filter: &CallFilter) -> ListCalls {
    let mut query = ListCalls::new();
    if let Some(since) = filter.since {
        query = query.created_since(since);
    }
    if let Some(until) = filter.until {
        query = query.created_before(until);
    }
    match &filter.agent {
        Some(agent) => query.assistant_id(agent.as_str()),
        None => query,
    }
}

/// A call without a time is in no range of times.
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
