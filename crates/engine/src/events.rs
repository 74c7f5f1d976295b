//! What happens to calls, as typed events that programs can match on. Each also displays as one
//! line of text.

use std::{fmt, time::Duration};

use jiff::Timestamp;
use switchboard_core::{CallFailure, CallFlag, CallId, Outcome, ProviderId, text::one_line};
use switchboard_router::{Plan, Scope};

/// Something that happened to a call. It contains no full phone number and no secret; its `Display`
/// is one line of text.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CallEvent {
    /// Which call.
    pub call: CallId,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub kind: CallEventKind,
}

impl CallEvent {
    pub(crate) fn new(call: CallId, at: Timestamp, kind: CallEventKind) -> Self {
        Self { call, at, kind }
    }
}

/// The text may quote a provider, so it is sanitized to one safe line.
impl fmt::Display for CallEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(&self.kind.to_string()))
    }
}

/// What happened to a call.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum CallEventKind {
    /// The call waits for its window to open, or for the time of its redial.
    Scheduled {
        /// When it may be placed.
        opens: Timestamp,
    },
    /// A plan was made for it.
    Planned {
        /// The masked number, with the journal's tag for the callee if it has one.
        callee: String,
        /// Which providers are asked, in which order, and why.
        plan: Box<Plan>,
    },
    /// The call has to wait.
    Waiting(WaitReason),
    /// A provider is skipped because of our own rules: a budget does not cover the call.
    Skipped {
        /// Which provider.
        provider: ProviderId,
        /// Why.
        reason: String,
    },
    /// The placing request is being sent.
    Sent {
        /// To which provider.
        provider: ProviderId,
    },
    /// The provider accepted the call.
    Accepted {
        /// Which provider.
        provider: ProviderId,
        /// The provider's own word for the call's state.
        status: String,
    },
    /// The provider reports another state.
    Progressed {
        /// Which provider.
        provider: ProviderId,
        /// The provider's own word for the call's state.
        status: String,
    },
    /// The phone call is over.
    Ended {
        /// Which provider.
        provider: ProviderId,
        /// How it ended.
        outcome: Outcome,
    },
    /// The attempt is proven not to have rung.
    NotPlaced {
        /// Which provider.
        provider: ProviderId,
        /// What happened.
        error: String,
        /// What the engine does next.
        next: AfterFailure,
    },
    /// The attempt may have rung, so no other provider is asked.
    InDoubt {
        /// What happened.
        error: String,
    },
    /// Evidence shows that the provider has the call.
    Found {
        /// Which provider.
        provider: ProviderId,
    },
    /// No evidence was found in time.
    GaveUp {
        /// Why the call is indeterminate.
        reason: String,
    },
    /// No evidence was found in time, and the configuration assumes that no phone rang.
    AssumedNotPlaced,
    /// No provider took the call.
    Refused(CallFailure),
    /// The call was not started in time.
    Expired(CallFailure),
    /// The caller cancelled the call before anything was sent.
    Withdrawn,
    /// This process continues a call that another process left unfinished.
    TakenUp {
        /// In which state that process left the call.
        reason: TakenUp,
    },
    /// The callee will be redialled, as the caller's redial policy asks.
    RingsAgain {
        /// How the last ring ended.
        outcome: Outcome,
        /// When the callee is redialled.
        at: Timestamp,
    },
    /// The provider is asked to hang up, because the call exceeds its maximum duration.
    StopRequested {
        /// Which provider.
        provider: ProviderId,
    },
    /// The provider never reported the end of the call.
    Overdue {
        /// Which provider.
        provider: ProviderId,
    },
    /// The provider has the call, but is no longer configured.
    NotConfigured {
        /// Which provider.
        provider: ProviderId,
    },
    /// The provider failed repeatedly and gets no calls until a probing read succeeds.
    BreakerOpened {
        /// Which provider.
        provider: ProviderId,
    },
    /// A platform that several providers share failed repeatedly.
    DomainBreakerOpened {
        /// The platform.
        domain: String,
    },
    /// The provider fails far more often than the others and is ejected for a while.
    Ejected {
        /// Which provider.
        provider: ProviderId,
        /// For how long.
        lasts: Duration,
    },
    /// The provider's account is out of credit: it gets no calls until it has some.
    OutOfCredit {
        /// Which provider.
        provider: ProviderId,
        /// For how long, at most.
        lasts: Duration,
    },
    /// A person should look at the call.
    Flagged(CallFlag),
    /// A provider's report contradicts what was proven: an operator has to look at the call.
    Alarm {
        /// The contradiction, as a sentence.
        reason: &'static str,
    },
}

