//! Placing, reading and stopping calls.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{
    CallFilter, CallLists, Calls, Error, ErrorKind, Page, PageRequest, PlaceError, PlaceRequest,
    ProviderCall, ProviderCallId, Recording, Recordings, Result, StopCalls, Trace, Transcript,
    Transcripts,
};
use switchboard_http::{ReadBudget, ReadLimits};

use crate::{account::Account, content, convert, listing, order, record, trace};

/// [`Calls`] and what else can be done with them, on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct RetellCalls(pub(crate) Arc<Account>);

#[async_trait]
impl Calls for RetellCalls {
    async fn place(&self, order: &PlaceRequest) -> Result<ProviderCall, PlaceError> {
        let account = &self.0;
        let request = order::request(account, order).map_err(PlaceError::not_sent)?;
        let placed = account.client.calls().create(&request).await?;
        convert::placed(account.provider(), &account.config.not_dialled, order.call.to, placed)
            .ok_or_else(|| {
                let message = "the call was placed and the answer has no id";
                let error = Error::new(ErrorKind::Decode, message);
                PlaceError::placed(account.failed("calls.place", error))
            })
    }

    async fn get(&self, id: &ProviderCallId) -> Result<ProviderCall> {
        let account = &self.0;
        let call = record::read(&account.client, id).await?;
        convert::call(account.provider(), &account.config.not_dialled, call)
            .ok_or_else(|| record::missing(&account.client))
    }

    async fn trace(&self, order: &PlaceRequest, _sent_at: Timestamp) -> Result<Vec<Trace>> {
        trace::trace(&self.0, order).await
    }
}

#[async_trait]
impl CallLists for RetellCalls {
    async fn list(&self, filter: &CallFilter, page: &PageRequest) -> Result<Page<ProviderCall>> {
        let account = &self.0;
        let budget = ReadBudget::new(account.provider().clone(), ReadLimits::PAGE);
        listing::page(&account.client, &account.config.not_dialled, &budget, filter, page).await
    }
}

#[async_trait]
impl Transcripts for RetellCalls {
    async fn transcript(&self, id: &ProviderCallId) -> Result<Transcript> {
        content::transcript(&self.0.client, id).await
    }
}

#[async_trait]
impl Recordings for RetellCalls {
    async fn recording(&self, id: &ProviderCallId) -> Result<Recording> {
        content::recording(&self.0.client, id).await
    }
}

#[async_trait]
impl StopCalls for RetellCalls {
    async fn stop(&self, id: &ProviderCallId) -> Result<()> {
        self.0.client.calls().stop(id.as_str()).await
    }
}
