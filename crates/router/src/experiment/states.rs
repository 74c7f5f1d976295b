//! The current states of experiments, computed from the audit log.
//!
//! The configuration defines an experiment. Whether it is running, its ramp and which arms were
//! stopped is decided later, by operators and guardrails, and every process has to agree on it. So
//! each decision is an entry of an append-only log, and the state is the result of applying the
//! entries in order.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    audit::{AuditEntry, AuditTopic},
    experiment::{Experiment, Start},
};

/// Whether an experiment is waiting, running or stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It has not been started: every call is routed as if it did not exist.
    Waiting,
    /// People are assigned to its arms.
    Running,
    /// It was ended: every call is routed as if it did not exist.
    Stopped,
}

impl Stage {
    /// The name used in JSON and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Stage::Waiting => "waiting",
            Stage::Running => "running",
            Stage::Stopped => "stopped",
        }
    }
}

/// The change that one decision makes. As JSON it is [`AuditEntry::what`]: `{"version": 1, "to":
/// "running", "ramp_percent": 20}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The version of the experiment that it applies to, and to no other.
    pub version: u32,
    /// The new stage; `None` if unchanged. With an arm, only `stopped` has a meaning and it ends
    /// only that arm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Stage>,
    /// The new ramp in percent; `None` if unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ramp_percent: Option<u32>,
    /// The arm that the change is limited to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arm: Option<String>,
    /// The reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Change {
    /// A change of this version that changes nothing yet.
    pub fn of(version: u32) -> Self {
        Self { version, to: None, ramp_percent: None, arm: None, why: None }
    }

    /// The audit entry that records this change of the named experiment.
    pub fn decision(&self, experiment: &str, by: &str, at: Timestamp) -> AuditEntry {
        AuditEntry {
            topic: AuditTopic::Experiment,
            subject: experiment.to_owned(),
            what: serde_json::to_value(self).unwrap_or_default(),
            by: by.to_owned(),
            at,
        }
    }

    /// The change that an audit entry records; `None` if it is about something else, or of a kind
    /// that this version of the program does not know.
    pub fn read(decision: &AuditEntry) -> Option<Self> {
        (decision.topic == AuditTopic::Experiment)
            .then(|| Self::deserialize(&decision.what).ok())?
    }
}

/// One recorded change of an experiment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Transition {
    /// When it was decided.
    pub at: Timestamp,
    /// Who decided: an operator's name, or `guardrail`.
    pub by: String,
    /// What was changed.
    #[serde(flatten)]
    pub change: Change,
}

/// The current state of one version of an experiment, as far as it was changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ExperimentState {
    /// The current stage; `None` if it is as configured.
    pub stage: Option<Stage>,
    /// The current ramp in percent; `None` if it is as configured.
    pub ramp_percent: Option<u32>,
    /// The arms that take no new calls, with the transition that stopped each. A stopped arm stays
    /// stopped in this version.
    pub stopped_arms: BTreeMap<String, Transition>,
    /// Every change, in order.
    pub transitions: Vec<Transition>,
}

impl ExperimentState {
    /// True if the arm was stopped and takes no new calls.
    pub fn has_stopped(&self, arm: &str) -> bool {
        self.stopped_arms.contains_key(arm)
    }

    fn apply(&mut self, transition: Transition) {
        let Change { to, ramp_percent, arm, .. } = &transition.change;
        match (arm, to) {
            (Some(arm), Some(Stage::Stopped)) => {
                self.stopped_arms.entry(arm.clone()).or_insert_with(|| transition.clone());
            }
            (Some(_), _) => {}
            (None, to) => {
                self.stage = to.or(self.stage);
                self.ramp_percent =
                    ramp_percent.map(|percent| percent.min(100)).or(self.ramp_percent);
            }
        }
        self.transitions.push(transition);
    }
}

/// The states of all experiments that were ever changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExperimentStates {
    experiments: BTreeMap<String, BTreeMap<u32, ExperimentState>>,
    cursor: u64,
}

impl ExperimentStates {
    /// The result of applying these numbered audit entries in order.
    pub fn of<'a>(decisions: impl IntoIterator<Item = &'a (u64, AuditEntry)>) -> Self {
        let mut states = Self::default();
        for (number, decision) in decisions {
            states.apply(*number, decision);
        }
        states
    }

    /// Applies one more audit entry. One that was applied before, or is about something else,
    /// changes nothing.
    pub fn apply(&mut self, number: u64, decision: &AuditEntry) {
        if number <= self.cursor {
            return;
        }
        self.cursor = number;
        if let Some(change) = Change::read(decision) {
            let versions = self.experiments.entry(decision.subject.clone()).or_default();
            versions.entry(change.version).or_default().apply(Transition {
                at: decision.at,
                by: decision.by.clone(),
                change,
            });
        }
    }

    /// The number of the last entry that was applied: where to continue reading.
    pub fn cursor(&self) -> u64 {
        self.cursor
    }

    /// The state of a version of an experiment; `None` if it was never changed.
    pub fn state(&self, experiment: &str, version: u32) -> Option<&ExperimentState> {
        self.experiments.get(experiment)?.get(&version)
    }
}

impl Experiment {
    /// The current stage, from its state or else from the configuration.
    pub fn stage(&self, state: Option<&ExperimentState>) -> Stage {
        state.and_then(|state| state.stage).unwrap_or(match self.start {
            Start::AtOnce => Stage::Running,
            Start::Manual => Stage::Waiting,
        })
    }

    /// The current ramp in percent, from its state or else from the configuration.
    pub fn ramp(&self, state: Option<&ExperimentState>) -> u32 {
        state.and_then(|state| state.ramp_percent).unwrap_or(self.ramp_percent)
    }
}