/// Why a call waits.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum WaitReason {
    /// The callee is on another call of the same tenant.
    CalleeBusy,
    /// The limits of its tenant or its agent profile are used up.
    Limit(Scope),
    /// No provider has capacity before this time.
    NoCapacity(Timestamp),
    /// All free capacity is reserved for calls that came earlier.
    InLine,
}

/// What the engine does after an attempt that is proven not to have rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AfterFailure {
    /// Nothing was sent: the same provider is tried again.
    Retry,
    /// Nothing was sent: the next provider is asked.
    NextUnsent,
    /// The next provider is asked.
    Next,
    /// The account is out of credit, and the caller allows failover for that: the next provider is
    /// asked.
    NextForCredit,
    /// The provider is paused for this long.
    Pause(Duration),
    /// The account is out of credit, and no other provider may be asked: the call waits for credit.
    WaitForCredit,
    /// A person has to approve the call first.
    Approval,
}

/// In which state the previous process left a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TakenUp {
    /// Nothing had been sent.
    NothingSent,
    /// An attempt had been recorded but never claimed, so nothing was sent.
    NeverClaimed,
    /// The last attempt is proven not to have rung.
    NotPlaced,
    /// The call may have rung.
    MayHaveRung,
}

impl WaitReason {
    /// The word used in JSON and metrics. It names no caller, agent or provider.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::CalleeBusy => "busy_callee",
            Self::Limit(Scope::Tenant(_)) => "caller_limit",
            Self::Limit(Scope::Profile(_)) => "agent_limit",
            Self::Limit(
                Scope::Placing(_) | Scope::PlacingIn(..) | Scope::Number(..) | Scope::Calls(_),
            )
            | Self::NoCapacity(_) => "provider_limit",
            Self::InLine => "no_room",
        }
    }
}

impl AfterFailure {
    /// The word used in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::NextUnsent => "next_unsent",
            Self::Next => "next",
            Self::NextForCredit => "next_for_credit",
            Self::Pause(_) => "pause",
            Self::WaitForCredit => "wait_for_credit",
            Self::Approval => "approval",
        }
    }
}

impl CallEventKind {
    /// The stable name of this kind in logs.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Scheduled { .. } => "scheduled",
            Self::Planned { .. } => "planned",
            Self::Waiting(_) => "waiting",
            Self::Skipped { .. } => "skipped",
            Self::Sent { .. } => "sent",
            Self::Accepted { .. } => "accepted",
            Self::Progressed { .. } => "progressed",
            Self::Ended { .. } => "ended",
            Self::NotPlaced { .. } => "not_placed",
            Self::InDoubt { .. } => "in_doubt",
            Self::Found { .. } => "found",
            Self::GaveUp { .. } => "gave_up",
            Self::AssumedNotPlaced => "assumed_not_placed",
            Self::Refused(_) => "refused",
            Self::Expired(_) => "expired",
            Self::Withdrawn => "withdrawn",
            Self::TakenUp { .. } => "taken_up",
            Self::RingsAgain { .. } => "rings_again",
            Self::StopRequested { .. } => "stop_requested",
            Self::Overdue { .. } => "overdue",
            Self::NotConfigured { .. } => "not_configured",
            Self::BreakerOpened { .. } => "breaker_opened",
            Self::DomainBreakerOpened { .. } => "domain_breaker_opened",
            Self::Ejected { .. } => "ejected",
            Self::OutOfCredit { .. } => "out_of_credit",
            Self::Flagged(_) => "flagged",
            Self::Alarm { .. } => "alarm",
        }
    }
}

