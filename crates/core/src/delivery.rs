//! What an attempt can tell about the phone.

use serde::{Deserialize, Serialize};

/// Whether the phone may have rung, as far as a failure or an answer proves it.
///
/// Everything that decides about a second try reads this and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "delivery", content = "refusal")]
pub enum Delivery {
    /// No byte of the request left this machine: name resolution, connection, TLS, or a body that
    /// was never polled.
    NotSent,
    /// The provider answered that it will not place this call.
    Refused(Refusal),
    /// The provider answered with a call; its id may be missing or unreadable.
    Placed,
    /// Anything else: it may or may not have rung. Reconcile; never send again, never fail over.
    Unknown,
}

/// Whom a refusal binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// This provider will not place this call; another may.
    ThisProvider,
    /// Too many requests: this provider may be asked again after a pause, another at once.
    RateLimited,
    /// Out of credit or over a budget: another provider only where the caller opted in.
    Quota,
    /// A person has to approve first: never around it.
    NeedsApproval,
    /// About the callee or the content: it binds every provider. Asking the next one would be
    /// shopping around a do-not-call list.
    Everyone,
}

impl Delivery {
    /// True where the phone certainly did not ring by this attempt.
    pub const fn proves_silence(self) -> bool {
        match self {
            Delivery::NotSent | Delivery::Refused(_) => true,
            Delivery::Placed | Delivery::Unknown => false,
        }
    }

    /// The word used in journals, tables and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Delivery::NotSent => "not_sent",
            Delivery::Refused(_) => "refused",
            Delivery::Placed => "placed",
            Delivery::Unknown => "unknown",
        }
    }
}
