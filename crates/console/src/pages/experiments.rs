//! Experiments: what they show, and starting, ramping and stopping them.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use switchboard::study::ChangeRequest;
use switchboard_api::{
    Code,
    caller::{ExperimentsRead, ExperimentsWrite, ScopeName},
    wire::{Estimate, ExperimentDetails, ExperimentReport},
};

use crate::{
    console::Console,
    failure::{Failure, page},
    form::Form,
    frame::{Frame, Place},
    text::{Moment, NONE, money, seconds},
    visitor::{Visitor, go_to},
    words::Badge,
};

struct Row {
    name: String,
    badge: Badge,
    ramp: u32,
    arms: String,
}

#[derive(Template)]
#[template(path = "experiments.html")]
struct Experiments {
    frame: Frame,
    rows: Vec<Row>,
}

/// An arm, and what it shows.
struct Arm {
    name: String,
    treatment: String,
    weight: u32,
    stopped: bool,
    people: u64,
    success: Interval,
    errors: u64,
    spent: String,
    cost: String,
    duration: String,
}

/// A share with what it certainly lies between, for a plot of 0 to 100.
struct Interval {
    text: String,
    low: f64,
    width: f64,
    value: f64,
    known: bool,
}

struct Versus {
    arm: String,
    control: String,
    success: String,
    cost: String,
    duration: String,
}

struct Decided {
    at: Moment,
    by: String,
    what: String,
    note: Option<String>,
}

#[derive(Template)]
#[template(path = "experiment.html")]
struct Experiment {
    frame: Frame,
    name: String,
    badge: Badge,
    version: u32,
    ramp: u32,
    holdout: u32,
    guardrails: Vec<String>,
    arms: Vec<Arm>,
    versus: Vec<Versus>,
    summary: Vec<String>,
    people: u64,
    open: u64,
    suspect: bool,
    /// Why there is no report.
    no_report: Option<String>,
    /// The report is still being made.
    pending: bool,
    decisions: Vec<Decided>,
    may_change: bool,
    running: bool,
}

fn badge(stage: &str) -> Badge {
    match stage {
        "running" => Badge { text: "running", kind: "busy" },
        "stopped" => Badge { text: "stopped", kind: "warn" },
        _ => Badge { text: "waiting", kind: "quiet" },
    }
}

pub(crate) async fn list(
    State(console): State<Console>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let list = console.service().experiments(visitor.may::<ExperimentsRead>()?).await?;
    let row = |one: &ExperimentDetails| Row {
        name: one.name.clone(),
        badge: badge(&one.stage),
        ramp: one.ramp_percent,
        arms: one.arms.iter().map(|arm| arm.name.as_str()).collect::<Vec<_>>().join(", "),
    };
    page(&Experiments {
        frame: visitor.frame(Place::Experiments, "Experiments"),
        rows: list.data.iter().map(row).collect(),
    })
}

pub(crate) async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    let reads = visitor.may::<ExperimentsRead>()?;
    let details = console.service().experiment(reads, &name).await?;
    let (reader, caller) = (console.service().clone(), reads.caller().clone());
    let about = details.name.clone();
    let read = || async move {
        let reads = caller.allowed::<ExperimentsRead>().ok()?;
        match reader.experiment_report(reads, &about).await {
            Ok(report) => Some(Ok(report)),
            // It is still being made: the page asks again.
            Err(problem) if problem.code() == Code::Busy => None,
            Err(problem) => Some(Err(format!("{}.", problem.detail()))),
        }
    };
    let key = (None, format!("{} {}", details.version, details.name));
    let made = console.reports().last(key, console.service().clock(), read).await;
    let (report, no_report) = match made.as_deref() {
        Some(Ok(report)) => (Some(report), None),
        Some(Err(why)) => (None, Some(why.clone())),
        None => (None, None),
    };
    let decisions = details.decisions.iter().rev().map(|one| Decided {
        at: one.at.into(),
        by: one.by.clone(),
        what: decided(one.stage.as_deref(), one.ramp_percent, one.arm.as_deref()),
        note: one.note.clone(),
    });
    page(&Experiment {
        frame: visitor.frame(Place::Experiments, format!("Experiment {}", details.name)),
        badge: badge(&details.stage),
        version: details.version,
        ramp: details.ramp_percent,
        holdout: details.holdout_percent,
        guardrails: details.guardrails.clone(),
        arms: arms(&details, report),
        versus: report.map(versus).unwrap_or_default(),
        summary: report.map(|report| report.summary.clone()).unwrap_or_default(),
        people: report.map_or(0, |report| report.people),
        open: report.map_or(0, |report| report.open),
        suspect: report.is_some_and(|report| report.split_is_suspect),
        no_report,
        pending: made.is_none(),
        decisions: decisions.collect(),
        may_change: visitor.has(ScopeName::ExperimentsWrite),
        running: details.stage == "running",
        name: details.name,
    })
}

