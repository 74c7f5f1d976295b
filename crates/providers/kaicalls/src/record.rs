//! The record of one call.

use switchboard_core::{Error, ErrorKind, ProviderCallId, Result};

use crate::{KaiCallsClient, wire};

/// One call's record, and no other's: what is in it is somebody's conversation. One that need not
/// repeat its id is the one that was asked for; what has no status either is no record of a call.
pub(crate) async fn read(client: &KaiCallsClient, id: &ProviderCallId) -> Result<wire::Call> {
    let mut call = client.calls().get(id.as_str()).await?;
    if call.id.is_none() && call.status.is_none() {
        return Err(missing(client));
    }
    call.id.get_or_insert_with(|| id.as_str().to_owned());
    Ok(call)
}

pub(crate) fn missing(client: &KaiCallsClient) -> Error {
    Error::new(ErrorKind::Decode, "the answer is no record of a call: it has neither id nor status")
        .with_provider(client.provider().clone())
        .with_operation("calls.get")
}
