//! The record of one call.

use switchboard_core::{Error, ErrorKind, ProviderCallId, Result};

use crate::{CallEClient, wire};

/// Reads the record of one call. A record without an id is the one that was asked for, as it need
/// not repeat it; without a status as well, it is not a call's record.
pub(crate) async fn read(client: &CallEClient, id: &ProviderCallId) -> Result<wire::Call> {
    let mut call = client.calls().get(id.as_str()).await?;
    if call.id.is_none() && call.status.is_none() {
        return Err(missing(client));
    }
    call.id.get_or_insert_with(|| id.as_str().to_owned());
    Ok(call)
}

pub(crate) fn missing(client: &CallEClient) -> Error {
    let message = "the answer is not a call record: it has neither an id nor a status";
    Error::new(ErrorKind::Decode, message)
        .with_provider(client.provider().clone())
        .with_operation("calls.get")
}