fn decided(stage: Option<&str>, ramp: Option<u32>, arm: Option<&str>) -> String {
    let what = match (stage, arm) {
        (Some("stopped"), Some(arm)) => format!("arm {arm} stopped"),
        (Some(stage), _) => stage.to_owned(),
        (None, _) => "changed".to_owned(),
    };
    match ramp {
        Some(ramp) => format!("{what}, ramp {ramp} %"),
        None => what,
    }
}

fn arms(details: &ExperimentDetails, report: Option<&ExperimentReport>) -> Vec<Arm> {
    let arm = |arm: &switchboard_api::wire::ExperimentArm| {
        let shown = report.and_then(|report| report.arms.iter().find(|one| one.arm == arm.name));
        let currency = report.map_or("", |report| report.currency.as_str());
        let treatment = match (&arm.provider, &arm.agent) {
            (Some(provider), _) => format!("{provider} is asked first"),
            (None, Some(agent)) => format!("agent {agent}"),
            (None, None) => NONE.to_owned(),
        };
        Arm {
            name: arm.name.clone(),
            treatment,
            weight: arm.weight,
            stopped: arm.stopped,
            people: shown.map_or(0, |one| one.people),
            success: Interval::new(shown.and_then(|one| one.success.as_ref())),
            errors: shown.map_or(0, |one| one.errors),
            spent: money(shown.map(|one| &one.spent)),
            cost: shown.and_then(|one| one.cost_per_success.as_ref()).map_or_else(
                || NONE.to_owned(),
                |it| between(it, |value| format!("{value:.2}"), currency),
            ),
            duration: shown
                .and_then(|one| one.duration.as_ref())
                .map_or_else(|| NONE.to_owned(), |it| seconds(it.value)),
        }
    };
    details.arms.iter().map(arm).collect()
}

/// A value and its bounds in words.
fn between(estimate: &Estimate, shown: impl Fn(f64) -> String, unit: &str) -> String {
    let value = shown(estimate.value);
    match (estimate.low, estimate.high) {
        (Some(low), Some(high)) => format!("{value} {unit} ({} to {})", shown(low), shown(high)),
        _ => format!("{value} {unit} (too little data for bounds)"),
    }
}

impl Interval {
    fn new(estimate: Option<&Estimate>) -> Self {
        let Some(estimate) = estimate else {
            return Self { text: NONE.to_owned(), low: 0.0, width: 0.0, value: 0.0, known: false };
        };
        let percent = |share: f64| (share * 100.0).clamp(0.0, 100.0);
        let (low, high) =
            (percent(estimate.low.unwrap_or(0.0)), percent(estimate.high.unwrap_or(1.0)));
        Self {
            text: between(estimate, |share| format!("{:.1}", share * 100.0), "%"),
            low,
            width: (high - low).max(0.5),
            value: percent(estimate.value),
            known: true,
        }
    }
}

fn versus(report: &ExperimentReport) -> Vec<Versus> {
    let shown = |estimate: &Option<Estimate>, factor: f64, unit: &str| match estimate {
        Some(it) => between(it, |value| format!("{:+.2}", value * factor), unit),
        None => NONE.to_owned(),
    };
    let each = report.comparisons.iter().map(|one| Versus {
        arm: one.arm.clone(),
        control: one.control.clone(),
        success: shown(&one.success, 100.0, "points"),
        cost: shown(&one.cost_per_success, 1.0, &report.currency),
        duration: shown(&one.duration, 1.0, "s"),
    });
    each.collect()
}

pub(crate) async fn change(
    State(console): State<Console>,
    visitor: Visitor,
    Path((name, what)): Path<(String, String)>,
    Form(fields): Form,
) -> Result<Response, Failure> {
    let by = visitor.may_in_full::<ExperimentsWrite>()?;
    let percent = fields.number("percent", 0, 100)?;
    let request = match what.as_str() {
        "start" => ChangeRequest::Start(percent),
        "ramp" => {
            fields.needed("percent", "write a number from 0 to 100")?;
            ChangeRequest::Ramp(percent.unwrap_or_default())
        }
        "stop" => ChangeRequest::Stop(fields.owned("arm")),
        _ => return Err(switchboard_api::Problem::not_found("change").into()),
    };
    let note = fields.needed("note", "say why")?;
    let changed = console.service().change_experiment(by, &name, &request, Some(note)).await?;
    let name: String = url::form_urlencoded::byte_serialize(changed.name.as_bytes()).collect();
    Ok(go_to(&format!("/console/experiments/{name}?done=experiment")))
}
