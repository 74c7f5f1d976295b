//! Webhooks in both directions, as the API tells of them.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};
use switchboard::ProviderId;
use switchboard_api::{DeliveryResult, HookResult, Observer};

/// The counters. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Webhooks {
    sent: Family<Sent, Counter>,
    arrived: Family<Arrived, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Sent {
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Arrived {
    /// The provider whose address it is, or `none`: what a stranger writes is no label.
    provider: String,
    result: &'static str,
}

impl Webhooks {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let webhooks = Self::default();
        registry.register(
            "deliveries",
            "Tries of this process to deliver an event to an endpoint",
            webhooks.sent.clone(),
        );
        registry.register(
            "hooks",
            "Webhooks of providers that arrived at this process",
            webhooks.arrived.clone(),
        );
        webhooks
    }
}

impl Observer for Webhooks {
    fn delivered(&self, result: DeliveryResult) {
        let result = match result {
            DeliveryResult::Delivered => "delivered",
            DeliveryResult::Retried => "retried",
            DeliveryResult::Dead => "dead",
        };
        self.sent.get_or_create(&Sent { result }).inc();
    }

    fn arrived(&self, provider: Option<&ProviderId>, result: HookResult) {
        let provider = provider.map_or("none", ProviderId::as_str).to_owned();
        let result = match result {
            HookResult::Stored => "stored",
            HookResult::NotFound => "not_found",
            HookResult::RateLimited => "rate_limited",
            HookResult::Invalid => "invalid",
            HookResult::Failed => "failed",
        };
        self.arrived.get_or_create(&Arrived { provider, result }).inc();
    }
}
