//! What an experiment shows.

use std::path::Path;

use jiff::Timestamp;
use switchboard::{
    experiments::{ArmComparison, ArmReport, Cohort, Report, sequential::Estimate},
    router::ExperimentStates,
};

use crate::{
    commands::experiments::{
        study::{Studies, life, lives, people},
        svg,
    },
    exit::Exit,
    failure::{Failure, Outcome},
    output::{Output, or_dash},
};

pub(super) async fn run(
    studies: &Studies,
    name: &str,
    drawing: Option<&Path>,
    output: Output,
) -> Outcome {
    let experiment = studies.experiment(name)?;
    let (known, calls, decided) = match studies.ledger_if_any().await? {
        Some(ledger) => {
            let journal = ledger.journal();
            let (known, calls) = people(&*journal, experiment, &studies.policy).await?;
            (known, calls, lives(&*journal).await?)
        }
        None => (Cohort::new(experiment, studies.policy.currency), 0, ExperimentStates::default()),
    };
    let report = Report::new(experiment, life(&decided, experiment), &known, Timestamp::now());
    if let Some(file) = drawing {
        write(file, &svg::draw(&report))?;
    }
    if output.json {
        output.object(&report);
    } else {
        show(&report, calls, output);
    }
    if let Some(file) = drawing {
        output.note(format!("the drawing is in {}", file.display()));
    }
    Ok(Exit::Done)
}

/// A new file: nothing is written over.
fn write(file: &Path, text: &str) -> Outcome<()> {
    let shown = file.display();
    let made = std::fs::OpenOptions::new().write(true).create_new(true).open(file);
    let mut made =
        made.map_err(|error| Failure::input("--svg", format!("{shown} cannot be made: {error}")))?;
    std::io::Write::write_all(&mut made, text.as_bytes())
        .map_err(|error| Failure::local(format!("{shown} cannot be written: {error}")))
}

fn show(report: &Report, calls: u64, output: Output) {
    output.line(format!(
        "{}, version {}: {}, with {} % of its people",
        report.experiment,
        report.version,
        report.stage.as_str(),
        report.ramp_percent
    ));
    let span = report
        .span
        .map(|[first, last]| format!(", who came in from {first:.0} to {last:.0}"))
        .unwrap_or_default();
    output.line(format!(
        "{} people are counted{span}; {} more wait for the end of their calls; {calls} calls in all, of which each person's first counts",
        report.people, report.open
    ));
    let header = [
        "arm",
        "should get",
        "people",
        "talked",
        "success %",
        "errors",
        "billed",
        "for each success",
        "mean duration, s",
    ];
    output.table(&header, report.arms.iter().map(arm));
    for versus in &report.comparisons {
        output.heading(&format!(
            "{} against {}, with a confidence of {:.1} % at every look",
            versus.arm,
            versus.control,
            versus.confidence * 100.0
        ));
        output
            .table(&["difference", "measured", "from", "to"], differences(versus, report.currency));
        output.line(format!("p of no difference in success: {}", chance(versus.p_value)));
    }
    if let Some(share) = report.sample_ratio_mismatch {
        let verdict = if share.suspect {
            "the arms did not get their people"
        } else {
            "nothing is wrong with the split"
        };
        output.line("");
        output.line(format!("p of the split: {} ({verdict})", chance(share.p_value)));
    }
    output.heading("In words");
    for word in &report.summary {
        output.line(format!("- {word}"));
    }
}

fn arm(arm: &ArmReport) -> Vec<String> {
    let unpriced =
        if arm.unpriced > 0 { format!(" and {} unknown", arm.unpriced) } else { String::new() };
    vec![
        arm.arm.clone(),
        format!("{:.1} %", arm.share * 100.0),
        arm.people.to_string(),
        arm.successes.to_string(),
        or_dash(arm.success.as_ref().map(|found| spread(found, 100.0, 1))),
        arm.errors.to_string(),
        format!("{}{unpriced}", arm.spent),
        or_dash(arm.cost_per_success.as_ref().map(|found| spread(found, 1.0, 4))),
        or_dash(arm.duration.as_ref().map(|found| spread(found, 1.0, 1))),
    ]
}

/// `52.1 (48.0 to 56.3)`
fn spread(found: &Estimate, scale: f64, digits: usize) -> String {
    let value = format!("{:.digits$}", found.value * scale);
    match found.interval {
        Some(interval) => format!(
            "{value} ({:.digits$} to {:.digits$})",
            interval.low * scale,
            interval.high * scale
        ),
        None => value,
    }
}

fn differences(versus: &ArmComparison, currency: &str) -> Vec<Vec<String>> {
    let rows = [
        ("success, points of a hundred".to_owned(), &versus.difference.success, 100.0, 1),
        (format!("for each success, {currency}"), &versus.difference.cost_per_success, 1.0, 4),
        ("mean duration, s".to_owned(), &versus.difference.duration, 1.0, 1),
    ];
    let row = |(what, found, scale, digits): (String, &Option<Estimate>, f64, usize)| {
        let cell = |value: Option<f64>| {
            value.map_or_else(
                || "too little is known".to_owned(),
                |value| format!("{:+.digits$}", value * scale),
            )
        };
        let interval = found.and_then(|found| found.interval);
        vec![
            what,
            cell(found.map(|found| found.value)),
            cell(interval.map(|interval| interval.low)),
            cell(interval.map(|interval| interval.high)),
        ]
    };
    rows.into_iter().map(row).collect()
}

fn chance(p: f64) -> String {
    if p < 0.0001 { "below 0.0001".to_owned() } else { format!("{p:.4}") }
}
