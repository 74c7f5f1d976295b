//! What an experiment shows, and how sure that is.

use jiff::Timestamp;
use serde::Serialize;
use switchboard_core::{Currency, Money};
use switchboard_router::experiment::{Experiment, Life, Stage, Step};

use crate::{
    Known, People,
    analysis::{
        Comparison, Course, Estimate, Metric, Mismatch, Point, Side, Tally, Told, mismatch,
    },
    words,
};

/// The chance that any of a report's comparisons ever tells a difference that is not there.
pub const ALPHA: f64 = 0.05;
/// Below this, the arms did not get the people that they should.
const SUSPECT: f64 = 0.01;

/// What an experiment shows at one moment. The first arm is the control; every other, and the
/// holdout, is compared to it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The experiment.
    pub experiment: String,
    /// Its version.
    pub version: u32,
    /// Where it is in its life.
    pub stage: Stage,
    /// How many of its people are in it, in percent.
    pub ramp_percent: u32,
    /// When the report was made.
    pub at: Timestamp,
    /// When the first person and the last came in, of those that are counted.
    pub span: Option<[Timestamp; 2]>,
    /// How many people are counted.
    pub people: u64,
    /// How many more wait for the end of their calls.
    pub open: u64,
    /// How many are left out, because they were assigned to an arm that the definition does not
    /// name any more.
    pub strangers: u64,
    /// What costs are counted in.
    pub currency: &'static str,
    /// Each arm by itself.
    pub arms: Vec<ArmReport>,
    /// Each arm against the control.
    pub comparisons: Vec<Versus>,
    /// Whether the arms got the people that they should.
    pub mismatch: Option<Share>,
    /// What all of it comes to, in sentences.
    pub words: Vec<String>,
}

/// One arm.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArmReport {
    /// Its name.
    pub arm: String,
    /// The share of the people that it should have.
    pub share: f64,
    /// How many it has.
    pub people: u64,
    /// With how many of them somebody talked.
    pub successes: u64,
    /// The same as a share.
    pub success: Option<Estimate>,
    /// How many calls failed for a technical reason, were refused or got lost.
    pub errors: u64,
    /// What is known to have been billed.
    pub spent: Money,
    /// People whose bill is not known.
    pub unpriced: u64,
    /// What a success costs, failures included.
    pub cost_per_success: Option<Estimate>,
    /// The mean duration in seconds, where one is known.
    pub duration: Option<Estimate>,
    /// How it was stopped.
    pub stopped: Option<Step>,
}

/// One arm against the control.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Versus {
    /// The arm.
    pub arm: String,
    /// The control.
    pub control: String,
    /// The confidence of the intervals: the more arms there are, the surer each has to be.
    pub confidence: f64,
    /// How much higher each is in the arm.
    #[serde(flatten)]
    pub difference: Comparison,
    /// The smallest level at which any look so far told a difference in success, over all
    /// comparisons of the report.
    pub p_value: f64,
    /// The first moment at which success could not be equal.
    pub told: Option<Told>,
    /// The difference over time.
    pub points: Points,
}

/// The points of a plot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Points {
    /// The share of successes.
    pub success: Vec<Point>,
    /// What a success costs.
    pub cost_per_success: Vec<Point>,
    /// The mean duration in seconds.
    pub duration: Vec<Point>,
}

/// Whether the arms got the people that they should.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    /// The smallest level at which the counts contradict the weights, at any look.
    pub p_value: f64,
    /// True where no difference between the arms can be believed before the fault is found.
    pub suspect: bool,
}

impl Report {
    /// What these people show.
    pub fn new(
        experiment: &Experiment,
        life: Option<&Life>,
        people: &People,
        now: Timestamp,
    ) -> Self {
        let known = people.known(now);
        let currency = people.currency();
        let subjects = experiment.subjects();
        let arms = arms(&subjects, life, &known, currency);
        let mut report = Self {
            experiment: experiment.name.clone(),
            version: experiment.version,
            stage: experiment.stage(life),
            ramp_percent: experiment.ramp(life),
            at: now,
            span: known
                .people
                .first()
                .zip(known.people.last())
                .map(|(first, last)| [first.at, last.at]),
            people: known.people.len() as u64,
            open: known.open,
            strangers: known.strangers,
            currency: currency.code(),
            comparisons: comparisons(&subjects, &known, currency),
            mismatch: shares(&subjects, &arms),
            arms,
            words: Vec::new(),
        };
        report.words = words::of(&report);
        report
    }
}

fn arms(
    subjects: &[(&str, u32)],
    life: Option<&Life>,
    known: &Known,
    currency: Currency,
) -> Vec<ArmReport> {
    let whole: f64 = subjects.iter().map(|(_, weight)| f64::from(*weight)).sum();
    let arm = |(index, (name, weight)): (usize, &(&str, u32))| {
        let mut tally = Tally::new(currency);
        let mut errors = 0;
        for person in known.people.iter().filter(|person| person.subject == index) {
            tally.add(&person.seen);
            errors += u64::from(person.erred);
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
            stopped: life.and_then(|life| life.stopped_arms.get(*name)).cloned(),
        }
    };
    subjects.iter().enumerate().map(arm).collect()
}

fn comparisons(subjects: &[(&str, u32)], known: &Known, currency: Currency) -> Vec<Versus> {
    let Some(((control, weight), others)) = subjects.split_first() else {
        return Vec::new();
    };
    let many = others.iter().filter(|(_, weight)| *weight > 0).count().max(1) as f64;
    let versus = |(order, (name, own)): (usize, &(&str, u32))| {
        let mut course = Course::new([*weight, *own], ALPHA / many, currency)?;
        for person in &known.people {
            let side = match person.subject {
                0 => Side::Control,
                subject if subject == order + 1 => Side::Treatment,
                _other_arm => continue,
            };
            course.observe(side, &person.seen, person.at);
        }
        Some(Versus {
            arm: (*name).to_owned(),
            control: (*control).to_owned(),
            confidence: 1.0 - ALPHA / many,
            difference: course.comparison(),
            p_value: (course.p_value() * many).min(1.0),
            told: course.told(),
            points: Points {
                success: course.points(Metric::Success),
                cost_per_success: course.points(Metric::CostPerSuccess),
                duration: course.points(Metric::Duration),
            },
        })
    };
    others.iter().enumerate().filter_map(versus).collect()
}

fn shares(subjects: &[(&str, u32)], arms: &[ArmReport]) -> Option<Share> {
    let counts: Vec<u64> = arms.iter().map(|arm| arm.people).collect();
    let weights: Vec<u32> = subjects.iter().map(|(_, weight)| *weight).collect();
    let p_value = mismatch(&counts, &weights).as_ref().map(Mismatch::p_value)?;
    Some(Share { p_value, suspect: p_value < SUSPECT })
}
