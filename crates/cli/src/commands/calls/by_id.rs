//! The call with an id, or with the beginning of one.

use switchboard::{Call, CallId, Error, ErrorKind, Journal, Result, journal::Selection};

use crate::{
    cli::CallRef,
    failure::{Failure, Outcome},
    output::masked,
};

/// The fewest digits of an id that are printed: those that say the time to a minute.
const FEWEST: usize = 8;
/// The most calls that are named if an id is ambiguous.
const NAMED: usize = 5;

/// The call with this id, or a "not found" error.
pub(super) async fn find_call(journal: &dyn Journal, id: CallId) -> Outcome<Call> {
    let call = journal.get(id).await?;
    Ok(call.ok_or_else(|| no_call(id.to_string()))?)
}

/// The id that begins like this.
///
/// # Errors
/// "Not found" if there is none, and wrong input if there are several. A whole id is not looked up.
pub(super) async fn find_id(journal: &dyn Journal, wanted: &CallRef) -> Outcome<CallId> {
    if let Some(id) = wanted.whole() {
        return Ok(id);
    }
    let mut found = beginning(journal, wanted, NAMED + 1).await?;
    match found.as_slice() {
        [] => Err(no_call(wanted.to_string()).into()),
        [only] => Ok(only.id),
        [..] => {
            let more = if found.len() > NAMED { ", and more" } else { "" };
            found.truncate(NAMED);
            let named: Vec<String> = found.iter().map(named).collect();
            Err(Failure::input(
                "ID",
                format!(
                    "{wanted} is the beginning of several ids, give more of it: {}{more}",
                    named.join(", ")
                ),
            ))
        }
    }
}

/// The ids that begin so.
///
/// # Errors
/// As [`find_id`].
pub(super) async fn find_ids(journal: &dyn Journal, wanted: &[CallRef]) -> Outcome<Vec<CallId>> {
    let mut ids = Vec::with_capacity(wanted.len());
    for one in wanted {
        ids.push(find_id(journal, one).await?);
    }
    Ok(ids)
}

/// The shortest beginning of each id that no other call's id has.
pub(super) async fn short(journal: &dyn Journal, ids: &[CallId]) -> Result<Vec<CallRef>> {
    let mut shortest = Vec::with_capacity(ids.len());
    for id in ids {
        let mut digits = FEWEST;
        loop {
            let candidate = CallRef::beginning(*id, digits);
            let same = beginning(journal, &candidate, 2).await?;
            match same.iter().find(|other| other.id != *id) {
                Some(other) => digits = common(*id, other.id) + 1,
                None => {
                    shortest.push(candidate);
                    break;
                }
            }
        }
    }
    Ok(shortest)
}

/// The first calls whose ids begin like this, at most so many.
async fn beginning(journal: &dyn Journal, like: &CallRef, most: usize) -> Result<Vec<Call>> {
    let selection = Selection {
        after: like.before(),
        limit: Some(u32::try_from(most).unwrap_or(u32::MAX)),
        ..Selection::default()
    };
    let mut calls = journal.select(&selection).await?;
    calls.retain(|call| like.matches(call.id));
    Ok(calls)
}

/// How many digits two ids have in common at their beginning.
fn common(one: CallId, other: CallId) -> usize {
    let differs = one.as_uuid().as_u128() ^ other.as_uuid().as_u128();
    usize::try_from(differs.leading_zeros() / 4).unwrap_or_default()
}

fn named(call: &Call) -> String {
    format!("{} (to {}, {})", call.id, masked(&call.to), call.status)
}

fn no_call(id: String) -> Error {
    Error::new(
        ErrorKind::NotFound,
        format!("there is no call {id} in this ledger, or it was erased"),
    )
}
