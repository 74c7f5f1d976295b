//! A provider that takes every call at once and sends nothing: what is left of `place` is the
//! router's own cost.

use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard::core::{
    Calls, Error, ErrorKind, PlaceError, PlaceRequest, Provider, ProviderCall, ProviderCallId,
    ProviderInfo, ProviderState, Result, Trace,
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
}
