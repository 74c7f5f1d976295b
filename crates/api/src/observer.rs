//! Who is told what happens in this process: for metrics, which this crate knows nothing of.

use std::fmt::Debug;

use switchboard::ProviderId;

/// What became of one try to deliver an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryResult {
    /// The endpoint answered with 2xx.
    Delivered,
    /// It failed, and is tried again.
    Retried,
    /// It failed, and is not tried again.
    Dead,
}

/// What became of a webhook that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HookResult {
    /// It is stored.
    Stored,
    /// Its address was never issued, or has expired.
    NotFound,
    /// Too much arrived at its address.
    RateLimited,
    /// Its body could not be read, or is no webhook of the provider.
    Invalid,
    /// It could not be stored. The provider sends it again.
    Failed,
}

/// Is told what happens in this process. It is called from within requests, so it has to be quick.
pub trait Observer: Debug + Send + Sync {
    /// An event was posted to an endpoint.
    fn delivered(&self, result: DeliveryResult);

    /// A webhook of a provider arrived. The provider is known if the address is ours.
    fn arrived(&self, provider: Option<&ProviderId>, result: HookResult);
}
