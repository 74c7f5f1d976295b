//! Paging through a list that has no cursor.
//!
//! Vapi's list of calls is narrowed by the time of creation and cut to a number of rows. The next
//! page is what was created at or before the oldest row of this one; the rows of that same moment
//! are asked for again and left out by their ids.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_core::{Error, ErrorKind, Result};

use crate::{api::ListCalls, wire::Call};

/// Where the next page begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    /// The time of the oldest row that was shown.
    at: Timestamp,
    /// The rows of that time that were shown.
    shown: Vec<String>,
}

impl Cursor {
    /// Reads what [`Cursor::text`] wrote.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        serde_json::from_str(text)
            .map_err(|_| Error::invalid("cursor", "is not one that a list of this provider gave"))
    }

    pub(crate) fn text(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }
}

/// One page of rows that have not been shown, newest first, and where the next one begins.
pub(crate) struct Rows {
    pub(crate) rows: Vec<Call>,
    pub(crate) next: Option<Cursor>,
}

/// How many rows to ask for, so that `wanted` of them are new.
fn asked(wanted: u32, cursor: Option<&Cursor>) -> u32 {
    let shown = cursor.map_or(0, |cursor| u32::try_from(cursor.shown.len()).unwrap_or(u32::MAX));
    wanted.saturating_add(shown).clamp(1, ListCalls::LARGEST_PAGE)
}

/// The query for a page.
pub(crate) fn query(query: ListCalls, wanted: u32, cursor: Option<&Cursor>) -> ListCalls {
    let query = query.limit(asked(wanted, cursor));
    match cursor {
        Some(cursor) => query.created_until(cursor.at),
        None => query,
    }
}

/// What the answer to [`query`] has.
///
/// # Errors
/// `Decode` if the list does not move on, which would otherwise look like its end.
pub(crate) fn rows(mut rows: Vec<Call>, wanted: u32, cursor: Option<&Cursor>) -> Result<Rows> {
    let failed = |message: &'static str| Error::new(ErrorKind::Decode, message);
    let is_newer = |at: Timestamp| cursor.is_some_and(|cursor| at > cursor.at);
    if rows.iter().filter_map(|row| row.created_at).any(is_newer) {
        return Err(failed("the list goes back to rows that are newer than asked for"));
    }
    let is_full = u32::try_from(rows.len()).unwrap_or(u32::MAX) >= asked(wanted, cursor);
    let next = if is_full {
        let oldest = rows.iter().filter_map(|row| row.created_at).min();
        let at = oldest.ok_or_else(|| failed("the list cannot be paged: no row has a time"))?;
        let of_then = |row: &Call| row.id.clone().filter(|_| row.created_at == Some(at));
        let mut shown: Vec<String> = rows.iter().filter_map(of_then).collect();
        if let Some(cursor) = cursor.filter(|cursor| cursor.at == at) {
            shown.extend(cursor.shown.iter().cloned());
        }
        shown.sort();
        shown.dedup();
        let next = Cursor { at, shown };
        if cursor == Some(&next) {
            return Err(failed("the list cannot be paged: a page holds rows of one moment only"));
        }
        Some(next)
    } else {
        None
    };
    if let Some(cursor) = cursor {
        rows.retain(|row| row.id.as_ref().is_none_or(|id| !cursor.shown.contains(id)));
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.created_at));
    Ok(Rows { rows, next })
}
