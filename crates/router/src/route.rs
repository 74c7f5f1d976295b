//! Routes: which providers take which calls.

use std::collections::BTreeSet;

use switchboard_core::{Country, Language, ProfileName, ProviderId, ValidCall};

use crate::{fact_defaults::FactDefaults, strategy::Strategy};

/// A condition on calls. Every list that is not empty has to match; a list matches if one of its
/// entries does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Match {
    /// The callee's country is one of these.
    pub countries: BTreeSet<Country>,
    /// The callee's number begins with one of these, as `+4420`.
    pub prefixes: Vec<String>,
    /// The language of the call is one of these; `en` matches `en-GB` too.
    pub languages: Vec<Language>,
    /// The requested agent profile is one of these.
    pub agents: BTreeSet<ProfileName>,
    /// The request has one of these tags.
    pub tags: BTreeSet<String>,
}

impl Match {
    /// True if the call matches.
    pub fn matches(&self, call: &ValidCall) -> bool {
        (self.countries.is_empty() || self.countries.contains(&call.country()))
            && (self.prefixes.is_empty()
                || self.prefixes.iter().any(|prefix| call.to.has_prefix(prefix)))
            && (self.languages.is_empty()
                || call.language.as_ref().is_some_and(|spoken| {
                    self.languages.iter().any(|wanted| speaks(wanted, spoken))
                }))
            && (self.agents.is_empty()
                || call.agent.as_ref().is_some_and(|agent| self.agents.contains(agent)))
            && (self.tags.is_empty() || call.tags.iter().any(|tag| self.tags.contains(tag)))
    }
}

/// True if an agent that speaks `known` can handle a call in `wanted`: the same tag, or `known` is
/// its primary language alone.
pub(crate) fn speaks(known: &Language, wanted: &Language) -> bool {
    known == wanted || known.as_str() == wanted.primary()
}

/// What happens to a call if we already have a call with the callee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BusyCallee {
    /// It waits until the other call is over, within its time window.
    #[default]
    Wait,
    /// It is refused.
    Refuse,
}

/// A route: which providers may take the calls that match, and in which order they are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The route's name, shown in plans.
    pub name: String,
    /// Which calls take it. The first route that matches is used.
    pub when: Match,
    /// The providers that may take them, in order of preference. Empty means every provider, in the
    /// order of the configuration.
    pub providers: Vec<ProviderId>,
    /// How they are ordered; `None` for the default of the configuration.
    pub strategy: Option<Strategy>,
    /// What happens while we already have a call with the callee.
    pub busy_callee: BusyCallee,
    /// True if a call fails over from a provider whose account is out of credit, whether or not the
    /// request allows it.
    pub failover_on_quota: bool,
    /// What the route says about its calls, for requests that do not.
    pub facts: FactDefaults,
}
