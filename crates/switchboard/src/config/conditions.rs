//! The conditions of routes and experiments, and which of them can never hold.

use std::collections::BTreeMap;

use switchboard_core::{Country, Language, ProfileName};
use switchboard_router::Match;

use crate::config::{
    AgentConfig,
    compile::tariff::wrong_prefix,
    experiment::ExperimentConfig,
    problem::{KeyPath, Problems},
    routing::RouteConfig,
    suggest::did_you_mean,
};

/// The conditions as they are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Conditions<'a> {
    countries: &'a [Country],
    prefixes: &'a [String],
    languages: &'a [Language],
    agents: &'a [String],
    tags: &'a [String],
}

impl<'a> From<&'a RouteConfig> for Conditions<'a> {
    fn from(route: &'a RouteConfig) -> Self {
        let RouteConfig { countries, prefixes, languages, agents, tags, .. } = route;
        Self { countries, prefixes, languages, agents, tags }
    }
}

impl<'a> From<&'a ExperimentConfig> for Conditions<'a> {
    fn from(experiment: &'a ExperimentConfig) -> Self {
        let ExperimentConfig { countries, prefixes, languages, agents, tags, .. } = experiment;
        Self { countries, prefixes, languages, agents, tags }
    }
}

impl Conditions<'_> {
    pub(crate) fn compile(
        self,
        at: &KeyPath,
        agents: &BTreeMap<String, AgentConfig>,
        problems: &mut Problems,
    ) -> Match {
        for (index, prefix) in self.prefixes.iter().enumerate() {
            if let Some(problem) = wrong_prefix(prefix) {
                problems.push(&at.key("prefixes").index(index), problem);
            }
        }
        for (index, agent) in self.agents.iter().enumerate() {
            if !agents.contains_key(agent) {
                let fix = did_you_mean(agent, agents.keys().map(String::as_str));
                problems.push(
                    &at.key("agents").index(index),
                    format!("{agent:?} is no agent profile of this file: {fix}"),
                );
            }
        }
        for (index, tag) in self.tags.iter().enumerate() {
            if tag.trim() != tag || tag.is_empty() {
                problems.push(
                    &at.key("tags").index(index),
                    "is empty or has space around it, and no call has such a tag: mend it",
                );
            }
        }
        Match {
            countries: self.countries.iter().copied().collect(),
            prefixes: self.prefixes.to_vec(),
            languages: self.languages.to_vec(),
            agents: self.agents.iter().map(|agent| ProfileName::new(agent.as_str())).collect(),
            tags: self.tags.iter().cloned().collect(),
        }
    }

    fn is_empty(self) -> bool {
        self.countries.is_empty()
            && self.prefixes.is_empty()
            && self.languages.is_empty()
            && self.agents.is_empty()
            && self.tags.is_empty()
    }

    /// True where every call that `later` holds for is taken by this one already.
    pub(crate) fn takes_all_of(self, later: Conditions<'_>) -> bool {
        within(later.countries, self.countries, |later, earlier| later == earlier)
            && within(later.prefixes, self.prefixes, |later, earlier| {
                later.starts_with(earlier.as_str())
            })
            && within(later.languages, self.languages, |later, earlier| {
                later == earlier || later.primary() == earlier.as_str()
            })
            && within(later.agents, self.agents, |later, earlier| later == earlier)
            && within(later.tags, self.tags, |later, earlier| later == earlier)
    }
}

/// An empty list holds for everything.
fn within<T>(later: &[T], earlier: &[T], covered: impl Fn(&T, &T) -> bool) -> bool {
    earlier.is_empty()
        || !later.is_empty()
            && later.iter().all(|one| earlier.iter().any(|wide| covered(one, wide)))
}

/// Complains of names that are empty or used twice.
pub(crate) fn named_twice(list: &str, names: &[&str], problems: &mut Problems) {
    for (index, name) in names.iter().enumerate() {
        let at = KeyPath::of(list).index(index).key("name");
        if name.trim().is_empty() {
            problems.push(&at, "is empty: plans show it");
        }
        if let Some(other) = names.iter().take(index).position(|other| other == name) {
            problems.push(&at, format!("is the name of {list}[{other}] too: give each its own"));
        }
    }
}

/// Complains of every entry that an earlier one leaves nothing to, and of names that are used
/// twice.
pub(crate) fn shadows(list: &str, entries: &[(&str, Conditions<'_>)], problems: &mut Problems) {
    let names: Vec<&str> = entries.iter().map(|(name, _)| *name).collect();
    named_twice(list, &names, problems);
    for (index, (_, conditions)) in entries.iter().enumerate() {
        let at = KeyPath::of(list).index(index);
        let earlier = || entries.iter().take(index).enumerate();
        if let Some((other, (wide, taken))) =
            earlier().find(|(_, (_, earlier))| earlier.takes_all_of(*conditions))
        {
            let why = if taken.is_empty() {
                "has no conditions and takes every call"
            } else {
                "takes every call that this one would"
            };
            problems.push(
                &at,
                format!("can never hold, because {list}[{other}] ({wide:?}) {why}: move this one before it, or take it out"),
            );
        }
    }
}
