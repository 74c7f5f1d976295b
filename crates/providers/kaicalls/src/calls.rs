//! Placing and reading calls.

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{
    AgentId, CallFilter, CallOrder, Calls, Error, ErrorKind, Page, PageRequest, PlaceError,
    ProviderCall, ProviderCallId, ProviderId, Recording, Result, Trace, Transcript,
};
use switchboard_http::{Bounds, Walk};

use crate::{
    KaiCallsClient, api::CreateCall, content, context::context, convert, listing, trace, wire,
};

/// [`Calls`] on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct KaiCallsCalls {
    client: KaiCallsClient,
    default_agent: Option<AgentId>,
}

impl KaiCallsCalls {
    pub(crate) fn new(client: KaiCallsClient, default_agent: Option<AgentId>) -> Self {
        Self { client, default_agent }
    }

    fn provider(&self) -> &ProviderId {
        self.client.provider()
    }

    fn agent<'a>(&'a self, order: &'a CallOrder) -> Option<&'a AgentId> {
        order.agent.as_ref().or(self.default_agent.as_ref())
    }

    /// What goes out for an order. Nothing has left where it fails.
    fn request(&self, order: &CallOrder) -> Result<CreateCall> {
        let agent = self.agent(order).ok_or_else(|| {
            Error::new(
                ErrorKind::Configuration,
                "is not set and the call names no agent: set it, or map the call's agent profile to a KaiCalls agent",
            )
            .with_field("agent_id")
            .with_provider(self.provider().clone())
            .with_operation("calls.place")
        })?;
        let call = &order.call;
        let seconds = order.max_duration.as_secs().max(1);
        let mut request = CreateCall::new(agent.as_str(), call.to.e164())
            .context(context(call))
            .max_duration(seconds);
        if let Some(name) = &call.callee_name {
            request = request.name(name.as_str());
        }
        if let Some(line) = call.first_message.as_deref().filter(|line| !line.is_empty()) {
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
    async fn place(&self, order: &CallOrder) -> Result<ProviderCall, PlaceError> {
        let request = self.request(order).map_err(PlaceError::not_sent)?;
        let placed = self.client.calls().create(&request).await?;
        convert::placed(self.provider(), order.call.to, placed).ok_or_else(|| {
            PlaceError::placed(
                Error::new(ErrorKind::Decode, "the call was placed and the answer has no id")
                    .with_provider(self.provider().clone())
                    .with_operation("calls.place"),
            )
        })
    }

    async fn get(&self, id: &ProviderCallId) -> Result<ProviderCall> {
        let call = detail(&self.client, id).await?;
        convert::call(self.provider(), call).ok_or_else(|| no_record(&self.client))
    }

    async fn list(&self, filter: &CallFilter, page: &PageRequest) -> Result<Page<ProviderCall>> {
        let walk = Walk::new(self.provider().clone(), Bounds::PAGE);
        listing::page(&self.client.within(&walk), &walk, filter, page).await
    }

    async fn transcript(&self, id: &ProviderCallId) -> Result<Transcript> {
        content::transcript(&self.client, id).await
    }

    async fn recording(&self, id: &ProviderCallId) -> Result<Recording> {
        content::recording(&self.client, id).await
    }

    async fn trace(&self, order: &CallOrder, sent_at: Timestamp) -> Result<Vec<Trace>> {
        trace::trace(&self.client, self.agent(order), order, sent_at).await
    }
}

/// One call's record, and no other's: what is in it is somebody's conversation. One that need not
/// repeat its id is the one that was asked for; what has no status either is no record of a call.
pub(crate) async fn detail(client: &KaiCallsClient, id: &ProviderCallId) -> Result<wire::Call> {
    let mut call = client.calls().get(id.as_str()).await?;
    if call.id.is_none() && call.status.is_none() {
        return Err(no_record(client));
    }
    call.id.get_or_insert_with(|| id.as_str().to_owned());
    Ok(call)
}

pub(crate) fn no_record(client: &KaiCallsClient) -> Error {
    Error::new(ErrorKind::Decode, "the answer is no record of a call: it has neither id nor status")
        .with_provider(client.provider().clone())
        .with_operation("calls.get")
}
