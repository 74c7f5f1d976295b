//! Why a provider is a candidate at its rank, or why it is rejected.

use std::fmt;

use jiff::Timestamp;
use switchboard_core::{Country, Language, Money, ProfileName, ProviderId};

/// What decided the rank of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RankReason {
    /// The strategy with this name.
    Strategy(&'static str),
    /// The person's arm of an experiment, which comes first whatever the strategy says.
    Arm,
}

/// Why a provider cannot take the call now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// The route does not list the provider.
    NotOnRoute,
    /// The provider is switched off in the configuration.
    SwitchedOff,
    /// The provider does not call this country.
    Country(Country),
    /// The provider's agents do not speak this language.
    Language(Language),
    /// There is no agent profile with this name.
    NoSuchProfile(ProfileName),
    /// The agent profile has no agent at this provider.
    NoAgent(ProfileName),
    /// The provider needs an agent and the call has none.
    NeedsAgent,
    /// It is not known whether an earlier call of the agent rang. Worth planning again at this
    /// time.
    AgentInDoubt(Timestamp),
    /// The call may last longer than the provider allows.
    TooLong {
        /// The longest duration that was requested, in seconds.
        asked: u64,
        /// The longest duration that the provider allows, in seconds.
        allowed: u64,
    },
    /// The expected cost exceeds the call's limit.
    TooExpensive {
        /// The expected cost at this provider.
        expected: Money,
        /// The limit that the call sets.
        allowed: Money,
    },
    /// The call sets a cost limit, and its cost at this provider is unknown.
    CostUnknown,
    /// The provider's limit on concurrent calls is reached. Worth planning again at this time.
    Full(Timestamp),
    /// The provider's rate limit is used up until this time.
    RateLimited(Timestamp),
    /// None of the account's numbers is for calls to this country or of this agent profile.
    NoNumber(Country),
    /// Every number that the call may be made from has reached a limit of its own, until this time at
    /// the earliest.
    NumbersFull(Timestamp),
    /// The provider asked not to be called before this time.
    Paused(Timestamp),
    /// The account is out of credit. It is tried again at this time, or when a read shows credit.
    OutOfCredit(Timestamp),
    /// This provider ranks higher but is out of credit, and neither the request nor its route
    /// allows failover for that reason.
    WaitsForCredit(ProviderId),
    /// The provider's circuit breaker is open; a read is tried at this time.
    Unhealthy(Timestamp),
    /// The breaker of its failure domain is open; a read is tried at this time.
    DomainUnhealthy(Timestamp),
    /// Ejected as an outlier until this time: it fails far more often than the others.
    Outlier(Timestamp),
}

impl Rejection {
    /// The code used in JSON.
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
            Rejection::NoNumber(_) => "no_number",
            Rejection::NumbersFull(_) => "numbers_full",
            Rejection::Paused(_) => "paused",
            Rejection::OutOfCredit(_) => "out_of_credit",
            Rejection::WaitsForCredit(_) => "waits_for_credit",
            Rejection::Unhealthy(_) => "unhealthy",
            Rejection::DomainUnhealthy(_) => "domain_unhealthy",
            Rejection::Outlier(_) => "outlier",
        }
    }

    /// When the rejection may end; `None` if it is permanent.
    pub const fn clears_at(&self) -> Option<Timestamp> {
        match self {
            Rejection::AgentInDoubt(at)
            | Rejection::Full(at)
            | Rejection::RateLimited(at)
            | Rejection::NumbersFull(at)
            | Rejection::Paused(at)
            | Rejection::OutOfCredit(at)
            | Rejection::Unhealthy(at)
            | Rejection::DomainUnhealthy(at)
            | Rejection::Outlier(at) => Some(*at),
            Rejection::NotOnRoute
            | Rejection::SwitchedOff
            | Rejection::Country(_)
            | Rejection::NoNumber(_)
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
            Rejection::NotOnRoute => f.write_str("the route does not list it"),
            Rejection::SwitchedOff => f.write_str("it is switched off in the configuration"),
            Rejection::Country(country) => write!(f, "it does not call {country}"),
            Rejection::Language(language) => write!(f, "its agents do not speak {language}"),
            Rejection::NoSuchProfile(name) => write!(f, "no agent profile is called {name}"),
            Rejection::NoAgent(name) => write!(f, "the agent profile {name} has no agent there"),
            Rejection::NeedsAgent => f.write_str(
                "it needs an agent: name an agent profile, or configure a default agent",
            ),
            Rejection::AgentInDoubt(_) => {
                f.write_str("it is not known yet whether an earlier call of its agent rang")
            }
            Rejection::TooLong { asked, allowed } => {
                write!(f, "the call may last {asked} s and it allows {allowed} s")
            }
            Rejection::TooExpensive { expected, allowed } => {
                write!(f, "its expected cost is {expected} and the call allows {allowed}")
            }
            Rejection::CostUnknown => f.write_str(
                "the call sets a cost limit, and no tariff row says what it costs there",
            ),
            Rejection::Full(_) => f.write_str("its limit on concurrent calls is reached"),
            Rejection::RateLimited(at) => write!(f, "its rate limit is used up until {at:.0}"),
            Rejection::NoNumber(country) => {
                write!(f, "none of its numbers is for calls to {country} by this agent profile")
            }
            Rejection::NumbersFull(at) => write!(
                f,
                "each number that the call may be made from has reached its limit; one is free at {at:.0}"
            ),
            Rejection::Paused(at) => write!(f, "it asked for a pause until {at:.0}"),
            Rejection::OutOfCredit(at) => write!(
                f,
                "its account is out of credit; it is tried again at {at:.0}, or when a read shows credit"
            ),
            Rejection::WaitsForCredit(first) => write!(
                f,
                "{first} ranks higher but is out of credit, and failover_on_quota is not set"
            ),
            Rejection::Unhealthy(at) => {
                write!(f, "it failed repeatedly; a read is tried at {at:.0}")
            }
            Rejection::DomainUnhealthy(at) => {
                write!(f, "its failure domain failed repeatedly; a read is tried at {at:.0}")
            }
            Rejection::Outlier(at) => {
                write!(f, "it fails far more often than the others; ejected until {at:.0}")
            }
        }
    }
}
