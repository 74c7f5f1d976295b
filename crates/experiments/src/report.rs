//! The results of an experiment, and how certain they are.

use jiff::Timestamp;
use serde::Serialize;
use switchboard_core::{Currency, Money};
use switchboard_router::experiment::{Experiment, ExperimentState, Stage, Transition};

use crate::{
    Cohort, CompletedCalls, sentences,
    sequential::{
        Comparison, Detection, Estimate, Metric, Point, SampleRatioMismatch, SequentialComparison,
        Side, Tally, sample_ratio_mismatch,
    },
};

/// The chance that any comparison of a report ever detects a difference that does not exist, at any
/// look.
pub const ALPHA: f64 = 0.05;
/// A p-value of the split below this means that the arms did not get the people that their weights
/// call for.
const SUSPECT_BELOW: f64 = 0.01;

/// The results of an experiment at one moment. The first arm is the control; every other arm, and
/// the holdout, is compared with it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The experiment's name.
    pub experiment: String,
    /// The version of the experiment that these results belong to.
    pub version: u32,
    /// Whether the experiment is waiting, running or stopped.
    pub stage: Stage,
    /// The share of eligible people who are enrolled, in percent.
    pub ramp_percent: u32,
    /// When the report was made.
    pub at: Timestamp,
    /// When the first and the last of the counted people were admitted; `None` if nobody is
    /// counted.
    pub span: Option<[Timestamp; 2]>,
    /// The number of people counted, over all arms.
    pub people: u64,
    /// The number of people who are not counted yet, because their call, or one admitted before it,
    /// is still open.
    pub open: u64,
    /// The number of people left out because they were assigned to an arm that the definition no
    /// longer has.
    pub unknown_arm: u64,
    /// The ISO 4217 code of the currency of all costs.
    pub currency: &'static str,
    /// Each arm by itself, in the order of the definition, with the holdout last.
    pub arms: Vec<ArmReport>,
    /// Each arm compared with the control.
    pub comparisons: Vec<ArmComparison>,
    /// Whether the arms got the people that their weights call for; `None` without any weights.
    pub sample_ratio_mismatch: Option<SplitCheck>,
    /// The results in sentences, the most important first.
    pub summary: Vec<String>,
}

/// The results of one arm.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArmReport {
    /// The arm's name.
    pub arm: String,
    /// The share of people that its weight calls for, from 0 to 1.
    pub share: f64,
    /// The number of people in the arm.
    pub people: u64,
    /// The number of people whose call succeeded: somebody talked.
    pub successes: u64,
    /// The success rate, from 0 to 1; `None` for an empty arm.
    pub success: Option<Estimate>,
    /// The number of calls that failed for a technical reason, were refused or were lost.
    pub errors: u64,
    /// The sum of all known bills.
    pub spent: Money,
    /// The number of people whose bill is not known.
    pub unpriced: u64,
    /// The cost per success, in units of the currency, with the cost of failures included.
    pub cost_per_success: Option<Estimate>,
    /// The mean duration in seconds, over calls whose duration is known.
    pub duration: Option<Estimate>,
    /// When, why and by whom the arm was stopped, if it was.
    pub stopped: Option<Transition>,
}

/// One arm compared with the control.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArmComparison {
    /// The name of the arm.
    pub arm: String,
    /// The name of the control arm.
    pub control: String,
    /// The confidence of each interval, from 0 to 1. It rises with the number of comparisons, so
    /// that all of them together hold with `1 - ALPHA`.
    pub confidence: f64,
    /// How much higher each metric is in the arm than in the control.
    #[serde(flatten)]
    pub difference: Comparison,
    /// The smallest significance level at which any look so far detected a difference in success,
    /// corrected for the number of comparisons.
    pub p_value: f64,
    /// The first moment at which equal success rates were ruled out.
    pub detected: Option<Detection>,
    /// The difference over time, for a plot.
    pub points: Points,
}

/// The points of a plot, one list for each metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Points {
    /// The difference of the success rates.
    pub success: Vec<Point>,
    /// The difference in cost per success, in units of the currency.
    pub cost_per_success: Vec<Point>,
    /// The difference of the mean durations, in seconds.
    pub duration: Vec<Point>,
}