impl fmt::Display for CallEventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scheduled { opens } => write!(f, "scheduled for {opens}"),
            Self::Planned { callee, plan } => planned(f, callee, plan),
            Self::Waiting(reason) => reason.fmt(f),
            Self::Skipped { provider, reason } => write!(f, "not {provider}: {reason}"),
            Self::Sent { provider } => write!(f, "sent to {provider}"),
            Self::Accepted { provider, status } => write!(f, "{provider} has it: {status}"),
            Self::Progressed { provider, status } => write!(f, "{provider}: {status}"),
            Self::Ended { provider, outcome } => write!(f, "{provider}: {outcome}"),
            Self::NotPlaced { provider, error, next } => not_placed(f, provider, error, *next),
            Self::InDoubt { error } => {
                write!(f, "{error}: it may have rung, so no other provider is asked")
            }
            Self::Found { provider } => write!(f, "{provider} has it after all"),
            Self::GaveUp { reason } => f.write_str(reason),
            Self::AssumedNotPlaced => f.write_str(
                "nothing showed it in time: it is assumed not to have been placed, as configured",
            ),
            Self::Refused(failure) => write!(f, "refused: {}", failure.message),
            Self::Expired(failure) => write!(f, "expired: {}", failure.message),
            Self::Withdrawn => f.write_str("taken back before anything was sent"),
            Self::TakenUp { reason } => write!(f, "taken up: {reason}"),
            Self::RingsAgain { outcome, at } => {
                write!(f, "{outcome}: rings again at {at:.0}, as the caller asked")
            }
            Self::StopRequested { provider } => {
                write!(f, "{provider} is asked to stop it: it lasts longer than it may")
            }
            Self::Overdue { provider } => write!(f, "{provider} never reported its end"),
            Self::NotConfigured { provider } => {
                write!(f, "{provider} has it, and is no longer configured")
            }
            Self::BreakerOpened { provider } => {
                write!(f, "{provider} gets no calls for a while: it failed repeatedly")
            }
            Self::DomainBreakerOpened { domain } => write!(
                f,
                "no provider on {domain} gets calls for a while: {domain} failed repeatedly"
            ),
            Self::Ejected { provider, lasts } => write!(
                f,
                "{provider} gets no calls for {} s: it fails far more often than the others",
                lasts.as_secs()
            ),
            Self::OutOfCredit { provider, lasts } => write!(
                f,
                "{provider} is out of credit: it gets no calls for {} s, or until it has credit",
                lasts.as_secs()
            ),
            Self::Flagged(flag) => write!(f, "look at this call: {}", flag.message),
            Self::Alarm { reason } => write!(f, "ALARM: {reason}"),
        }
    }
}

fn planned(f: &mut fmt::Formatter<'_>, callee: &str, plan: &Plan) -> fmt::Result {
    let route = plan.route.as_deref().unwrap_or("every provider");
    let candidates: Vec<String> =
        plan.candidates.iter().map(|one| format!("{} ({one})", one.provider)).collect();
    write!(f, "{callee}{} by route {route}: {}", plan.country, candidates.join(", then "))?;
    for one in &plan.rejected {
        write!(f, "; not {}: {}", one.provider, one.rejection)?;
    }
    match &plan.experiment {
        Some(assigned) => write!(f, "; experiment {} arm {}", assigned.experiment, assigned.arm),
        None => Ok(()),
    }
}

fn not_placed(
    f: &mut fmt::Formatter<'_>,
    provider: &ProviderId,
    error: &str,
    next: AfterFailure,
) -> fmt::Result {
    write!(f, "{error}: ")?;
    match next {
        AfterFailure::Retry => write!(f, "nothing was sent, {provider} is tried again"),
        AfterFailure::NextUnsent => f.write_str("nothing was sent, the next provider is asked"),
        AfterFailure::Next => f.write_str("the next provider is asked"),
        AfterFailure::NextForCredit => {
            f.write_str("the next provider is asked, as the caller allows")
        }
        AfterFailure::Pause(pause) => write!(f, "{provider} rests for {} s", pause.as_secs()),
        AfterFailure::WaitForCredit => {
            f.write_str("the call waits, because no other provider may be asked for that")
        }
        AfterFailure::Approval => f.write_str("a person has to approve first"),
    }
}

impl fmt::Display for WaitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CalleeBusy => f.write_str("waits: the callee is on another call of ours"),
            Self::Limit(scope) => {
                write!(f, "waits: {scope} has as many calls as its limits allow")
            }
            Self::NoCapacity(at) => write!(f, "waits until {at:.0}: no provider has capacity now"),
            Self::InLine => f.write_str("waits in line: calls that came before go first"),
        }
    }
}

impl fmt::Display for TakenUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NothingSent => "nothing had been sent",
            Self::NeverClaimed => "the attempt was never claimed, so nothing was sent",
            Self::NotPlaced => "its last attempt reached no phone",
            Self::MayHaveRung => "it may have rung, so no other provider is asked",
        })
    }
}
