//! What a report comes to, in sentences. Where little is known, they say so.

use switchboard_router::experiment::Stage;

use crate::{
    Report, Versus,
    analysis::{Estimate, Interval},
};

/// With fewer in an arm, nothing about it is worth a sentence.
const FEW: u64 = 30;

pub(super) fn of(report: &Report) -> Vec<String> {
    let mut words = Vec::new();
    match report.stage {
        Stage::Waiting => words.push("It was not started: every call goes its ordinary way.".to_owned()),
        Stage::Stopped => words.push("It was stopped: every call goes its ordinary way, and what is here is all there will be.".to_owned()),
        Stage::Running => {}
    }
    if report.mismatch.is_some_and(|share| share.suspect) {
        words.push(
            "The arms did not get the people that they should. Something assigns, loses or counts otherwise than it says: find it before you \
             believe any difference."
                .to_owned(),
        );
    }
    if report.strangers > 0 {
        words.push(format!(
            "Left out: {}, assigned to arms that the definition does not name any more. Changed arms need a new version.",
            people(report.strangers)
        ));
    }
    for arm in &report.arms {
        if let Some(stopped) = &arm.stopped {
            let why = stopped.change.why.as_deref().unwrap_or("no reason was given");
            words.push(format!(
                "{} was stopped by {} at {:.0} ({why}). Its people go the ordinary way since and are counted to it all the same, so that its \
                 difference shrinks from then on.",
                arm.arm, stopped.by, stopped.at
            ));
        }
        if arm.unpriced > 0 {
            words.push(format!(
                "What {} in {} cost is not known: left out of what a success costs there.",
                people(arm.unpriced),
                arm.arm
            ));
        }
    }
    if report.people == 0 {
        words.push("Nobody's call is over yet: there is nothing to compare.".to_owned());
        return words;
    }
    let count =
        |name: &str| report.arms.iter().find(|arm| arm.arm == name).map_or(0, |arm| arm.people);
    for versus in &report.comparisons {
        let fewest = count(&versus.arm).min(count(&versus.control));
        words.push(verdict(versus, fewest));
        words.extend(other(
            "A success costs",
            &versus.difference.cost_per_success,
            versus,
            report.currency,
        ));
        words.extend(other("A call lasts", &versus.difference.duration, versus, "s"));
    }
    words
}

fn verdict(versus: &Versus, fewest: u64) -> String {
    let (arm, control) = (&versus.arm, &versus.control);
    let now = versus.difference.success.and_then(|success| success.interval);
    let range = now.map_or_else(String::new, points);
    match versus.told {
        Some(told) => {
            let better = if told.treatment_better { "more" } else { "less" };
            format!(
                "{arm} succeeds {better} often than {control}: that was certain after {} of both, at {:.0}. Over everybody so far, the difference is \
                 {range}.",
                people(told.people),
                told.at
            )
        }
        None if fewest < FEW => format!(
            "Too little is known of {arm} against {control}: one of them has only {}. The difference in success may be {range}.",
            people(fewest)
        ),
        None => format!(
            "No difference in success between {arm} and {control} is shown so far; that is not proof that there is none. It may be {range}."
        ),
    }
}

fn points(interval: Interval) -> String {
    format!(
        "anything from {:+.1} to {:+.1} points of a hundred",
        interval.low * 100.0,
        interval.high * 100.0
    )
}

/// A sentence on another metric, where it is certainly not the same.
fn other(what: &str, found: &Option<Estimate>, versus: &Versus, unit: &str) -> Option<String> {
    let found = found.as_ref().filter(|found| found.excludes(0.0))?;
    let interval = found.interval?;
    let (more, least, most) = if found.value > 0.0 {
        ("more", interval.low, interval.high)
    } else {
        ("less", -interval.high, -interval.low)
    };
    Some(format!(
        "{what} {least:.2} to {most:.2} {unit} {more} in {} than in {}.",
        versus.arm, versus.control
    ))
}

fn people(count: u64) -> String {
    match count {
        1 => "1 person".to_owned(),
        many => format!("{many} people"),
    }
}
