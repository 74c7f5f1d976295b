//! What an attempt has to reserve before it may be sent: slots of rate limits, a place among the
//! calls under way, its share of the budgets, and the callee's leave to be rung.

use std::{fmt, time::Duration};

use jiff::Timestamp;
use switchboard_core::{Money, ProfileName, ProviderId, RequestLimit, RingCap, TenantId};

/// What an attempt needs before it may be sent.
#[derive(Debug, Clone, Default)]
pub struct Reservation {
    /// A slot in the current window of each of these rate limits.
    pub rate_slots: Vec<RateSlot>,
    /// One of the concurrent calls that each of these limits allows.
    pub concurrency_slots: Vec<ConcurrencySlot>,
    /// What it may cost at most.
    pub hold: Option<BudgetHold>,
    /// No other attempt of the same provider and agent may be in doubt: unknown, reconciling or
    /// indeterminate, its provider's id unknown. An attempt without an agent may be any agent's.
    pub certain_agent: bool,
    /// What the callee's own wishes and earlier rings allow. `None` checks neither.
    pub callee: Option<CalleeLimits>,
}

/// The conditions on which the callee's phone may ring: they have not asked not to be called again,
/// and it has not rung too often. Both are about the person, whatever tenant, provider or purpose
/// the calls were for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CalleeLimits {
    /// How often the phone may have rung before. Without any, only the wish not to be called again
    /// is checked.
    pub caps: Vec<RingCap>,
}

/// One slot of a limit that all processes share. In every window `(t - window, t]` at most `limit`
/// slots are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateSlot {
    /// Whose limit.
    pub scope: Scope,
    /// Slots in any window.
    pub limit: u32,
    /// How long the window is.
    pub window: Duration,
}

impl RateSlot {
    /// A slot of this limit.
    pub fn new(scope: Scope, limit: RequestLimit) -> Self {
        Self { scope, limit: limit.requests, window: limit.window }
    }
}

/// One of the calls that may be under way at once, over all processes. It is given back when the
/// attempt is over or provably reached no phone (`holds_concurrency` of the journal), and at
/// `until` at the latest, so that a call whose end nobody sees does not hold it for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConcurrencySlot {
    /// Whose limit.
    pub scope: Scope,
    /// How many may be under way.
    pub limit: u32,
    /// When it is given back, whatever is known.
    pub until: Timestamp,
}

/// An amount held back from budgets until the bill is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetHold {
    /// The most that the attempt can cost.
    pub amount: Money,
    /// Every budget that it counts against; all in the amount's currency.
    pub budgets: Vec<Budgeted>,
}

/// One budget in one of its periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budgeted {
    /// Its name.
    pub name: String,
    /// When the period began; the same for every call in it.
    pub period: Timestamp,
    /// How much may be spent and held in it.
    pub limit: Money,
}

/// Whose limit it is. Its text is what journals keep.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Requests that place a call at a provider: `kaicalls/place`.
    Placing(ProviderId),
    /// The same in another window than the first, in seconds: `kaicalls/place/86400`.
    PlacingIn(ProviderId, u64),
    /// Calls from a number of a provider's account, by its name, in a window of so many seconds:
    /// `retell/from/west/86400`.
    Number(ProviderId, String, u64),
    /// Calls under way at a provider: `kaicalls`.
    Calls(ProviderId),
    /// Calls of a tenant: `tenant/acme`.
    Tenant(TenantId),
    /// Calls of an agent profile: `agent/support`.
    Profile(ProfileName),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Placing(provider) => write!(f, "{provider}/place"),
            Scope::PlacingIn(provider, seconds) => write!(f, "{provider}/place/{seconds}"),
            Scope::Number(provider, name, seconds) => {
                write!(f, "{provider}/from/{name}/{seconds}")
            }
            Scope::Calls(provider) => write!(f, "{provider}"),
            Scope::Tenant(tenant) => write!(f, "tenant/{tenant}"),
            Scope::Profile(profile) => write!(f, "agent/{profile}"),
        }
    }
}

impl Scope {
    /// True for the limit of a caller or of an agent profile, false for a provider's.
    pub const fn is_callers(&self) -> bool {
        match self {
            Scope::Tenant(_) | Scope::Profile(_) => true,
            Scope::Placing(_) | Scope::PlacingIn(..) | Scope::Number(..) | Scope::Calls(_) => false,
        }
    }
}
