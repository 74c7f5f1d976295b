//! Searching for a call whose placing request ended in `Unknown`.
//!
//! Vapi cannot be asked for a call by its name. So the calls of the assistant since the request are
//! read, and the one that carries the id of the attempt is this one. No document says when a call
//! becomes visible: finding none proves nothing.

use futures::TryStreamExt;
use jiff::{SignedDuration, Timestamp};
use switchboard_core::{Error, ErrorKind, PlaceRequest, Proof, ProviderCall, Result, Trace};
use switchboard_http::{PageOf, ReadBudget, ReadLimits, pages};

use crate::{
    account::Account,
    api::ListCalls,
    convert,
    page::{self, Cursor},
    wire,
};

/// How far the provider's clock may be behind ours.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// The calls that were placed with this attempt's id. More than one means that it rang more than
/// once.
pub(crate) async fn trace(
    account: &Account,
    order: &PlaceRequest,
    sent_at: Timestamp,
) -> Result<Vec<Trace>> {
    const WANTED: u32 = ListCalls::USUAL_PAGE;
    let budget = ReadBudget::new(account.provider().clone(), ReadLimits::SEARCH);
    let client = account.client.within(&budget);
    let since = sent_at.checked_sub(SKEW).unwrap_or(Timestamp::MIN);
    let mut first = ListCalls::new().created_since(since);
    if let Some(assistant) = account.assistant(order) {
        first = first.assistant_id(assistant.as_str());
    }
    let rows = pages(None, budget, row_id, |cursor: Option<Cursor>| {
        let query = page::query(first.clone(), WANTED, cursor.as_ref());
        let client = client.clone();
        async move {
            let answer = client.calls().list(&query).await?;
            let page::Rows { rows, next } = page::rows(answer, WANTED, cursor.as_ref())?;
            Ok(PageOf { items: rows, next })
        }
    });
    let rows: Vec<wire::Call> =
        rows.try_collect().await.map_err(|error| account.failed("calls.trace", error))?;
    let attempt = order.attempt.to_string();
    let is_ours = |row: &wire::Call| convert::references(row).contains(&Some(attempt.as_str()));
    rows.into_iter().filter(is_ours).map(|row| check(account, order, &attempt, row)).collect()
}

/// Rows without an id are told apart by nothing, so each counts as another one.
fn row_id(row: &wire::Call) -> String {
    row.id.clone().unwrap_or_else(|| row.raw.value().to_string())
}

/// A row with our reference must be readable, about the number that was called, and without another
/// reference, which would mean that somebody changed one of them; otherwise nothing that was found
/// proves anything.
fn check(account: &Account, order: &PlaceRequest, attempt: &str, row: wire::Call) -> Result<Trace> {
    let failed = |message: &'static str| {
        account.failed("calls.trace", Error::new(ErrorKind::Decode, message))
    };
    if convert::references(&row).into_iter().flatten().any(|other| other != attempt) {
        return Err(failed("a call with this attempt's reference has another one too"));
    }
    let call: ProviderCall = convert::call(account.provider(), &account.config.not_dialled, row)
        .ok_or_else(|| failed("a call with this attempt's reference has no id"))?;
    if call.to.is_some_and(|to| to != order.call.to) {
        return Err(failed("a call with this attempt's reference is not to its number"));
    }
    Ok(Trace { call: call.id, proof: Proof::Reference })
}
