//! Experiments and their reports.

use serde::{Deserialize, Serialize};
use switchboard::{
    experiments::{self, sequential},
    router::{
        Experiment as Definition,
        experiment::{ExperimentState, Transition, Treatment},
    },
};
use utoipa::ToSchema;

use crate::wire::{Money, Time};

/// An experiment as it stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExperimentDetails {
    /// Its name.
    pub name: String,
    /// Its version. Each version splits people anew.
    pub version: u32,
    /// `waiting`, `running` or `stopped`.
    #[schema(examples("running"))]
    pub stage: String,
    /// How many of the eligible people are enrolled, in percent.
    pub ramp_percent: u32,
    /// How many of the enrolled people are held out, in percent.
    pub holdout_percent: u32,
    /// The arms; the first is the control.
    pub arms: Vec<ExperimentArm>,
    /// The rules that stop an arm.
    pub guardrails: Vec<String>,
    /// What was decided, oldest first.
    pub decisions: Vec<ExperimentDecision>,
}

/// An arm.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExperimentArm {
    /// Its name.
    pub name: String,
    /// The provider that is asked first.
    #[schema(required)]
    pub provider: Option<String>,
    /// The agent profile that calls.
    #[schema(required)]
    pub agent: Option<String>,
    /// Its weight.
    pub weight: u32,
    /// True if it takes no new calls.
    pub stopped: bool,
}

/// A decision about an experiment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExperimentDecision {
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
    /// Who made it.
    pub by: String,
    /// The new stage.
    #[schema(required)]
    pub stage: Option<String>,
    /// The new ramp.
    #[schema(required)]
    pub ramp_percent: Option<u32>,
    /// The arm that it is about.
    #[schema(required)]
    pub arm: Option<String>,
    /// Why.
    #[schema(required)]
    pub note: Option<String>,
}

/// Every experiment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExperimentList {
    /// The experiments.
    pub data: Vec<ExperimentDetails>,
}

/// A request to start an experiment.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StartExperiment {
    /// How many of the eligible people to enroll, in percent. Left out: as it is.
    #[schema(minimum = 0, maximum = 100)]
    pub percent: Option<u32>,
    /// Why.
    pub note: Option<String>,
}

/// A request to change the ramp of an experiment.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RampExperiment {
    /// How many of the eligible people to enroll, in percent.
    #[schema(minimum = 0, maximum = 100)]
    pub percent: u32,
    /// Why.
    pub note: Option<String>,
}

/// A request to stop an experiment, or one of its arms.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StopExperiment {
    /// The arm. Left out: the whole experiment.
    pub arm: Option<String>,
    /// Why.
    pub note: Option<String>,
}

impl ExperimentDetails {
    /// A definition and its state.
    pub fn new(definition: &Definition, state: Option<&ExperimentState>) -> Self {
        let decisions = state.map(|state| state.transitions.as_slice()).unwrap_or_default();
        Self {
            name: definition.name.clone(),
            version: definition.version,
            stage: definition.stage(state).as_str().to_owned(),
            ramp_percent: definition.ramp(state),
            holdout_percent: definition.holdout_percent,
            arms: definition
                .arms
                .iter()
                .map(|arm| {
                    let (provider, agent) = match &arm.treatment {
                        Treatment::Provider(id) => (Some(id.as_str().to_owned()), None),
                        Treatment::Agent(name) => (None, Some(name.as_str().to_owned())),
                    };
                    let stopped = state.is_some_and(|state| state.has_stopped(&arm.name));
                    let (name, weight) = (arm.name.clone(), arm.weight);
                    ExperimentArm { name, provider, agent, weight, stopped }
                })
                .collect(),
            guardrails: definition.guardrails.iter().map(ToString::to_string).collect(),
            decisions: decisions.iter().map(ExperimentDecision::from).collect(),
        }
    }
}

impl From<&Transition> for ExperimentDecision {
    fn from(decision: &Transition) -> Self {
        Self {
            at: decision.at.into(),
            by: decision.by.clone(),
            stage: decision.change.to.map(|stage| stage.as_str().to_owned()),
            ramp_percent: decision.change.ramp_percent,
            arm: decision.change.arm.clone(),
            note: decision.change.why.clone(),
        }
    }
}

