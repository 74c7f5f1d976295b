//! Why a journal does not write: a rule denies it, the facts make no sense, or it cannot be
//! written.
//!
//! What the journal denies decides whether a phone rings, so it is an enum that is matched without
//! a catch-all arm: a new rule does not compile until every caller handles it.

use std::{fmt, time::Duration};

use switchboard_core::{CallId, Error, ErrorKind, Money};
use switchboard_router::Scope;

/// A rule of the journal that a write would break. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denied {
    /// The person is on another call of the same tenant.
    CalleeBusy {
        /// Which one, where the journal knows.
        by: Option<CallId>,
    },
    /// The call has an attempt that may still ring.
    AttemptInFlight,
    /// The provider's call belongs to this call.
    OwnedBy(CallId),
    /// Another process owns the call, and only the owner may write this fact.
    NotOwner,
    /// The agent has a call that may have rung and that nothing identifies yet.
    AgentInDoubt,
    /// The rate limit has no free slot.
    RateLimited {
        /// Whose limit.
        scope: Scope,
        /// How long until a slot frees, by the journal's clock.
        wait: Duration,
    },
    /// As many calls are under way as may be.
    ConcurrencyFull {
        /// Whose limit.
        scope: Scope,
        /// How many may be under way.
        limit: u32,
        /// How long until a slot frees at the latest, by the journal's clock.
        wait: Duration,
    },
    /// The budget does not cover what the attempt may cost.
    OverBudget {
        /// The budget's name.
        budget: String,
        /// How much may be spent in its period.
        limit: Money,
        /// What the attempt may cost.
        amount: Money,
    },
    /// The attempt already holds its share of the budgets.
    HoldExists,
    /// The callee asked not to be called again.
    OptedOut,
    /// The callee's phone has rung as often as a rule allows.
    CapReached {
        /// The id of the rule.
        rule: String,
    },
}

impl Denied {
    /// The rule that this error reports, where it reports one.
    pub fn in_error(error: &Error) -> Option<&Self> {
        std::error::Error::source(error)?.downcast_ref()
    }

    /// The stable word for it in logs and in `Error::code`.
    pub const fn code(&self) -> &'static str {
        match self {
            Denied::CalleeBusy { .. } => "callee_busy",
            Denied::AttemptInFlight => "attempt_in_flight",
            Denied::OwnedBy(_) => "owned",
            Denied::NotOwner => "not_owner",
            Denied::AgentInDoubt => "agent_in_doubt",
            Denied::RateLimited { .. } => "rate_limited",
            Denied::ConcurrencyFull { .. } => "concurrency_full",
            Denied::OverBudget { .. } => "over_budget",
            Denied::HoldExists => "hold_exists",
            Denied::OptedOut => "opted_out",
            Denied::CapReached { .. } => "cap_reached",
        }
    }

    const fn kind(&self) -> ErrorKind {
        match self {
            Denied::RateLimited { .. } | Denied::ConcurrencyFull { .. } => ErrorKind::RateLimited,
            Denied::OverBudget { .. } => ErrorKind::QuotaExceeded,
            Denied::CalleeBusy { .. }
            | Denied::AttemptInFlight
            | Denied::OwnedBy(_)
            | Denied::NotOwner
            | Denied::AgentInDoubt
            | Denied::HoldExists => ErrorKind::Conflict,
            Denied::OptedOut | Denied::CapReached { .. } => ErrorKind::Blocked,
        }
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Denied::CalleeBusy { by: Some(call) } => write!(f, "is on another call, {call}"),
            Denied::CalleeBusy { by: None } => f.write_str("is on another call"),
            Denied::AttemptInFlight => f.write_str("the call already has an attempt in flight"),
            Denied::OwnedBy(call) => write!(f, "belongs to the call {call}"),
            Denied::NotOwner => f.write_str("another process owns the call"),
            Denied::AgentInDoubt => f.write_str("the agent has a call that may have rung"),
            Denied::RateLimited { scope, .. } => {
                write!(f, "{scope} has no free slot in its window")
            }
            Denied::ConcurrencyFull { scope, limit, .. } => {
                write!(f, "{scope} has {limit} calls under way, the most that are allowed")
            }
            Denied::OverBudget { budget, limit, amount } => {
                write!(f, "the budget {budget} of {limit} does not cover {amount} more")
            }
            Denied::HoldExists => f.write_str("the attempt already holds its share of the budgets"),
            Denied::OptedOut => f.write_str("the callee asked not to be called again"),
            Denied::CapReached { rule } => {
                write!(f, "the callee's phone has rung as often as the rule {rule} allows")
            }
        }
    }
}

