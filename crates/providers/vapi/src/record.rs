//! The record of one call.

use switchboard_core::{Error, ErrorKind, ProviderCallId, Result};

use crate::{VapiClient, wire};

/// The record, with the id that was asked for where the answer has none. An answer without a status
/// as well is no record.
pub(crate) async fn read(client: &VapiClient, id: &ProviderCallId) -> Result<wire::Call> {
    let mut call = client.calls().get(id.as_str()).await?;
    if call.id.is_none() && call.status.is_none() {
        return Err(missing(client));
    }
    call.id.get_or_insert_with(|| id.as_str().to_owned());
    Ok(call)
}

/// The error for an answer that is not the record of a call.
pub(crate) fn missing(client: &VapiClient) -> Error {
    Error::new(ErrorKind::Decode, "the answer is not a call")
        .with_provider(client.provider().clone())
        .with_operation("calls.get")
}
