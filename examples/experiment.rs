//! An experiment from before its start to its verdict: what it can find, a guardrail that stops an
//! arm, and looks at any time.
//!
//!     cargo run -p switchboard-examples --example experiment
//!
//! NOTHING IS CALLED: there is no provider and no network here. The people and their answers are
//! made up, from a fixed seed. Only the split, the guardrail and the arithmetic are real, and they
//! are those of the router and of `switchboard experiments`.
#![allow(clippy::print_stdout)]

use std::{error::Error, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use switchboard::{
    Call, CallId, CallRequest, CallStatus, Currency, Money, Outcome, Policy,
    experiments::{
        ALPHA, Cohort, Report, Watch,
        sequential::{Design, detectable},
    },
    journal::NewCall,
    router::{
        ExperimentStates,
        experiment::{Arm, Bound, Enrollment, Experiment, GuardMetric, Guardrail, enroll},
    },
};

const PEOPLE: u32 = 3_000;
/// Looking early and often is allowed.
const LOOKS: [u32; 4] = [60, 400, 1_200, PEOPLE];
/// With how many of a hundred people of each arm somebody talks, in this made-up world. The
/// holdout, and whoever is in a stopped arm, hears the ordinary opening line, which is the calm
/// one.
const TRUTH: [(&str, u64); 3] = [("calm", 50), ("brisk", 62), ("hasty", 22)];

fn main() -> Result<(), Box<dyn Error>> {
    println!("Nothing is called: the people and their answers are made up.\n");
    let arm = |name: &str, weight| Arm::agent(name, name.into(), weight);
    let mut experiment =
        Experiment::new("opening line", vec![arm("calm", 2), arm("brisk", 2), arm("hasty", 1)]);
    experiment.holdout_percent = 10;
    experiment.guardrails = vec![Guardrail {
        metric: GuardMetric::SuccessRate,
        bound: Bound::AtLeast("0.4".parse()?),
        minimum_calls: 40,
    }];
    before(&experiment, 3);

    let mut people = Cohort::new(&experiment, Currency::USD);
    let mut policy = Policy::new(Vec::new(), Currency::USD);
    policy.experiments.push(experiment.clone());
    let (mut watch, mut states, mut decided) =
        (Watch::new(&policy), ExperimentStates::default(), 0);
    let mut verdict = None;
    for n in 0..PEOPLE {
        let at = "2026-03-02T09:00:00Z".parse::<Timestamp>()? + SignedDuration::from_mins(n.into());
        let request =
            CallRequest::new(format!("+1512{:07}", 5_550_000 + n), "Offer a table for Friday.")
                .validate(at)?;
        let enrollment =
            enroll(&policy.experiments, Some(&states), &request).ok_or("everybody is in it")?;
        let id = format!("01950000-0000-7000-8000-{n:012x}").parse::<CallId>()?;
        let new = NewCall::new(id, Arc::new(request.clone()), at);
        let call = answered(new.received(), &enrollment, n);
        people.observe(&call);
        watch.observe(&call);
        // A router does so every few seconds, and writes what it decides into the ledger, for every
        // process to see.
        for decision in watch.decisions(&policy, &states, at) {
            decided += 1;
            states.apply(decided, &decision);
            println!("\nAfter {} people: {} decides {}", n + 1, decision.by, decision.what);
        }
        if LOOKS.contains(&(n + 1)) {
            verdict =
                Some(look(&Report::new(&experiment, states.state("opening line", 1), &people, at)));
        }
    }

    let verdict = verdict.ok_or("there was a look")?;
    assert!(states.state("opening line", 1).is_some_and(|state| state.has_stopped("hasty")));
    let brisk = verdict
        .comparisons
        .iter()
        .find(|versus| versus.arm == "brisk")
        .ok_or("brisk is compared")?;
    assert!(brisk.detected.is_some_and(|told| told.treatment_better), "twelve points are found");
    assert!(
        !verdict.sample_ratio_mismatch.is_some_and(|split| split.suspect),
        "the arms got their people"
    );
    println!(
        "\nThe guardrail stopped the hasty line, and the brisk one is better than the calm one."
    );
    Ok(())
}

/// What can be found at all, asked before anybody is called.
fn before(experiment: &Experiment, comparisons: u32) {
    let subjects = experiment.subjects();
    println!(
        "Of {} people, by weight: {subjects:?}",
        subjects.iter().map(|(_, weight)| weight).sum::<u32>()
    );
    let design = Design {
        baseline: 0.5,
        weights: [2, 2],
        alpha: ALPHA / f64::from(comparisons),
        power: 0.8,
    };
    // The control and one arm of the same weight are 72 in a hundred of all people.
    for people in [500, u64::from(PEOPLE)] {
        if let Some(found) = detectable(&design, people * 72 / 100) {
            println!(
                "With {people} people it finds an improvement of {:.1} points, looked at always; {:.1} with one look at the end.",
                found.anytime * 100.0,
                found.fixed * 100.0
            );
        }
    }
}

/// A made-up end, by the arm's truth.
fn answered(mut call: Call, enrollment: &Enrollment<'_>, n: u32) -> Call {
    let line = enrollment.agent().map_or("calm", |profile| profile.as_str());
    let talks = TRUTH.iter().find(|(name, _)| *name == line).map_or(0, |(_, percent)| *percent);
    let talked = chance(n) % 100 < talks;
    call.experiment = Some(enrollment.assignment.clone());
    call.status = CallStatus::Closed;
    call.outcome = Some(if talked { Outcome::Completed } else { Outcome::NoAnswer });
    call.duration = talked.then(|| Duration::from_secs(40 + chance(n + PEOPLE) % 80));
    call.cost = Some(Money::from_micros(if talked { 180_000 } else { 30_000 }, Currency::USD));
    call.updated_at = call.created_at + SignedDuration::from_secs(40);
    call
}

fn look(report: &Report) -> Report {
    println!("\nA look after {} people:", report.people);
    for arm in &report.arms {
        let rate = arm.success.and_then(|success| Some((success.value, success.interval?)));
        let (share, interval) =
            rate.map_or((0.0, None), |(share, interval)| (share, Some(interval)));
        let range = interval.map_or_else(String::new, |interval| {
            format!(" ({:.1} to {:.1})", interval.low * 100.0, interval.high * 100.0)
        });
        println!(
            "  {:<8}{:>5} people, {:.1} % talked{range}, {} spent",
            arm.arm,
            arm.people,
            share * 100.0,
            arm.spent
        );
    }
    for word in &report.summary {
        println!("  - {word}");
    }
    report.clone()
}

/// SplitMix64: the same numbers on every machine.
fn chance(n: u32) -> u64 {
    let mut z =
        u64::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
