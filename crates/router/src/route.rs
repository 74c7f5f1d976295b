//! Which calls go which way.

use std::collections::BTreeSet;

use switchboard_core::{Country, Language, ProfileName, ProviderId, ValidCall};

use crate::strategy::Strategy;

/// A condition on calls. Every list that is not empty must hold; a list holds where one of its
/// entries does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Match {
    /// The callee's country.
    pub countries: BTreeSet<Country>,
    /// The beginning of the number, as `+4420`.
    pub prefixes: Vec<String>,
    /// What is spoken; `en` matches `en-GB` too.
    pub languages: Vec<Language>,
    /// The agent profile.
    pub agents: BTreeSet<ProfileName>,
    /// A tag of the request.
    pub tags: BTreeSet<String>,
}

impl Match {
    /// True where the call is meant.
    pub fn holds(&self, call: &ValidCall) -> bool {
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

/// True where whoever speaks `known` can serve `wanted`: the same tag, or the primary language
/// alone.
pub(crate) fn speaks(known: &Language, wanted: &Language) -> bool {
    known == wanted || known.as_str() == wanted.primary()
}

/// What happens to a call whose callee is on another call of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BusyCallee {
    /// It waits its turn, within its window.
    #[default]
    Wait,
    /// It is refused.
    Refuse,
}

/// A way for calls: who may take them and in which order they are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Its name, shown in plans.
    pub name: String,
    /// Which calls take it. The first route that holds is taken.
    pub when: Match,
    /// Who may take them, in order of preference; empty: every provider, as configured.
    pub providers: Vec<ProviderId>,
    /// How they are ordered; `None`: the configuration's default.
    pub strategy: Option<Strategy>,
    /// What happens while the callee is on another call of ours.
    pub busy_callee: BusyCallee,
    /// A provider whose account is out of credit is passed over for another one, whether or not the
    /// request says so.
    pub failover_on_quota: bool,
}
