//! `experiments report`.

use std::path::Path;

use jiff::Timestamp;
use switchboard::{
    experiments::{ArmComparison, ArmReport, Cohort, Report, sequential::Estimate},
    router::ExperimentStates,
    study::{state, states},
};

use crate::{
    commands::experiments::{
        study::{Studies, cohort},
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
    let (known, calls, states) = match studies.ledger_if_any().await? {
        Some(ledger) => {
            let journal = ledger.journal();
            let (known, calls) = cohort(&*journal, experiment, &studies.policy, output).await?;
            (known, calls, states(&*journal).await?)
        }
        None => (Cohort::new(experiment, studies.policy.currency), 0, ExperimentStates::default()),
    };
    let report = Report::new(experiment, state(&states, experiment), &known, Timestamp::now());
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

/// Writes a new file; an existing one is not overwritten.
fn write(file: &Path, text: &str) -> Outcome<()> {
    let shown = file.display();
    let made = std::fs::OpenOptions::new().write(true).create_new(true).open(file);
    let mut made = made
        .map_err(|error| Failure::input("--svg", format!("{shown} cannot be created: {error}")))?;
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
        .map(|[first, last]| format!(", first called from {first:.0} to {last:.0}"))
        .unwrap_or_default();
    output.line(format!(
        "{} people are counted{span}; the calls of {} more are not over; {calls} calls in total, of which each person's first counts",
        report.people, report.open
    ));
    let header = [
        "arm",
        "planned share",
        "people",
        "successes",
        "success %",
        "errors",
        "billed",
        "cost per success",
        "mean duration, s",
    ];
    output.table(&header, report.arms.iter().map(arm));
    for versus in &report.comparisons {
        output.heading(&format!(
            "{} against {}, {:.1} % confidence at every look",
            versus.arm,
            versus.control,
            versus.confidence * 100.0
        ));
        output
            .table(&["difference", "estimate", "from", "to"], differences(versus, report.currency));
        output.line(format!("p-value of no difference in success: {}", p_value(versus.p_value)));
    }
    if let Some(share) = report.sample_ratio_mismatch {
        let verdict =
            if share.suspect { "the arms did not get their planned shares" } else { "as planned" };
        output.line("");
        output.line(format!("p-value of the split: {} ({verdict})", p_value(share.p_value)));
    }
    output.heading("Conclusions");
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

/// Formats an estimate with its interval, for example `52.1 (48.0 to 56.3)`.
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
        ("success rate, percentage points".to_owned(), &versus.difference.success, 100.0, 1),
        (format!("cost per success, {currency}"), &versus.difference.cost_per_success, 1.0, 4),
        ("mean duration, s".to_owned(), &versus.difference.duration, 1.0, 1),
    ];
    let row = |(what, found, scale, digits): (String, &Option<Estimate>, f64, usize)| {
        let cell = |value: Option<f64>| {
            value.map_or_else(
                || "not enough data".to_owned(),
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

fn p_value(p: f64) -> String {
    if p < 0.0001 { "below 0.0001".to_owned() } else { format!("{p:.4}") }
}
