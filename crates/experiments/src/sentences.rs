//! The summary of a report, in sentences. They say so where the data is too little for a verdict.

use switchboard_router::experiment::Stage;

use crate::{
    results::{ArmComparison, Report},
    sequential::{Estimate, Interval},
};

/// An arm with fewer people than this gets no verdict.
const MIN_PEOPLE: u64 = 30;

pub(super) fn of(report: &Report) -> Vec<String> {
    let mut sentences = Vec::new();
    match report.stage {
        Stage::Waiting => sentences.push(
            "The experiment has not started: every call is routed as if it did not exist."
                .to_owned(),
        ),
        Stage::Stopped => sentences.push(
            "The experiment was stopped: every call is routed as if it did not exist, and these \
             results are final."
                .to_owned(),
        ),
        Stage::Running => {}
    }
    if report.sample_ratio_mismatch.is_some_and(|split| split.suspect) {
        sentences.push(
            "The arms did not get the people that their weights call for (sample ratio \
             mismatch). Find out where people are assigned, lost or counted wrongly before you \
             believe any difference."
                .to_owned(),
        );
    }
    if report.unknown_arm > 0 {
        sentences.push(format!(
            "Left out: {}, assigned to arms that the definition no longer has. Changing the arms \
             requires a new version.",
            people(report.unknown_arm)
        ));
    }
    for arm in &report.arms {
        if let Some(stopped) = &arm.stopped {
            let why = stopped.change.why.as_deref().unwrap_or("no reason was given");
            sentences.push(format!(
                "{} was stopped by {} at {:.0} ({why}). Its people have been called in the \
                 ordinary way since then but still count for it, so its difference shrinks from \
                 then on.",
                arm.arm, stopped.by, stopped.at
            ));
        }
        if arm.unpriced > 0 {
            sentences.push(format!(
                "The cost of {} in {} is not known; cost per success leaves them out.",
                people(arm.unpriced),
                arm.arm
            ));
        }
    }
    if report.people == 0 {
        sentences.push("No call has ended yet: there is nothing to compare.".to_owned());
        return sentences;
    }
    let count =
        |name: &str| report.arms.iter().find(|arm| arm.arm == name).map_or(0, |arm| arm.people);
    for compared in &report.comparisons {
        let fewest = count(&compared.arm).min(count(&compared.control));
        sentences.push(verdict(compared, fewest));
        sentences.extend(significant(
            "A success costs",
            &compared.difference.cost_per_success,
            compared,
            report.currency,
        ));
        sentences.extend(significant("A call lasts", &compared.difference.duration, compared, "s"));
    }
    sentences
}

fn verdict(compared: &ArmComparison, fewest: u64) -> String {
    let (arm, control) = (&compared.arm, &compared.control);
    let now = compared.difference.success.and_then(|success| success.interval);
    let range = now.map_or_else(String::new, points);
    match compared.detected {
        Some(detected) => {
            let better = if detected.treatment_better { "more" } else { "less" };
            format!(
                "{arm} succeeds {better} often than {control}: that became certain after {} in \
                 both arms, at {:.0}. Over everyone so far, the difference is {range}.",
                people(detected.people),
                detected.at
            )
        }
        None if fewest < MIN_PEOPLE => format!(
            "Too little data on {arm} against {control}: one of the two has only {}. The \
             difference in success may be {range}.",
            people(fewest)
        ),
        None => format!(
            "No difference in success between {arm} and {control} has been shown so far, which is \
             not proof that there is none. It may be {range}."
        ),
    }
}

fn points(interval: Interval) -> String {
    format!(
        "anything from {:+.1} to {:+.1} percentage points",
        interval.low * 100.0,
        interval.high * 100.0
    )
}

/// A sentence about another metric, if its interval excludes zero.
fn significant(
    what: &str,
    found: &Option<Estimate>,
    compared: &ArmComparison,
    unit: &str,
) -> Option<String> {
    let found = found.as_ref().filter(|found| found.excludes(0.0))?;
    let interval = found.interval?;
    let (more, least, most) = if found.value > 0.0 {
        ("more", interval.low, interval.high)
    } else {
        ("less", -interval.high, -interval.low)
    };
    Some(format!(
        "{what} {least:.2} to {most:.2} {unit} {more} in {} than in {}.",
        compared.arm, compared.control
    ))
}

fn people(count: u64) -> String {
    match count {
        1 => "1 person".to_owned(),
        many => format!("{many} people"),
    }
}
