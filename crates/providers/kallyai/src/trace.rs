//! Searching for a call whose placing request got no answer.
//!
//! The list is the only place where KallyAI shows it. A call is taken to be ours if its number, its
//! task and its time all agree. One that lacks any of them is not, because a wrong match would
//! close an attempt with the outcome of another call; but it may be ours, so a search that finds
//! nothing else ends with an error. So does a search that could not read the list to its end.
//! Absence proves nothing.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use switchboard_core::{
    Error, ErrorKind, PhoneNumber, PlaceRequest, Proof, ProviderCallId, Result, Trace,
};
use switchboard_http::{ReadBudget, ReadLimits, usable_id};

use crate::{
    account::Account,
    listing::{LONGEST_PAGE, next_offset},
    wire::{CallRecord, Paging},
};

/// How far the provider's clock may differ from ours.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_mins(2);
/// How many records are read individually because the list shows too little of them.
const MOST_DETAILS: usize = 50;

/// Calls that may be this request's, in the order of the list.
pub(crate) async fn find(
    account: &Account,
    order: &PlaceRequest,
    sent_at: Timestamp,
) -> Result<Vec<Trace>> {
    let window = Window::around(account, sent_at);
    let budget = ReadBudget::new(account.provider().clone(), ReadLimits::SEARCH);
    let calls = account.client.within(&budget).calls();
    let mut found = Vec::new();
    let mut unclear = 0_usize;
    let mut seen = HashSet::new();
    let mut details_left = MOST_DETAILS;
    let mut offset = Some(0);
    while let Some(from) = offset {
        budget.page()?;
        let page = calls.list(&Paging::new().limit(LONGEST_PAGE).offset(from)).await?;
        offset = next_offset(&page, from, Some(window.begins));
        budget.rows(page.received)?;
        let before = seen.len();
        for record in page.items {
            let Some(id) = usable_id(record.call_id.clone()) else {
                unclear += usize::from(compare(&record, order, &window) != Match::Other);
                continue;
            };
            if !seen.insert(id.clone()) {
                continue;
            }
            let id = ProviderCallId::from(id);
            let verdict = match compare(&record, order, &window) {
                Match::Unclear if details_left > 0 => {
                    details_left -= 1;
                    match calls.get(&id).await {
                        Ok(detail) => compare(&detail, order, &window),
                        Err(error) if error.kind() == ErrorKind::NotFound => Match::Other,
                        Err(error) => return Err(error),
                    }
                }
                settled => settled,
            };
            match verdict {
                Match::Ours => found.push(Trace { call: id, proof: Proof::NumberAndTask }),
                Match::Unclear => unclear += 1,
                Match::Other => {}
            }
        }
        // A page without a new id is the end, whatever its totals say.
        if seen.len() == before {
            break;
        }
    }
    if found.is_empty() && unclear > 0 {
        let message =
            format!("{unclear} calls in the list may be this one, but lack the fields to decide");
        return Err(account.failed("calls.trace", Error::new(ErrorKind::Decode, message)));
    }
    Ok(found)
}

/// When the provider may have created the call: from the send on, for as long as the placing
/// request may take.
struct Window {
    begins: Timestamp,
    ends: Timestamp,
}

impl Window {
    fn around(account: &Account, sent_at: Timestamp) -> Self {
        let longest = SignedDuration::try_from(account.config.place_timeout)
            .unwrap_or(SignedDuration::from_hours(1));
        let begins = sent_at.checked_sub(CLOCK_SLACK).unwrap_or(Timestamp::MIN);
        let ends = sent_at
            .checked_add(longest)
            .and_then(|end| end.checked_add(CLOCK_SLACK))
            .unwrap_or(Timestamp::MAX);
        Self { begins, ends }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Match {
    /// Number, task and time agree.
    Ours,
    /// At least one of them differs.
    Other,
    /// Nothing contradicts, but something is missing.
    Unclear,
}

fn compare(record: &CallRecord, order: &PlaceRequest, window: &Window) -> Match {
    let submission = record.submission.clone().unwrap_or_default();
    let time = record.created_at.map(|at| at >= window.begins && at <= window.ends);
    let number = submission.respondent_phone.map(|number| same_number(&number, &order.call.to));
    let task = submission.task_description.map(|task| same_words(&task, &order.call.task));
    match (time, number, task) {
        (Some(false), _, _) | (_, Some(false), _) | (_, _, Some(false)) => Match::Other,
        (Some(true), Some(true), Some(true)) => Match::Ours,
        (Some(true) | None, Some(true) | None, Some(true) | None) => Match::Unclear,
    }
}

fn same_number(text: &str, number: &PhoneNumber) -> bool {
    text.trim() == number.e164() || PhoneNumber::parse(text).is_ok_and(|parsed| parsed == *number)
}

/// Equal except for white space, which services trim and collapse.
fn same_words(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}
