//! Placing, reading and cancelling calls.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{
    Calls, CancelCalls, Error, ErrorKind, PlaceError, PlaceRequest, ProviderCall, ProviderCallId,
    Result, Trace, Transcript, Transcripts,
};

use crate::{account::Account, content, convert, order, record};

/// [`Calls`] and what else can be done with them, on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct CallECalls(pub(crate) Arc<Account>);

#[async_trait]
impl Calls for CallECalls {
    async fn place(&self, order: &PlaceRequest) -> Result<ProviderCall, PlaceError> {
        let account = &self.0;
        let request = order::request(order);
        let placed = account.client.calls().create(&request, order.idempotency_key).await?;
        convert::call(account.provider(), placed).ok_or_else(|| {
            let message = "the call was placed and the answer has no id";
            let error = Error::new(ErrorKind::Decode, message);
            PlaceError::placed(account.failed("calls.place", error))
        })
    }

    async fn get(&self, id: &ProviderCallId) -> Result<ProviderCall> {
        let account = &self.0;
        let call = record::read(&account.client, id).await?;
        convert::call(account.provider(), call).ok_or_else(|| record::missing(&account.client))
    }

    /// Nothing: there is no list of calls. A call is found by a repeat of its request under the same
    /// key, or by its webhook.
    async fn trace(&self, _order: &PlaceRequest, _sent_at: Timestamp) -> Result<Vec<Trace>> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Transcripts for CallECalls {
    async fn transcript(&self, id: &ProviderCallId) -> Result<Transcript> {
        content::transcript(&self.0.client, id).await
    }
}

#[async_trait]
impl CancelCalls for CallECalls {
    async fn cancel(&self, id: &ProviderCallId) -> Result<()> {
        self.0.client.calls().cancel(id.as_str()).await
    }
}