impl std::error::Error for Denied {}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        let error = Error::new(denied.kind(), denied.to_string()).with_code(denied.code());
        let error = match &denied {
            Denied::CalleeBusy { .. } | Denied::OptedOut | Denied::CapReached { .. } => {
                error.with_field("to")
            }
            Denied::OwnedBy(_) => error.with_field("provider_call_id"),
            Denied::RateLimited { scope, wait } | Denied::ConcurrencyFull { scope, wait, .. } => {
                error.with_field(scope.to_string()).with_retry_after(*wait)
            }
            Denied::AttemptInFlight
            | Denied::NotOwner
            | Denied::AgentInDoubt
            | Denied::OverBudget { .. }
            | Denied::HoldExists => error,
        };
        error.with_source(denied)
    }
}

/// Why facts were not written.
#[derive(Debug)]
pub enum WriteError {
    /// A rule denies it. Nothing was written.
    Denied(Denied),
    /// There is no such call, or its state does not allow the facts. Nothing was written.
    Rejected(Error),
    /// The journal cannot be written, or it is unknown whether it was. Nothing may be sent any
    /// more.
    Unavailable(Error),
}

impl WriteError {
    /// The rule that denies it, where one does.
    pub const fn denied(&self) -> Option<&Denied> {
        match self {
            WriteError::Denied(denied) => Some(denied),
            WriteError::Rejected(_) | WriteError::Unavailable(_) => None,
        }
    }

    /// The category of the failure.
    pub fn kind(&self) -> ErrorKind {
        match self {
            WriteError::Denied(denied) => denied.kind(),
            WriteError::Rejected(error) | WriteError::Unavailable(error) => error.kind(),
        }
    }

    /// The stable word for it, where there is one.
    pub fn code(&self) -> Option<&str> {
        match self {
            WriteError::Denied(denied) => Some(denied.code()),
            WriteError::Rejected(error) | WriteError::Unavailable(error) => error.code(),
        }
    }

    /// How long until an exhausted limit frees a slot, by the journal's clock.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            WriteError::Denied(
                Denied::RateLimited { wait, .. } | Denied::ConcurrencyFull { wait, .. },
            ) => Some(*wait),
            WriteError::Denied(_) | WriteError::Rejected(_) | WriteError::Unavailable(_) => None,
        }
    }
}

/// An error whose source is a [`Denied`] is one; one of kind `Journal` is `Unavailable`.
impl From<Error> for WriteError {
    fn from(error: Error) -> Self {
        match Denied::in_error(&error) {
            Some(denied) => WriteError::Denied(denied.clone()),
            None if error.kind() == ErrorKind::Journal => WriteError::Unavailable(error),
            None => WriteError::Rejected(error),
        }
    }
}

impl From<Denied> for WriteError {
    fn from(denied: Denied) -> Self {
        WriteError::Denied(denied)
    }
}

impl From<WriteError> for Error {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Denied(denied) => denied.into(),
            WriteError::Rejected(error) | WriteError::Unavailable(error) => error,
        }
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteError::Denied(denied) => denied.fmt(f),
            WriteError::Rejected(error) | WriteError::Unavailable(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for WriteError {}
