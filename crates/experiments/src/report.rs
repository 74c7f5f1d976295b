//! Computes the report of an experiment from its people.

use jiff::Timestamp;
use switchboard_core::Currency;
use switchboard_router::experiment::{Experiment, ExperimentState};

use crate::{
    Cohort, CompletedCalls,
    results::{ArmComparison, ArmReport, Points, Report, SplitCheck},
    sentences,
    sequential::{
        Metric, SampleRatioMismatch, SequentialComparison, Side, Tally, sample_ratio_mismatch,
    },
};

/// The chance that any comparison of a report ever detects a difference that does not exist, at any
/// look.
pub const ALPHA: f64 = 0.05;
/// A p-value of the split below this means that the arms did not get the people that their weights
/// call for.
const SUSPECT_BELOW: f64 = 0.01;

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
