//! The definition of an experiment.

use switchboard_core::{Assignment, ProfileName, ProviderId};

use crate::{experiment::Guardrail, route::Match};

/// The name under which people are recorded who are held out of every arm. Reserved: no arm may
/// have it.
pub const HOLDOUT: &str = "holdout";

/// What an arm changes about a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Treatment {
    /// This provider is asked first; the others remain as backups.
    Provider(ProviderId),
    /// This agent profile handles the call; the order of providers is decided as usual.
    Agent(ProfileName),
}

/// One of the alternatives that an experiment compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arm {
    /// The arm's name, unique in its experiment.
    pub name: String,
    /// What it changes about a call.
    pub treatment: Treatment,
    /// Its share of people, relative to the sum of all weights. With zero it gets nobody.
    pub weight: u32,
}

impl Arm {
    /// An arm whose calls go to this provider first.
    pub fn provider(name: impl Into<String>, provider: ProviderId, weight: u32) -> Self {
        Self { name: name.into(), treatment: Treatment::Provider(provider), weight }
    }

    /// An arm whose calls are handled by this agent profile.
    pub fn agent(name: impl Into<String>, profile: ProfileName, weight: u32) -> Self {
        Self { name: name.into(), treatment: Treatment::Agent(profile), weight }
    }
}

/// An experiment's share of a group. Each person is in at most one experiment of a group, because
/// each has a range of percentages and no two ranges overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The group's name. A new name reshuffles everybody.
    pub name: String,
    /// Where this experiment's range begins, in percent.
    pub range_start_percent: u32,
    /// The size of the range, in percent.
    pub share_percent: u32,
}

impl Group {
    /// True if a person can be in both ranges.
    pub fn overlaps(&self, other: &Self) -> bool {
        let end = |one: &Self| one.range_start_percent.saturating_add(one.share_percent);
        self.name == other.name
            && self.range_start_percent < end(other)
            && other.range_start_percent < end(self)
    }
}

/// When an experiment begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Start {
    /// As soon as it is configured.
    #[default]
    AtOnce,
    /// When an operator starts it.
    Manual,
}

/// An A/B test: a split of people between arms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Experiment {
    /// Its name. A new name is a new split.
    pub name: String,
    /// A new version is a new split with its own results. The first is 1.
    pub version: u32,
    /// Which calls belong to it.
    pub when: Match,
    /// The arms. The first is the control.
    pub arms: Vec<Arm>,
    /// When it begins.
    pub start: Start,
    /// The share of eligible people who are enrolled, in percent. Raising it never moves anybody
    /// who is already enrolled.
    pub ramp_percent: u32,
    /// The share of enrolled people who are held out of every arm, in percent.
    pub holdout_percent: u32,
    /// Its share of a group of experiments; `None` if it shares people with no other.
    pub group: Option<Group>,
    /// The rules that stop an arm automatically.
    pub guardrails: Vec<Guardrail>,
}

impl Experiment {
    /// An experiment on every call, with everybody enrolled.
    pub fn new(name: impl Into<String>, arms: Vec<Arm>) -> Self {
        Self {
            name: name.into(),
            version: 1,
            when: Match::default(),
            arms,
            start: Start::default(),
            ramp_percent: 100,
            holdout_percent: 0,
            group: None,
            guardrails: Vec::new(),
        }
    }

    /// The assignment to an arm, as it is recorded with a call.
    pub fn assignment(&self, arm: &Arm) -> Assignment {
        self.assigned(&arm.name)
    }

    pub(crate) fn assigned(&self, arm: &str) -> Assignment {
        Assignment { experiment: self.name.clone(), version: self.version, arm: arm.to_owned() }
    }

    /// What people can be assigned to, with exact relative weights: the arms in their order, then
    /// the holdout if there is one.
    pub fn subjects(&self) -> Vec<(&str, u32)> {
        if self.holdout_percent == 0 {
            return self.arms.iter().map(|arm| (arm.name.as_str(), arm.weight)).collect();
        }
        let whole: u32 = self.arms.iter().map(|arm| arm.weight).fold(0, u32::saturating_add);
        let left = 100_u32.saturating_sub(self.holdout_percent);
        let arms = self.arms.iter().map(|arm| (arm.name.as_str(), arm.weight.saturating_mul(left)));
        let holdout = (HOLDOUT, whole.saturating_mul(self.holdout_percent));
        arms.chain([holdout]).collect()
    }
}
