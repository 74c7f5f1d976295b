//! Pages of calls.
//!
//! KallyAI pages by offset and has no filters, so calls are filtered here.

use jiff::Timestamp;
use switchboard_core::{CallFilter, Error, Page, PageRequest, ProviderCall, Result};
use switchboard_http::{ReadBudget, ReadLimits};

use crate::{
    account::Account,
    convert,
    wire::{CallRecord, Listing, Paging},
};

/// The provider's longest page.
pub(crate) const LONGEST_PAGE: u32 = 200;

/// One page of calls that pass the filter, in the provider's order.
pub(crate) async fn page(
    account: &Account,
    filter: &CallFilter,
    page: &PageRequest,
) -> Result<Page<ProviderCall>> {
    let wanted = |call: &ProviderCall| {
        convert::within(call.created_at, filter.since, filter.until)
            && filter.agent.as_ref().is_none_or(|agent| call.agent.as_ref() == Some(agent))
            && filter.is_about(call)
    };
    let limit = page.limit.map(|limit| limit.clamp(1, LONGEST_PAGE));
    let mut offset = offset(page)?;
    let budget = ReadBudget::new(account.provider().clone(), ReadLimits::PAGE);
    let calls = account.client.within(&budget).calls();
    // Callers read an empty page as the end of the list, so pages of which the filter leaves
    // nothing are skipped, up to a limit.
    for _ in 0..ReadLimits::PAGE.pages {
        let listing = calls.list(&Paging { limit, offset }).await?;
        budget.rows(listing.received)?;
        let next = next_offset(&listing, offset.unwrap_or(0), filter.since);
        let read = listing
            .items
            .into_iter()
            .filter_map(|record| convert::call(account.provider(), record));
        let items: Vec<ProviderCall> = read.filter(wanted).collect();
        if !items.is_empty() || next.is_none() {
            return Ok(Page { items, next: next.map(|next| next.to_string()) });
        }
        offset = next;
    }
    Ok(Page { items: Vec::new(), next: offset.map(|next| next.to_string()) })
}

/// The offset of the next page; `None` at the end. If the list is newest first and this page
/// reaches back before `since`, nothing that is wanted can follow.
pub(crate) fn next_offset(
    listing: &Listing<CallRecord>,
    offset: u64,
    since: Option<Timestamp>,
) -> Option<u64> {
    let over = since.is_some_and(|since| reaches_back(listing, since));
    listing.next_offset(offset).filter(|_| !over)
}

/// True if the page is newest first, as far as its times show, and ends before `moment`. The
/// documents define no order, so a page in any other order proves nothing about the next one.
fn reaches_back(listing: &Listing<CallRecord>, moment: Timestamp) -> bool {
    let times: Option<Vec<Timestamp>> =
        listing.items.iter().map(|record| record.created_at).collect();
    let Some(times) = times else { return false };
    let (Some(first), Some(last)) = (times.first(), times.last()) else {
        return false;
    };
    first > last && times.is_sorted_by(|newer, older| newer >= older) && *last < moment
}

fn offset(page: &PageRequest) -> Result<Option<u64>> {
    let Some(cursor) = &page.cursor else {
        return Ok(None);
    };
    let offset = cursor.parse().map_err(|source| {
        Error::invalid("cursor", "is not a cursor of this provider").with_source(source)
    });
    offset.map(Some)
}
