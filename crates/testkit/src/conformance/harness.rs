//! What the suite needs to know about, and do with, the simulator behind a backend.

use std::fmt::Debug;

use async_trait::async_trait;
use switchboard_core::{AgentId, PhoneNumber};

/// A way for a placing request to go wrong. The harness causes it, and decides accordingly whether
/// the phone rings; the suite knows what to expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlacingFault {
    /// The connection is refused. The phone does not ring.
    ConnectionRefused,
    /// The response is a server error, but the phone rings.
    ServerErrorAfterRing,
    /// The connection is reset after the request was read, but the phone rings.
    ResetAfterRing,
    /// The response is a success with an incomplete body. The phone rings.
    CutBodyAfterRing,
    /// Too many requests, with a `Retry-After` of 7 seconds. The phone does not ring.
    RateLimited,
    /// The credentials are rejected. The phone does not ring.
    Unauthorized,
    /// The number is on a do-not-call list. The phone does not ring.
    DoNotCall,
}

/// What the suite needs to know about, and do with, the simulator behind a backend.
#[async_trait]
pub trait Harness: Debug + Send + Sync {
    /// Returns a number that this provider calls and that no check has used before.
    fn fresh_number(&self) -> PhoneNumber;

    /// How often the phone with this number rang.
    fn rings(&self, number: &PhoneNumber) -> usize;

    /// The agent for placing calls, if the provider needs one.
    fn agent(&self) -> Option<AgentId>;

    /// Makes the next placing request to this number fail in this way.
    ///
    /// # Errors
    /// Why this fault cannot happen at this provider. The check is then excused with this reason.
    async fn inject(
        &self,
        fault: PlacingFault,
        number: &PhoneNumber,
    ) -> std::result::Result<(), String>;

    /// Removes the fault.
    async fn clear(&self);

    /// The credential, which must not appear in anything that is printed.
    fn secret(&self) -> String;

    /// Checks that cannot pass for this provider: the name of the check and the reason.
    fn excused(&self) -> Vec<(&'static str, &'static str)> {
        Vec::new()
    }
}