/// A measured value and what it certainly lies between, however often one looks.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Estimate {
    /// The measured value.
    pub value: f64,
    /// The lower end. Null while there is too little data.
    #[schema(required)]
    pub low: Option<f64>,
    /// The upper end.
    #[schema(required)]
    pub high: Option<f64>,
}

/// The results of an arm.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReportArm {
    /// The arm.
    pub arm: String,
    /// The share of people that it should get, 0 to 1.
    pub share: f64,
    /// How many people it has.
    pub people: u64,
    /// With how many of them somebody talked.
    pub successes: u64,
    /// The success rate, 0 to 1.
    #[schema(required)]
    pub success: Option<Estimate>,
    /// How many calls failed for a technical reason.
    pub errors: u64,
    /// All known bills.
    pub spent: Money,
    /// How many people's bill is not known.
    pub unpriced: u64,
    /// The cost of a success, in units of the currency.
    #[schema(required)]
    pub cost_per_success: Option<Estimate>,
    /// The mean duration in seconds.
    #[schema(required)]
    pub duration: Option<Estimate>,
}

/// An arm compared with the control.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReportComparison {
    /// The arm.
    pub arm: String,
    /// The control.
    pub control: String,
    /// The confidence of the intervals, 0 to 1.
    pub confidence: f64,
    /// How much higher the success rate is.
    #[schema(required)]
    pub success: Option<Estimate>,
    /// How much higher the cost of a success is.
    #[schema(required)]
    pub cost_per_success: Option<Estimate>,
    /// How much longer calls are, in seconds.
    #[schema(required)]
    pub duration: Option<Estimate>,
    /// The p-value of no difference in success.
    pub p_value: f64,
}

/// What an experiment shows.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExperimentReport {
    /// The experiment.
    pub experiment: String,
    /// Its version.
    pub version: u32,
    /// When the report was made.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
    /// How many people are counted.
    pub people: u64,
    /// How many are not counted yet, because a call is not over.
    pub open: u64,
    /// The currency of all costs.
    pub currency: String,
    /// The arms.
    pub arms: Vec<ReportArm>,
    /// The comparisons with the control.
    pub comparisons: Vec<ReportComparison>,
    /// True if the arms did not get their planned shares: then nothing else can be trusted.
    pub split_is_suspect: bool,
    /// The results in sentences, the most important first.
    pub summary: Vec<String>,
}

impl From<&sequential::Estimate> for Estimate {
    fn from(estimate: &sequential::Estimate) -> Self {
        let interval = estimate.interval;
        Self {
            value: estimate.value,
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
        }
    }
}

impl From<experiments::Report> for ExperimentReport {
    fn from(report: experiments::Report) -> Self {
        let estimate = |found: &Option<sequential::Estimate>| found.as_ref().map(Estimate::from);
        Self {
            arms: report
                .arms
                .iter()
                .map(|arm| ReportArm {
                    arm: arm.arm.clone(),
                    share: arm.share,
                    people: arm.people,
                    successes: arm.successes,
                    success: estimate(&arm.success),
                    errors: arm.errors,
                    spent: arm.spent.into(),
                    unpriced: arm.unpriced,
                    cost_per_success: estimate(&arm.cost_per_success),
                    duration: estimate(&arm.duration),
                })
                .collect(),
            comparisons: report
                .comparisons
                .iter()
                .map(|versus| ReportComparison {
                    arm: versus.arm.clone(),
                    control: versus.control.clone(),
                    confidence: versus.confidence,
                    success: estimate(&versus.difference.success),
                    cost_per_success: estimate(&versus.difference.cost_per_success),
                    duration: estimate(&versus.difference.duration),
                    p_value: versus.p_value,
                })
                .collect(),
            split_is_suspect: report.sample_ratio_mismatch.is_some_and(|split| split.suspect),
            experiment: report.experiment,
            version: report.version,
            at: report.at.into(),
            people: report.people,
            open: report.open,
            currency: report.currency.to_owned(),
            summary: report.summary,
        }
    }
}
