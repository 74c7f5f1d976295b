//! What is reserved at one provider for one call.

use switchboard_core::ProviderId;
use switchboard_router::Scope;

/// What is set aside at one provider; nothing of what is not limited.
#[derive(Debug)]
pub(super) struct Reserved {
    pub(super) provider: ProviderId,
    /// A slot of its rate limit.
    pub(super) slot: bool,
    /// One of the calls that it may have under way.
    pub(super) room: bool,
    /// One call each of its caller's and its agent profile's limits.
    pub(super) gates: Vec<Scope>,
}

impl Reserved {
    pub(super) fn is_empty(&self) -> bool {
        !self.slot && !self.room && self.gates.is_empty()
    }
}
