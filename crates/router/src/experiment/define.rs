//! What an experiment is made of.

use switchboard_core::{Assignment, ProfileName, ProviderId};

use crate::{experiment::Guardrail, route::Match};

/// The arm of people who are kept out of every other, to be compared with. No arm is called so.
pub const HOLDOUT: &str = "holdout";

/// What an arm changes about a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Treatment {
    /// This provider is asked first; the others stay behind as the backup.
    Provider(ProviderId),
    /// This agent profile serves the call; who is asked first is decided as for every call.
    Agent(ProfileName),
}

/// One way to make the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arm {
    /// Its name.
    pub name: String,
    /// What it changes.
    pub way: Treatment,
    /// Its share: this part of the sum of all weights. Zero takes nobody.
    pub weight: u32,
}

impl Arm {
    /// An arm whose calls go to this provider first.
    pub fn provider(name: impl Into<String>, provider: ProviderId, weight: u32) -> Self {
        Self { name: name.into(), way: Treatment::Provider(provider), weight }
    }

    /// An arm whose calls are served by this agent profile.
    pub fn agent(name: impl Into<String>, profile: ProfileName, weight: u32) -> Self {
        Self { name: name.into(), way: Treatment::Agent(profile), weight }
    }
}

/// Experiments of which each person is in at most one. Each has a stretch of the hundred percent of
/// people, and no two overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name; another name shuffles everybody anew.
    pub name: String,
    /// Where this experiment's stretch begins, in percent.
    pub range_start_percent: u32,
    /// How long it is, in percent.
    pub share_percent: u32,
}

impl Group {
    /// True where somebody may be in both stretches.
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
    /// When somebody starts it.
    Manual,
}

/// A split of people between arms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Experiment {
    /// Its name; another name is another split.
    pub name: String,
    /// Another version is another split and another result. 1 is the first.
    pub version: u32,
    /// Which calls are in it.
    pub when: Match,
    /// The arms; the first is the control.
    pub arms: Vec<Arm>,
    /// When it begins.
    pub start: Start,
    /// How many of the people it holds for are in it, in percent. Raising it never moves anybody
    /// who is in.
    pub ramp_percent: u32,
    /// How many of those who are in it are kept out of every arm, in percent.
    pub holdout_percent: u32,
    /// Other experiments that share its people.
    pub group: Option<Group>,
    /// What stops an arm by itself.
    pub guardrails: Vec<Guardrail>,
}

impl Experiment {
    /// An experiment on every call, with everybody in it.
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

    /// The assignment to an arm, as it is journaled.
    pub fn assignment(&self, arm: &Arm) -> Assignment {
        self.assigned(&arm.name)
    }

    pub(crate) fn assigned(&self, arm: &str) -> Assignment {
        Assignment { experiment: self.name.clone(), version: self.version, arm: arm.to_owned() }
    }

    /// What people can be assigned to, and how many of a whole each gets, exactly: the arms in
    /// their order, then the holdout where there is one.
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
