//! Lists, and one experiment with what it can find.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use switchboard::{
    experiments::{
        ALPHA,
        sequential::{Design, Detectable, Needed, detectable, people_needed},
    },
    router::{
        Experiment, ExperimentStates,
        experiment::{ExperimentState, Transition, Treatment},
    },
};

use crate::{
    cli::ShowArgs,
    commands::experiments::study::{Studies, life, lives, people},
    exit::Exit,
    failure::Outcome,
    output::Output,
};

/// The chance of finding what is there.
const POWER: f64 = 0.8;
/// With fewer people, the ledger says nothing of the control's share.
const FEW: u64 = 30;
/// What is expected of a control that nothing is known of: where differences are hardest to see.
const BLIND: f64 = 0.5;

pub(super) async fn list(studies: &Studies, output: Output) -> Outcome {
    let lives = match studies.ledger_if_any().await? {
        Some(ledger) => lives(&*ledger.journal()).await?,
        None => ExperimentStates::default(),
    };
    let all = &studies.policy.experiments;
    if output.json {
        let shown: Vec<Value> = all.iter().map(|one| definition(one, life(&lives, one))).collect();
        output.object(&json!({"experiments": shown}));
    } else if all.is_empty() {
        output.line("no experiments");
    } else {
        let rows = all.iter().map(|one| {
            let life = life(&lives, one);
            let since = life.and_then(|life| life.transitions.last());
            vec![
                one.name.clone(),
                one.version.to_string(),
                one.stage(life).as_str().to_owned(),
                format!("{} %", one.ramp(life)),
                arms(one, life),
                since.map_or_else(
                    || "as configured".to_owned(),
                    |step| format!("{:.0}, by {}", step.at, step.by),
                ),
            ]
        });
        output.table(&["experiment", "version", "stage", "ramp", "arms", "last decided"], rows);
    }
    Ok(Exit::Done)
}

/// `a kallyai 50, b kaicalls 50 (stopped), holdout 10 %`
fn arms(experiment: &Experiment, life: Option<&ExperimentState>) -> String {
    let arms = experiment.arms.iter().map(|arm| {
        let stopped =
            if life.is_some_and(|life| life.has_stopped(&arm.name)) { " (stopped)" } else { "" };
        format!("{} {} {}{stopped}", arm.name, way(&arm.treatment), arm.weight)
    });
    let holdout = (experiment.holdout_percent > 0)
        .then(|| format!("holdout {} %", experiment.holdout_percent));
    arms.chain(holdout).collect::<Vec<_>>().join(", ")
}

fn way(way: &Treatment) -> &str {
    match way {
        Treatment::Provider(provider) => provider.as_str(),
        Treatment::Agent(profile) => profile.as_str(),
    }
}

fn definition(experiment: &Experiment, life: Option<&ExperimentState>) -> Value {
    let arms: Vec<Value> = experiment
        .arms
        .iter()
        .map(|arm| {
            let (provider, agent) = match &arm.treatment {
                Treatment::Provider(provider) => (Some(provider), None),
                Treatment::Agent(profile) => (None, Some(profile)),
            };
            let stopped = life.and_then(|life| life.stopped_arms.get(&arm.name));
            json!({"arm": arm.name, "provider": provider, "agent": agent, "weight": arm.weight, "stopped": stopped})
        })
        .collect();
    let group = experiment.group.as_ref();
    json!({
        "name": experiment.name,
        "version": experiment.version,
        "stage": experiment.stage(life),
        "ramp_percent": experiment.ramp(life),
        "holdout_percent": experiment.holdout_percent,
        "group": group.map(|group| json!({
            "name": group.name, "range_start_percent": group.range_start_percent, "share_percent": group.share_percent,
        })),
        "arms": arms,
        "guardrails": experiment.guardrails.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "decisions": life.map(|life| life.transitions.as_slice()).unwrap_or_default(),
    })
}

/// What an experiment can find.
#[derive(Debug, Serialize)]
struct Reach {
    /// The control's share of successes.
    baseline: f64,
    /// Where that comes from.
    baseline_from: &'static str,
    /// With calls to so many different people.
    people: u64,
    /// How many of them are in the control and in the arm that is compared.
    compared: u64,
    /// As differences of shares, with a chance of 80 %.
    detectable: Option<Detectable>,
    /// How many different people it takes to find a difference of five points of a hundred, over
    /// all arms.
    for_five_points: Option<Needed>,
}

pub(super) async fn one(studies: &Studies, args: &ShowArgs, output: Output) -> Outcome {
    let experiment = studies.experiment(&args.name)?;
    let (mut lives_of_all, mut known) = (ExperimentStates::default(), None);
    if let Some(ledger) = studies.ledger_if_any().await? {
        let journal = ledger.journal();
        lives_of_all = lives(&*journal).await?;
        known = Some(
            people(&*journal, experiment, &studies.policy)
                .await?
                .0
                .completed(Timestamp::now())
                .people,
        );
    }
    let life = life(&lives_of_all, experiment);
    let controls = known.iter().flatten().filter(|person| person.subject == 0);
    let (count, good) = controls.fold((0_u64, 0_u64), |(count, good), person| {
        (count + 1, good + u64::from(person.observation.success))
    });
    let (baseline, baseline_from) = match args.baseline {
        Some(percent) => (f64::from(percent) / 100.0, "as given"),
        None if count >= FEW && good < count => {
            (good as f64 / count as f64, "the control's people in the ledger")
        }
        None => (BLIND, "assumed: the ledger knows too few of the control's people"),
    };
    let reaches: Vec<(String, Reach)> = reaches(experiment, args.calls, baseline, baseline_from);
    if output.json {
        let reaches: Vec<Value> =
            reaches.iter().map(|(arm, reach)| json!({"arm": arm, "reach": reach})).collect();
        output.object(&json!({"experiment": definition(experiment, life), "detectable": reaches}));
        return Ok(Exit::Done);
    }
    show(experiment, life, output);
    for (arm, reach) in &reaches {
        tell(arm, reach, output);
    }
    Ok(Exit::Done)
}

