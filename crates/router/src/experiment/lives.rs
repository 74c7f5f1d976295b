//! What became of experiments since they were configured: decisions in the journal, folded into the
//! state that holds now.
//!
//! A file says what an experiment is; whether it runs, how far it grew and which arms were stopped
//! is decided while it runs, by people and by guardrails, and every process has to agree on it. So
//! each decision is one entry of a list that only ever grows, and the state is what the entries
//! amount to, in their order.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    audit::{Decision, Topic},
    experiment::{Experiment, Start},
};

/// Where an experiment is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nobody started it yet: every call goes its ordinary way.
    Waiting,
    /// People are assigned.
    Running,
    /// Somebody ended it: every call goes its ordinary way.
    Stopped,
}

impl Stage {
    /// The word used in JSON and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Stage::Waiting => "waiting",
            Stage::Running => "running",
            Stage::Stopped => "stopped",
        }
    }
}

/// What one decision changes. As JSON it is [`Decision::what`]: `{"version": 1, "to": "running",
/// "ramp_percent": 20}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Of which version; decisions on one say nothing of another.
    pub version: u32,
    /// It runs or is stopped from now on; with an arm, `stopped` alone has a meaning, and only that
    /// arm ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Stage>,
    /// How many people are in it from now on, in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ramp_percent: Option<u32>,
    /// Only this arm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arm: Option<String>,
    /// On what grounds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Change {
    /// Nothing yet.
    pub fn of(version: u32) -> Self {
        Self { version, to: None, ramp_percent: None, arm: None, why: None }
    }

    /// The decision on an experiment of this name.
    pub fn decision(&self, experiment: &str, by: &str, at: Timestamp) -> Decision {
        Decision {
            topic: Topic::Experiment,
            subject: experiment.to_owned(),
            what: serde_json::to_value(self).unwrap_or_default(),
            by: by.to_owned(),
            at,
        }
    }

    /// What a decision changes; `None` where it is about something else, or of a kind that this
    /// version does not know.
    pub fn read(decision: &Decision) -> Option<Self> {
        (decision.topic == Topic::Experiment).then(|| Self::deserialize(&decision.what).ok())?
    }
}

/// One decision of a life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// Who decided.
    pub by: String,
    /// What.
    #[serde(flatten)]
    pub change: Change,
}

/// What was decided on one version of an experiment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Life {
    /// The last word on whether it runs; none: as configured.
    pub stage: Option<Stage>,
    /// The last word on its ramp; none: as configured.
    pub ramp_percent: Option<u32>,
    /// Arms that take no new calls, with the step that stopped them. An arm that was stopped stays
    /// so in this version.
    pub stopped_arms: BTreeMap<String, Step>,
    /// Every decision, in order.
    pub steps: Vec<Step>,
}

impl Life {
    /// True where the arm takes no new calls.
    pub fn has_stopped(&self, arm: &str) -> bool {
        self.stopped_arms.contains_key(arm)
    }

    fn take(&mut self, step: Step) {
        let Change { to, ramp_percent, arm, .. } = &step.change;
        match (arm, to) {
            (Some(arm), Some(Stage::Stopped)) => {
                self.stopped_arms.entry(arm.clone()).or_insert_with(|| step.clone());
            }
            (Some(_), _) => {}
            (None, to) => {
                self.stage = to.or(self.stage);
                self.ramp_percent =
                    ramp_percent.map(|percent| percent.min(100)).or(self.ramp_percent);
            }
        }
        self.steps.push(step);
    }
}

/// The lives of all experiments that anything was decided on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lives {
    known: BTreeMap<String, BTreeMap<u32, Life>>,
    read: u64,
}

impl Lives {
    /// What these decisions amount to, with their numbers, in order.
    pub fn of<'a>(decisions: impl IntoIterator<Item = &'a (u64, Decision)>) -> Self {
        let mut lives = Self::default();
        for (number, decision) in decisions {
            lives.take(*number, decision);
        }
        lives
    }

    /// Takes one more decision. One that was taken before, and one about something else, changes
    /// nothing.
    pub fn take(&mut self, number: u64, decision: &Decision) {
        if number <= self.read {
            return;
        }
        self.read = number;
        if let Some(change) = Change::read(decision) {
            let versions = self.known.entry(decision.subject.clone()).or_default();
            versions.entry(change.version).or_default().take(Step {
                at: decision.at,
                by: decision.by.clone(),
                change,
            });
        }
    }

    /// The number of the last decision that was taken: where to read on.
    pub fn read_to(&self) -> u64 {
        self.read
    }

    /// What was decided on a version of an experiment; `None`: nothing.
    pub fn life(&self, experiment: &str, version: u32) -> Option<&Life> {
        self.known.get(experiment)?.get(&version)
    }
}

impl Experiment {
    /// Where it is in its life.
    pub fn stage(&self, life: Option<&Life>) -> Stage {
        life.and_then(|life| life.stage).unwrap_or(match self.start {
            Start::AtOnce => Stage::Running,
            Start::Manual => Stage::Waiting,
        })
    }

    /// How many of its people are in it, in percent.
    pub fn ramp(&self, life: Option<&Life>) -> u32 {
        life.and_then(|life| life.ramp_percent).unwrap_or(self.ramp_percent)
    }
}
