//! An account that is switched off and has no credential. Routes and experiments may still name it,
//! so that switching it off changes one word of the configuration. It refuses every request.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{
    Agents, CallControl, CallFilter, Calls, Error, ErrorKind, Numbers, Page, PageRequest,
    PlaceError, PlaceRequest, Provider, ProviderCall, ProviderCallId, ProviderInfo, Recording,
    Result, Trace, Transcript, Usage, Webhooks,
};

#[derive(Debug)]
pub(crate) struct SwitchedOff {
    info: ProviderInfo,
}

impl SwitchedOff {
    pub(crate) fn new(info: ProviderInfo) -> Arc<Self> {
        Arc::new(Self { info })
    }

    /// The error of every operation. Nothing was sent.
    fn refusal(&self, operation: &'static str) -> Error {
        Error::new(
            ErrorKind::Configuration,
            "is switched off and has no credential: enable it and set its key",
        )
        .with_field(format!("providers.{}", self.info.id))
        .with_operation(operation)
    }
}

impl Provider for SwitchedOff {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn calls(&self) -> &dyn Calls {
        self
    }

    fn call_control(&self) -> Option<&dyn CallControl> {
        None
    }

    fn agents(&self) -> Option<&dyn Agents> {
        None
    }

    fn numbers(&self) -> Option<&dyn Numbers> {
        None
    }

    fn webhooks(&self) -> Option<&dyn Webhooks> {
        None
    }

    fn usage(&self) -> Option<&dyn Usage> {
        None
    }
}

#[async_trait]
impl Calls for SwitchedOff {
    async fn place(&self, _request: &PlaceRequest) -> Result<ProviderCall, PlaceError> {
        Err(PlaceError::not_sent(self.refusal("calls.place")))
    }

    async fn get(&self, _id: &ProviderCallId) -> Result<ProviderCall> {
        Err(self.refusal("calls.get"))
    }

    async fn list(&self, _filter: &CallFilter, _page: &PageRequest) -> Result<Page<ProviderCall>> {
        Err(self.refusal("calls.list"))
    }

    async fn transcript(&self, _id: &ProviderCallId) -> Result<Transcript> {
        Err(self.refusal("calls.transcript"))
    }

    async fn recording(&self, _id: &ProviderCallId) -> Result<Recording> {
        Err(self.refusal("calls.recording"))
    }

    async fn trace(&self, _request: &PlaceRequest, _sent_at: Timestamp) -> Result<Vec<Trace>> {
        Err(self.refusal("calls.trace"))
    }
}