/// Each arm against the control.
fn reaches(
    experiment: &Experiment,
    calls: Option<u64>,
    baseline: f64,
    baseline_from: &'static str,
) -> Vec<(String, Reach)> {
    let subjects = experiment.subjects();
    let Some(((_, control), others)) = subjects.split_first() else {
        return Vec::new();
    };
    let whole: f64 = subjects.iter().map(|(_, weight)| f64::from(*weight)).sum();
    let live = others.iter().filter(|(_, weight)| *weight > 0);
    let many = live.clone().count().max(1) as f64;
    let reach = |(name, weight): &(&str, u32)| {
        let design =
            Design { baseline, weights: [*control, *weight], alpha: ALPHA / many, power: POWER };
        let part = (f64::from(*control) + f64::from(*weight)) / whole.max(1.0);
        let people = calls.unwrap_or_default();
        let compared = (people as f64 * part) as u64;
        let all = |compared: u64| (compared as f64 / part).ceil() as u64;
        let needed = people_needed(&design, 0.05).or_else(|| people_needed(&design, -0.05));
        let reach = Reach {
            baseline,
            baseline_from,
            people,
            compared,
            detectable: detectable(&design, compared),
            for_five_points: needed
                .map(|needed| Needed { fixed: all(needed.fixed), anytime: all(needed.anytime) }),
        };
        ((*name).to_owned(), reach)
    };
    live.map(reach).collect()
}

fn show(experiment: &Experiment, life: Option<&ExperimentState>, output: Output) {
    output.line(format!(
        "{}, version {}: {}, with {} % of its people",
        experiment.name,
        experiment.version,
        experiment.stage(life).as_str(),
        experiment.ramp(life)
    ));
    if experiment.ramp(life) != experiment.ramp_percent {
        output.line(format!("  the configuration says {} %", experiment.ramp_percent));
    }
    if let Some(group) = &experiment.group {
        let end = group.range_start_percent + group.share_percent;
        output.line(format!(
            "  in the group {}, its people are those from {} to {end} %",
            group.name, group.range_start_percent
        ));
    }
    let subjects = experiment.subjects();
    let whole: f64 = subjects.iter().map(|(_, weight)| f64::from(*weight)).sum();
    let rows = subjects.iter().map(|(name, weight)| {
        let arm = experiment.arms.iter().find(|arm| arm.name == *name);
        let stopped = life.and_then(|life| life.stopped_arms.get(*name));
        vec![
            (*name).to_owned(),
            arm.map_or_else(|| "the ordinary way".to_owned(), |arm| way(&arm.treatment).to_owned()),
            format!("{:.2} %", 100.0 * f64::from(*weight) / whole.max(1.0)),
            stopped.map_or_else(
                || "-".to_owned(),
                |step| format!("stopped {:.0}, by {}", step.at, step.by),
            ),
        ]
    });
    output.table(&["arm", "goes to", "share", "state"], rows);
    if !experiment.guardrails.is_empty() {
        output.heading("Guardrails: an arm that certainly breaks one is stopped");
        let rows = experiment
            .guardrails
            .iter()
            .map(|one| vec![one.to_string(), format!("after {} people", one.minimum_calls)]);
        output.table(&["has to keep", "looked at"], rows);
    }
    if let Some(life) = life {
        output.heading("What was decided");
        output.table(&["when", "what", "by", "why"], life.transitions.iter().map(step));
    }
}

fn step(step: &Transition) -> Vec<String> {
    let change = &step.change;
    let mut what: Vec<String> = Vec::new();
    if let Some(to) = change.to {
        what.push(to.as_str().to_owned());
    }
    if let Some(arm) = &change.arm {
        what.push(format!("arm {arm}"));
    }
    if let Some(percent) = change.ramp_percent {
        what.push(format!("ramp {percent} %"));
    }
    vec![
        format!("{:.0}", step.at),
        what.join(", "),
        step.by.clone(),
        change.why.clone().unwrap_or_else(|| "-".to_owned()),
    ]
}

fn tell(arm: &str, reach: &Reach, output: Output) {
    output.heading(&format!("What can be found: {arm} against the control"));
    output.line(format!(
        "{:.0} % of the control's calls succeed ({}).",
        reach.baseline * 100.0,
        reach.baseline_from
    ));
    match (&reach.detectable, reach.people) {
        (_, 0) => {}
        (Some(found), people) => output.line(format!(
            "With {people} people, {} of them in the two arms, it finds an improvement of {:.1} points of a hundred with a chance of 80 %, looked at \
             as often as you like; a test with one look at the end would find {:.1}.",
            reach.compared,
            found.anytime * 100.0,
            found.fixed * 100.0
        )),
        (None, people) => output.line(format!(
            "With {people} people, {} of them in the two arms, no improvement is large enough to be found.",
            reach.compared
        )),
    }
    if let Some(needed) = &reach.for_five_points {
        output.line(format!(
            "A difference of five points takes about {} people, or {} with one look at the end.",
            needed.anytime, needed.fixed
        ));
    }
}
