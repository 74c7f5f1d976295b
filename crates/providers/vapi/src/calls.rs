//! Placing, reading, stopping and cancelling calls.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{
    CallFilter, CallLists, Calls, CancelCalls, Error, ErrorKind, Page, PageRequest, PlaceError,
    PlaceRequest, ProviderCall, ProviderCallId, ProviderState, Recording, Recordings, Result,
    StopCalls, Trace, Transcript, Transcripts,
};
use switchboard_http::{ReadBudget, ReadLimits};

use crate::{
    account::Account,
    content, convert, listing, order, record,
    state::{CallFacts, state},
    trace,
};

/// [`Calls`] and what else can be done with them, on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct VapiCalls(pub(crate) Arc<Account>);

impl VapiCalls {
    fn conflict(&self, operation: &'static str, message: &'static str) -> Error {
        self.0.failed(operation, Error::new(ErrorKind::Conflict, message))
    }
}

#[async_trait]
impl Calls for VapiCalls {
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

    async fn trace(&self, order: &PlaceRequest, sent_at: Timestamp) -> Result<Vec<Trace>> {
        trace::trace(&self.0, order, sent_at).await
    }
}

#[async_trait]
impl CallLists for VapiCalls {
    async fn list(&self, filter: &CallFilter, page: &PageRequest) -> Result<Page<ProviderCall>> {
        let account = &self.0;
        let budget = ReadBudget::new(account.provider().clone(), ReadLimits::PAGE);
        listing::page(&account.client, &account.config.not_dialled, &budget, filter, page).await
    }
}

#[async_trait]
impl Transcripts for VapiCalls {
    async fn transcript(&self, id: &ProviderCallId) -> Result<Transcript> {
        content::transcript(&self.0.client, id).await
    }
}

#[async_trait]
impl Recordings for VapiCalls {
    async fn recording(&self, id: &ProviderCallId) -> Result<Recording> {
        content::recording(&self.0.client, id).await
    }
}

#[async_trait]
impl StopCalls for VapiCalls {
    /// Vapi has no such request but the secret control URL of each call, which is in its record if
    /// the call was placed with it, as this crate does.
    async fn stop(&self, id: &ProviderCallId) -> Result<()> {
        const OPERATION: &str = "calls.stop";
        let account = &self.0;
        let call = record::read(&account.client, id).await?;
        if state(CallFacts::of(&call), &account.config.not_dialled).is_over() {
            return Err(self.conflict(OPERATION, "the call has ended"));
        }
        let url = call.monitor.and_then(|monitor| monitor.control_url).ok_or_else(|| {
            let message = "the record has no control URL: either the call was placed without it, or it is not live yet";
            self.conflict(OPERATION, message)
        })?;
        let ended = account.client.calls().end(&url).await;
        ended.map_err(|error| account.failed(OPERATION, error))
    }
}

#[async_trait]
impl CancelCalls for VapiCalls {
    /// Only a call that is scheduled is cancelled, by deleting it. The same request for another call
    /// deletes the data of that call, so its status is read first.
    async fn cancel(&self, id: &ProviderCallId) -> Result<()> {
        const OPERATION: &str = "calls.cancel";
        let account = &self.0;
        let call = record::read(&account.client, id).await?;
        if state(CallFacts::of(&call), &account.config.not_dialled) != ProviderState::Scheduled {
            let message = "only a call that is scheduled can be cancelled: stop this one instead";
            return Err(self.conflict(OPERATION, message));
        }
        account.client.calls().delete(id.as_str()).await
    }
}
