//! An account that is switched off and has no credential. Routes and experiments may still name it,
//! so that switching it off changes one word of the configuration. It refuses every request.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{
    Calls, Error, ErrorKind, PlaceError, PlaceRequest, Provider, ProviderCall, ProviderCallId,
    ProviderInfo, Result, Trace,
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
}

#[async_trait]
impl Calls for SwitchedOff {
    async fn place(&self, _request: &PlaceRequest) -> Result<ProviderCall, PlaceError> {
        Err(PlaceError::not_sent(self.refusal("calls.place")))
    }

    async fn get(&self, _id: &ProviderCallId) -> Result<ProviderCall> {
        Err(self.refusal("calls.get"))
    }

    async fn trace(&self, _request: &PlaceRequest, _sent_at: Timestamp) -> Result<Vec<Trace>> {
        Err(self.refusal("calls.trace"))
    }
}
