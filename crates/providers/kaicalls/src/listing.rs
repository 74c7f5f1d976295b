//! Pages of calls.
//!
//! The provider's cursor is the `created_at` of the last row, which skips or repeats rows with the
//! same time. So each page is read from one second after the last row of the previous page, and our
//! cursor carries the ids in that second, so that they are returned once. A page with nothing new
//! is the end.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use switchboard_core::{CallFilter, Error, ErrorKind, Page, PageRequest, ProviderCall, Result};
use switchboard_http::ReadBudget;

use crate::{KaiCallsClient, api::CallQuery, convert, wire};

/// The provider's maximum.
const LARGEST_PAGE: usize = 100;
/// How many pages one request of ours may read if the filter leaves nothing of them.
const MAX_EMPTY_PAGES: usize = 20;
const OVERLAP: SignedDuration = SignedDuration::from_secs(1);

/// Our cursor, as JSON.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Cursor {
    /// Only rows older than this.
    after: Option<Timestamp>,
    /// The ids that will be repeated.
    seen: HashSet<String>,
}

/// One page of calls, newest first. The provider's pages count against the budget, which the client
/// must have as well. A row without an id is left out: it could not be read individually, and the
/// others still have to be followed.
pub(crate) async fn page(
    client: &KaiCallsClient,
    budget: &ReadBudget,
    filter: &CallFilter,
    page: &PageRequest,
) -> Result<Page<ProviderCall>> {
    Ok(rows(client, budget, filter, page).await?.page)
}

/// A page, and how many rows that match the filter have no id.
pub(crate) struct Rows {
    pub(crate) page: Page<ProviderCall>,
    pub(crate) without_id: usize,
}

/// As [`page`], for callers that must not overlook a row.
pub(crate) async fn rows(
    client: &KaiCallsClient,
    budget: &ReadBudget,
    filter: &CallFilter,
    page: &PageRequest,
) -> Result<Rows> {
    let mut without_id = 0;
    let wanted = page
        .limit
        .and_then(|limit| usize::try_from(limit).ok())
        .unwrap_or(LARGEST_PAGE)
        .clamp(1, LARGEST_PAGE);
    let mut cursor = match &page.cursor {
        Some(text) => serde_json::from_str(text).map_err(|source| {
            Error::invalid("cursor", "is not a cursor of this list: start without one")
                .with_source(source)
        })?,
        None => Cursor {
            after: filter
                .until
                .and_then(|until| until.checked_add(OVERLAP).ok())
                .map(convert::whole_second),
            seen: HashSet::new(),
        },
    };
    for _ in 0..MAX_EMPTY_PAGES {
        let limit = (wanted + cursor.seen.len()).min(LARGEST_PAGE);
        let mut query = CallQuery::new().limit(u32::try_from(limit).unwrap_or(u32::MAX));
        if let Some(agent) = &filter.agent {
            query = query.agent_id(agent.as_str());
        }
        if let Some(after) = cursor.after {
            query = query.after(after.to_string());
        }
        budget.page()?;
        let answer = client.calls().list(&query).await?;
        budget.rows(answer.items.len())?;
        let full = answer.items.len() >= limit;
        let next = next_cursor(&cursor, &answer.items, limit)
            .filter(|_| answer.has_more.unwrap_or(full))
            .filter(|next| may_follow(filter, next));
        let mut calls = Vec::new();
        for row in answer.items {
            let at = row.created_at.as_ref().and_then(wire::Moment::timestamp);
            match convert::call(client.provider(), row) {
                Some(call) => calls.push(call),
                None => without_id += usize::from(in_time(filter, at)),
            }
        }
        let items: Vec<ProviderCall> = calls
            .into_iter()
            .filter(|row| !cursor.seen.contains(row.id.as_str()) && passes(filter, row))
            .collect();
        let Some(next) = next else {
            let page = Page { items, next: None };
            return Ok(Rows { page, without_id });
        };
        if !items.is_empty() {
            let next = serde_json::to_string(&next).map_err(|source| {
                Error::invalid("cursor", "cannot be written").with_source(source)
            })?;
            let page = Page { items, next: Some(next) };
            return Ok(Rows { page, without_id });
        }
        cursor = next;
    }
    Err(Error::new(
        ErrorKind::Decode,
        "no call matched the filter in many pages: narrow it with until",
    )
    .with_provider(client.provider().clone())
    .with_operation("calls.list"))
}

/// The cursor of the next page; `None` if this page has nothing new or no times.
fn next_cursor(cursor: &Cursor, rows: &[wire::Call], limit: usize) -> Option<Cursor> {
    let is_new = |row: &wire::Call| row.id.as_ref().is_some_and(|id| !cursor.seen.contains(id));
    if !rows.iter().any(is_new) {
        return None;
    }
    let at = |row: &wire::Call| row.created_at.as_ref()?.timestamp();
    let oldest = rows.iter().filter_map(at).min()?;
    let above = convert::whole_second(oldest.checked_add(OVERLAP).ok()?);
    let after = match cursor.after {
        None => above,
        Some(before) if above < before => above,
        // More rows of the same second: the next page is longer by the repeated ids.
        Some(before) if above == before && limit < LARGEST_PAGE => above,
        // A page of the largest size within one second: only the plain cursor gets past it.
        Some(before) if oldest < before => {
            tracing::warn!(second = %oldest, "more calls in one second than a page holds: the list skips some of them");
            oldest
        }
        Some(_) => return None,
    };
    let again = rows.iter().filter(|row| at(row).is_none_or(|made| made < after));
    Some(Cursor { after: Some(after), seen: again.filter_map(|row| row.id.clone()).collect() })
}

fn may_follow(filter: &CallFilter, next: &Cursor) -> bool {
    match (filter.since, next.after) {
        (Some(since), Some(after)) => after > since,
        (Some(_), None) | (None, _) => true,
    }
}

/// A row without a time may be of any time.
fn in_time(filter: &CallFilter, at: Option<Timestamp>) -> bool {
    at.is_none_or(|at| {
        filter.since.is_none_or(|since| at >= since) && filter.until.is_none_or(|until| at < until)
    })
}

fn passes(filter: &CallFilter, call: &ProviderCall) -> bool {
    let of_agent = filter
        .agent
        .as_ref()
        .is_none_or(|agent| call.agent.as_ref().is_none_or(|its| its == agent));
    in_time(filter, call.created_at) && of_agent && filter.is_about(call)
}
