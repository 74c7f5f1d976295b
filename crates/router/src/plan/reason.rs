//! Why a provider is a candidate, or is none.

use std::fmt;

use jiff::Timestamp;
use switchboard_core::{Country, Language, Money, ProfileName, ProviderId};

/// What put a candidate at its rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RankReason {
    /// The strategy of this name.
    Strategy(&'static str),
    /// The person's arm of an experiment.
    Arm,
}

/// Why a provider cannot take the call now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// The route does not name it.
    NotOnRoute,
    /// It is switched off.
    SwitchedOff,
    /// It does not call this country.
    Country(Country),
    /// Its agents do not speak this language.
    Language(Language),
    /// No such profile.
    NoSuchProfile(ProfileName),
    /// The profile has no agent there.
    NoAgent(ProfileName),
    /// It needs an agent and none is named.
    NeedsAgent,
    /// The agent's last call may have rung and nobody knows; worth another look then.
    AgentInDoubt(Timestamp),
    /// The call may last longer than it allows, in seconds.
    TooLong {
        /// Asked for.
        asked: u64,
        /// Allowed.
        allowed: u64,
    },
    /// It is expected to cost more than allowed.
    TooExpensive {
        /// Expected.
        expected: Money,
        /// Allowed.
        allowed: Money,
    },
    /// The call has a highest cost and nobody knows what it costs there.
    CostUnknown,
    /// As many calls are under way there as may be; worth another look then.
    Full(Timestamp),
    /// Its rate limit is used up until then.
    RateLimited(Timestamp),
    /// It asked for a pause until then.
    Paused(Timestamp),
    /// Its account is out of credit; it is asked again then, or when a read shows credit.
    OutOfCredit(Timestamp),
    /// Another provider comes first and is out of credit, and neither the request nor its route
    /// lets the call go elsewhere for that.
    WaitsForCredit(ProviderId),
    /// It fails; a read will be tried then.
    Unhealthy(Timestamp),
    /// What it rides on with others fails; a read will be tried then.
    DomainUnhealthy(Timestamp),
    /// It fails far more often than the others, and is left out until then.
    Outlier(Timestamp),
}

impl Rejection {
    /// The word used in JSON.
    pub const fn code(&self) -> &'static str {
        match self {
            Rejection::NotOnRoute => "not_on_route",
            Rejection::SwitchedOff => "switched_off",
            Rejection::Country(_) => "country_not_supported",
            Rejection::Language(_) => "language_not_supported",
            Rejection::NoSuchProfile(_) => "no_such_profile",
            Rejection::NoAgent(_) => "no_agent",
            Rejection::NeedsAgent => "needs_agent",
            Rejection::AgentInDoubt(_) => "agent_in_doubt",
            Rejection::TooLong { .. } => "too_long",
            Rejection::TooExpensive { .. } => "too_expensive",
            Rejection::CostUnknown => "cost_unknown",
            Rejection::Full(_) => "full",
            Rejection::RateLimited(_) => "rate_limited",
            Rejection::Paused(_) => "paused",
            Rejection::OutOfCredit(_) => "out_of_credit",
            Rejection::WaitsForCredit(_) => "waits_for_credit",
            Rejection::Unhealthy(_) => "unhealthy",
            Rejection::DomainUnhealthy(_) => "domain_unhealthy",
            Rejection::Outlier(_) => "outlier",
        }
    }

    /// When it may be over, for what passes by itself.
    pub const fn clears_at(&self) -> Option<Timestamp> {
        match self {
            Rejection::AgentInDoubt(at)
            | Rejection::Full(at)
            | Rejection::RateLimited(at)
            | Rejection::Paused(at)
            | Rejection::OutOfCredit(at)
            | Rejection::Unhealthy(at)
            | Rejection::DomainUnhealthy(at)
            | Rejection::Outlier(at) => Some(*at),
            Rejection::NotOnRoute
            | Rejection::SwitchedOff
            | Rejection::Country(_)
            | Rejection::Language(_)
            | Rejection::NoSuchProfile(_)
            | Rejection::NoAgent(_)
            | Rejection::NeedsAgent
            | Rejection::TooLong { .. }
            | Rejection::TooExpensive { .. }
            | Rejection::CostUnknown
            | Rejection::WaitsForCredit(_) => None,
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rejection::NotOnRoute => f.write_str("the route does not name it"),
            Rejection::SwitchedOff => f.write_str("it is switched off in the configuration"),
            Rejection::Country(country) => write!(f, "it does not call {country}"),
            Rejection::Language(language) => write!(f, "its agents do not speak {language}"),
            Rejection::NoSuchProfile(name) => write!(f, "no agent profile is called {name}"),
            Rejection::NoAgent(name) => write!(f, "the agent profile {name} has no agent there"),
            Rejection::NeedsAgent => f.write_str(
                "it needs an agent: name an agent profile, or configure a default agent",
            ),
            Rejection::AgentInDoubt(_) => {
                f.write_str("its agent has a call that may have rung, and nothing proves it yet")
            }
            Rejection::TooLong { asked, allowed } => {
                write!(f, "the call may last {asked} s and it allows {allowed} s")
            }
            Rejection::TooExpensive { expected, allowed } => {
                write!(f, "{expected} is expected and {allowed} is allowed")
            }
            Rejection::CostUnknown => f.write_str(
                "the call has a highest cost, and no tariff row says what it costs there",
            ),
            Rejection::Full(_) => {
                f.write_str("as many calls are under way there as may be at once")
            }
            Rejection::RateLimited(at) => write!(f, "its rate limit is used up until {at:.0}"),
            Rejection::Paused(at) => write!(f, "it asked for a pause until {at:.0}"),
            Rejection::OutOfCredit(at) => write!(
                f,
                "its account is out of credit; it is asked again at {at:.0}, or when a read shows credit"
            ),
            Rejection::WaitsForCredit(first) => write!(
                f,
                "{first} comes first and is out of credit, and failover_on_quota is not set"
            ),
            Rejection::Unhealthy(at) => {
                write!(f, "it failed repeatedly; a read is tried at {at:.0}")
            }
            Rejection::DomainUnhealthy(at) => {
                write!(f, "what it rides on failed repeatedly; a read is tried at {at:.0}")
            }
            Rejection::Outlier(at) => {
                write!(f, "it fails far more often than the others and is left out until {at:.0}")
            }
        }
    }
}
