//! The capacity that is reserved for one call.

use switchboard_core::ProviderId;
use switchboard_router::Scope;

/// The capacity that is reserved for one call at one provider. Nothing is reserved for limits that
/// are not set.
#[derive(Debug)]
pub(super) struct Reserved {
    pub(super) provider: ProviderId,
    /// True if a slot of the provider's rate limit is reserved.
    pub(super) rate_slot: bool,
    /// True if one of the provider's concurrency slots is reserved.
    pub(super) concurrency_slot: bool,
    /// The tenant and agent profile scopes in which one call each is reserved.
    pub(super) gates: Vec<Scope>,
}

impl Reserved {
    pub(super) fn is_empty(&self) -> bool {
        !self.rate_slot && !self.concurrency_slot && self.gates.is_empty()
    }
}
