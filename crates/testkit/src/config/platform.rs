//! What only the simulated Retell, CALL-E, Vapi and Telnyx can be set to.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::calls::Ending;

/// What the answer is to a request whose idempotency key is known, within the life of the key. No
/// provider documents it in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyRepeat {
    /// The answer to the first request, unchanged.
    #[default]
    FirstAnswer,
    /// The call of the first request as it is now.
    CurrentCall,
    /// A success without the id of a call.
    Silent,
    /// An error: 409 `idempotency_conflict` (CALL-E), 400 (Retell), 422 (Telnyx).
    Refused,
    /// None: the key is ignored, and the phone rings again.
    RingsAgain,
}

/// What happens to a call that begins while all concurrent calls of the account are in use. Vapi's
/// pages contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OverLimit {
    /// It is accepted, waits, and rings when another call has ended. The default, because this is
    /// the worst of the three for a client that stops looking.
    #[default]
    Waits,
    /// It is accepted and never dialled.
    NeverDialled,
    /// It is refused with 400.
    Refused,
}

/// How the simulated Vapi proves who sends a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VapiSignature {
    /// HMAC-SHA256 over `{timestamp}.{body}` in `x-signature` and `x-timestamp`.
    #[default]
    Hmac,
    /// The secret as a bearer credential.
    Bearer,
    /// The secret in `X-Vapi-Secret`.
    Secret,
    /// Nothing.
    Unsigned,
}

/// The settings; see the methods of [`SimConfig`].
#[derive(Clone, Default)]
pub(crate) struct Platform {
    pub(crate) endings: BTreeMap<String, Vec<Ending>>,
    pub(crate) key_repeat: KeyRepeat,
    pub(crate) other_body_refused: bool,
    pub(crate) key_life: Option<Duration>,
    pub(crate) concurrency: Option<usize>,
    pub(crate) over_limit: OverLimit,
    pub(crate) preparation: Duration,
    pub(crate) slot_lag: Duration,
    pub(crate) failed_key_refused: bool,
    pub(crate) webhook_url: Option<String>,
    pub(crate) webhook_failover_url: Option<String>,
    pub(crate) vapi_signature: VapiSignature,
    pub(crate) lists_undialled: bool,
    pub(crate) routes_once: bool,
}
