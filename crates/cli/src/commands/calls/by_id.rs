//! The call with an id.

use switchboard::{Call, CallId, Error, ErrorKind, Journal};

use crate::failure::Outcome;

/// The call with this id, or a "not found" error.
pub(super) async fn find_call(journal: &dyn Journal, id: CallId) -> Outcome<Call> {
    let call = journal.get(id).await?;
    Ok(call.ok_or_else(|| {
        Error::new(
            ErrorKind::NotFound,
            format!("there is no call {id} in this ledger, or it was erased"),
        )
    })?)
}
