//! The contents of a report.

use jiff::Timestamp;
use serde::Serialize;
use switchboard_core::Money;
use switchboard_router::experiment::{Stage, Transition};

use crate::sequential::{Comparison, Detection, Estimate, Point};

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
