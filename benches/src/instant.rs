//! A provider that takes every call at once and sends nothing: what is left of `place` is the
//! router's own cost.

use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard::core::{
    Agents, CallControl, CallFilter, Calls, Error, ErrorKind, Numbers, Page, PageRequest,
    PlaceError, PlaceRequest, Provider, ProviderCall, ProviderCallId, ProviderInfo, ProviderState,
    Recording, Result, Trace, Transcript, Usage, Webhooks,
};

/// Takes calls and never ends them.
#[derive(Debug)]
pub struct Instant {
    info: ProviderInfo,
    taken: AtomicU64,
}

impl Instant {
    /// One with these limits and countries.
    pub fn new(info: ProviderInfo) -> Self {
        Self { info, taken: AtomicU64::new(0) }
    }

    fn lacks<T>() -> Result<T> {
        Err(Error::new(ErrorKind::Unsupported, "is never asked for in a benchmark"))
    }
}

#[async_trait]
impl Calls for Instant {
    async fn place(&self, order: &PlaceRequest) -> Result<ProviderCall, PlaceError> {
        let mut report = ProviderCall::new(
            self.info.id.clone(),
            ProviderCallId::new(format!("call-{}", self.taken.fetch_add(1, Ordering::Relaxed))),
            ProviderState::Queued,
            "queued".to_owned(),
        );
        report.to = Some(order.call.to);
        Ok(report)
    }

    async fn get(&self, _id: &ProviderCallId) -> Result<ProviderCall> {
        Self::lacks()
    }

    async fn list(&self, _filter: &CallFilter, _page: &PageRequest) -> Result<Page<ProviderCall>> {
        Self::lacks()
    }

    async fn transcript(&self, _id: &ProviderCallId) -> Result<Transcript> {
        Self::lacks()
    }

    async fn recording(&self, _id: &ProviderCallId) -> Result<Recording> {
        Self::lacks()
    }

    async fn trace(&self, _order: &PlaceRequest, _sent_at: Timestamp) -> Result<Vec<Trace>> {
        Self::lacks()
    }
}

impl Provider for Instant {
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
