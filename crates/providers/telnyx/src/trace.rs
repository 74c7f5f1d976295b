//! Searching for a call whose placing request ended in `Unknown`.
//!
//! The id of the attempt went with the command and comes back in every event, so a call that has it
//! is this one: among the calls that are up now, or in the history. Finding none proves nothing: no
//! page says how complete the history is, nor how soon it has an event.

use jiff::{SignedDuration, Timestamp};
use switchboard_core::{
    Error, ErrorKind, PhoneNumber, PlaceRequest, Proof, ProviderCallId, Result, Trace,
};
use switchboard_http::{ReadBudget, ReadLimits, usable_id};

use crate::{account::Account, api::EventQuery, history, reference};

/// How far Telnyx' clock may be behind ours.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// The calls that were placed with this attempt's id. More than one means that it rang more than
/// once.
pub(crate) async fn trace(
    account: &Account,
    order: &PlaceRequest,
    sent_at: Timestamp,
) -> Result<Vec<Trace>> {
    let budget = ReadBudget::new(account.provider().clone(), ReadLimits::SEARCH);
    let ours = order.attempt.to_string();
    let failed = |error: Error| account.failed("calls.trace", error);
    let mut found: Vec<ProviderCallId> = Vec::new();
    if let Some(connection) = &account.config.connection_id {
        let client = account.client.within(&budget);
        let active = client.calls().active(connection).await.map_err(failed)?;
        for call in active.items {
            let theirs = call.client_state.as_deref().and_then(reference::decode);
            if theirs.as_deref() == Some(&ours) {
                let id = usable_id(call.call_control_id).ok_or_else(|| without_id(account))?;
                found.push(ProviderCallId::from(id));
            }
        }
    }
    let since = sent_at.checked_sub(SKEW).unwrap_or(Timestamp::MIN);
    let query = EventQuery::new().to(order.call.to.e164()).name("call.initiated").since(since);
    let rows = history::rows(&account.client, &budget, &query).await.map_err(failed)?;
    for payload in rows.iter().filter_map(|row| history::event(row)?.payload) {
        let theirs = payload.client_state.as_deref().and_then(reference::decode);
        if theirs.as_deref() != Some(&ours) {
            continue;
        }
        let to = payload.to.as_ref().and_then(|to| PhoneNumber::parse(to).ok());
        if to.is_some_and(|to| to != order.call.to) {
            let message = "a call with this attempt's reference is not to its number";
            return Err(failed(Error::new(ErrorKind::Decode, message)));
        }
        let id = usable_id(payload.call_control_id).ok_or_else(|| without_id(account))?;
        let id = ProviderCallId::from(id);
        if !found.contains(&id) {
            found.push(id);
        }
    }
    Ok(found.into_iter().map(|call| Trace { call, proof: Proof::Reference }).collect())
}

fn without_id(account: &Account) -> Error {
    let message = "a call with this attempt's reference has no id";
    account.failed("calls.trace", Error::new(ErrorKind::Decode, message))
}
