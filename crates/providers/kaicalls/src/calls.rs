//! Placing and reading calls.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{
    CallFilter, CallLists, Calls, Error, ErrorKind, Page, PageRequest, PlaceError, PlaceRequest,
    ProviderCall, ProviderCallId, Recording, Recordings, Result, Trace, Transcript, Transcripts,
};
use switchboard_http::{ReadBudget, ReadLimits};

use crate::{
    account::Account, api::CreateCall, content, context::context, convert, listing, record, trace,
};

/// [`Calls`] on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct KaiCallsCalls(pub(crate) Arc<Account>);

impl KaiCallsCalls {
    /// The request to send. If this fails, nothing was sent.
    fn request(&self, order: &PlaceRequest) -> Result<CreateCall> {
        let agent = self.0.agent(order).ok_or_else(|| {
            Error::new(
                ErrorKind::Configuration,
                "is not set and the call names no agent: set it, or map the call's agent profile to a KaiCalls agent",
            )
            .with_field("agent_id")
            .with_provider(self.0.provider().clone())
            .with_operation("calls.place")
        })?;
        let call = &order.call;
        let seconds = order.max_duration.as_secs().max(1);
        let mut request = CreateCall::new(agent.as_str(), call.to.e164())
            .context(context(call, &order.instructions))
            .max_duration(seconds);
        if let Some(name) = &call.callee_name {
            request = request.name(name.as_str());
        }
        if let Some(line) = order.first_message.as_deref().filter(|line| !line.is_empty()) {
            request = request.first_message(line);
        }
        if let Some(lead) = &call.lead_id {
            request = request.lead_id(lead.as_str());
        }
        if let Some(url) = &order.webhook_url {
            request = request.webhook_url(url.as_str());
        }
        Ok(request)
    }
}

#[async_trait]
impl Calls for KaiCallsCalls {
    async fn place(&self, order: &PlaceRequest) -> Result<ProviderCall, PlaceError> {
        let request = self.request(order).map_err(PlaceError::not_sent)?;
        let placed = self.0.client.calls().create(&request).await?;
        convert::placed(self.0.provider(), order.call.to, placed).ok_or_else(|| {
            PlaceError::placed(
                Error::new(ErrorKind::Decode, "the call was placed and the answer has no id")
                    .with_provider(self.0.provider().clone())
                    .with_operation("calls.place"),
            )
        })
    }

    async fn get(&self, id: &ProviderCallId) -> Result<ProviderCall> {
        let call = record::read(&self.0.client, id).await?;
        convert::call(self.0.provider(), call).ok_or_else(|| record::missing(&self.0.client))
    }

    async fn trace(&self, order: &PlaceRequest, sent_at: Timestamp) -> Result<Vec<Trace>> {
        trace::trace(&self.0.client, self.0.agent(order), order, sent_at).await
    }
}

#[async_trait]
impl CallLists for KaiCallsCalls {
    async fn list(&self, filter: &CallFilter, page: &PageRequest) -> Result<Page<ProviderCall>> {
        let budget = ReadBudget::new(self.0.provider().clone(), ReadLimits::PAGE);
        listing::page(&self.0.client.within(&budget), &budget, filter, page).await
    }
}

#[async_trait]
impl Transcripts for KaiCallsCalls {
    async fn transcript(&self, id: &ProviderCallId) -> Result<Transcript> {
        content::transcript(&self.0.client, id).await
    }
}

#[async_trait]
impl Recordings for KaiCallsCalls {
    async fn recording(&self, id: &ProviderCallId) -> Result<Recording> {
        content::recording(&self.0.client, id).await
    }
}
