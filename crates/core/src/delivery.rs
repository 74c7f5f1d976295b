//! What the result of an attempt proves about whether the phone rang.

use serde::{Deserialize, Serialize};

/// Whether the phone may have rung, as far as the response or the failure proves it.
///
/// Every decision about sending again is based on this value and on nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "delivery", content = "refusal")]
pub enum Delivery {
    /// No byte of the request left this machine: it failed in name resolution, while connecting, in
    /// TLS, or before the body was polled.
    NotSent,
    /// The provider responded that it will not place this call.
    Refused(Refusal),
    /// The provider accepted the call. The call id may be missing or unreadable.
    Placed,
    /// Anything else: the phone may or may not have rung. Reconcile; never send again, never fail
    /// over.
    Unknown,
}

/// Which providers a refusal applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// This provider will not place this call; another may.
    ThisProvider,
    /// Too many requests: this provider may be tried again after a pause, another one immediately.
    RateLimited,
    /// Out of credit or over a budget: another provider may be tried only if the caller opted in.
    Quota,
    /// A person has to approve first. Another provider is never tried, because that would bypass
    /// the approval.
    NeedsApproval,
    /// The refusal is about the callee or the content and applies to every provider. Trying another
    /// one would evade a do-not-call list.
    Everyone,
}

impl Refusal {
    /// The word used in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Refusal::ThisProvider => "this_provider",
            Refusal::RateLimited => "rate_limited",
            Refusal::Quota => "quota",
            Refusal::NeedsApproval => "needs_approval",
            Refusal::Everyone => "everyone",
        }
    }
}

impl Delivery {
    /// True if this attempt certainly did not make the phone ring.
    pub const fn proves_no_ring(self) -> bool {
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
