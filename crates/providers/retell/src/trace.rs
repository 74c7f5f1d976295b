//! Searching for a call whose placing request ended in `Unknown`.
//!
//! The id of the attempt went with the request as metadata and comes back in the record, so a call
//! that has it is this one. Whether a call is listed before it begins is not documented: finding
//! none proves nothing.

use switchboard_core::{
    Direction, Error, ErrorKind, PlaceRequest, Proof, ProviderCall, Result, Trace,
};
use switchboard_http::{PageOf, ReadBudget, ReadLimits, pages};

use futures::TryStreamExt;

use crate::{account::Account, api::ListCalls, convert, order::REFERENCE, wire};

/// The calls that were placed with this attempt's id. More than one means that it rang more than
/// once.
pub(crate) async fn trace(account: &Account, order: &PlaceRequest) -> Result<Vec<Trace>> {
    let budget = ReadBudget::new(account.provider().clone(), ReadLimits::SEARCH);
    let client = account.client.within(&budget);
    let reference = order.attempt.to_string();
    let first = ListCalls::new().metadata(REFERENCE, &reference);
    let rows = pages(None, budget, wire_id, |cursor: Option<String>| {
        let query = match &cursor {
            Some(key) => first.clone().pagination_key(key.as_str()),
            None => first.clone(),
        };
        let client = client.clone();
        async move {
            let page = client.calls().list(&query).await?;
            let next = page.next();
            Ok(PageOf { items: page.items, next })
        }
    });
    let rows: Vec<wire::Call> =
        rows.try_collect().await.map_err(|error| account.failed("calls.trace", error))?;
    rows.into_iter()
        .filter(|row| convert::reference(row).as_ref() == Some(&reference))
        .map(|row| check(account, order, row))
        .collect()
}

/// Rows without an id are told apart by nothing, so each counts as another one.
fn wire_id(row: &wire::Call) -> String {
    row.call_id.clone().unwrap_or_else(|| row.raw.value().to_string())
}

/// A row with our reference must be readable and about the number that was called; otherwise
/// nothing that was found proves anything.
fn check(account: &Account, order: &PlaceRequest, row: wire::Call) -> Result<Trace> {
    let failed = |message: &'static str| {
        account.failed("calls.trace", Error::new(ErrorKind::Decode, message))
    };
    let call: ProviderCall = convert::call(account.provider(), &account.config.not_dialled, row)
        .ok_or_else(|| failed("a call with this attempt's reference has no id"))?;
    let inbound = call.direction == Some(Direction::Inbound);
    if inbound || call.to.is_some_and(|to| to != order.call.to) {
        return Err(failed("a call with this attempt's reference is not to its number"));
    }
    Ok(Trace { call: call.id, proof: Proof::Reference })
}