/// Whether the arms got the people that their weights call for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SplitCheck {
    /// The smallest significance level at which the counts contradict the weights, at any look.
    pub p_value: f64,
    /// True if no difference between the arms can be trusted until the fault is found.
    pub suspect: bool,
}

impl Report {
    /// The report on these people. `state` holds the decisions about this version of the
    /// experiment; `None` if there are none.
    pub fn new(
        experiment: &Experiment,
        state: Option<&ExperimentState>,
        people: &Cohort,
        now: Timestamp,
    ) -> Self {
        let completed = people.completed(now);
        let currency = people.currency();
        let subjects = experiment.subjects();
        let arms = arms(&subjects, state, &completed, currency);
        let mut report = Self {
            experiment: experiment.name.clone(),
            version: experiment.version,
            stage: experiment.stage(state),
            ramp_percent: experiment.ramp(state),
            at: now,
            span: completed
                .people
                .first()
                .zip(completed.people.last())
                .map(|(first, last)| [first.at, last.at]),
            people: completed.people.len() as u64,
            open: completed.open,
            unknown_arm: completed.unknown_arm,
            currency: currency.code(),
            comparisons: comparisons(&subjects, &completed, currency),
            sample_ratio_mismatch: split_check(&subjects, &arms),
            arms,
            summary: Vec::new(),
        };
        report.summary = sentences::of(&report);
        report
    }
}

fn arms(
    subjects: &[(&str, u32)],
    state: Option<&ExperimentState>,
    completed: &CompletedCalls,
    currency: Currency,
) -> Vec<ArmReport> {
    let whole: f64 = subjects.iter().map(|(_, weight)| f64::from(*weight)).sum();
    let arm = |(index, (name, weight)): (usize, &(&str, u32))| {
        let mut tally = Tally::new(currency);
        let mut errors = 0;
        for person in completed.people.iter().filter(|person| person.subject == index) {
            tally.add(&person.observation);
            errors += u64::from(person.failed);
        }
        ArmReport {
            arm: (*name).to_owned(),
            share: f64::from(*weight) / whole.max(1.0),
            people: tally.rate().of,
            successes: tally.rate().successes,
            success: tally.success(ALPHA),
            errors,
            spent: tally.spent(),
            unpriced: tally.unpriced(),
            cost_per_success: tally.cost_per_success(ALPHA),
            duration: tally.duration(ALPHA),
            stopped: state.and_then(|state| state.stopped_arms.get(*name)).cloned(),
        }
    };
    subjects.iter().enumerate().map(arm).collect()
}

fn comparisons(
    subjects: &[(&str, u32)],
    completed: &CompletedCalls,
    currency: Currency,
) -> Vec<ArmComparison> {
    let Some(((control, weight), others)) = subjects.split_first() else {
        return Vec::new();
    };
    let many = others.iter().filter(|(_, weight)| *weight > 0).count().max(1) as f64;
    let compare = |(order, (name, own)): (usize, &(&str, u32))| {
        let mut comparison = SequentialComparison::new([*weight, *own], ALPHA / many, currency)?;
        for person in &completed.people {
            let side = match person.subject {
                0 => Side::Control,
                subject if subject == order + 1 => Side::Treatment,
                _other_arm => continue,
            };
            comparison.observe(side, &person.observation, person.at);
        }
        Some(ArmComparison {
            arm: (*name).to_owned(),
            control: (*control).to_owned(),
            confidence: 1.0 - ALPHA / many,
            difference: comparison.comparison(),
            p_value: (comparison.p_value() * many).min(1.0),
            detected: comparison.detected(),
            points: Points {
                success: comparison.points(Metric::Success),
                cost_per_success: comparison.points(Metric::CostPerSuccess),
                duration: comparison.points(Metric::Duration),
            },
        })
    };
    others.iter().enumerate().filter_map(compare).collect()
}

fn split_check(subjects: &[(&str, u32)], arms: &[ArmReport]) -> Option<SplitCheck> {
    let counts: Vec<u64> = arms.iter().map(|arm| arm.people).collect();
    let weights: Vec<u32> = subjects.iter().map(|(_, weight)| *weight).collect();
    let p_value =
        sample_ratio_mismatch(&counts, &weights).as_ref().map(SampleRatioMismatch::p_value)?;
    Some(SplitCheck { p_value, suspect: p_value < SUSPECT_BELOW })
}
