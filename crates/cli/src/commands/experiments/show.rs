//! `experiments list` and `experiments show`.

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
    study::{state, states},
};

use crate::{
    cli::ShowArgs,
    commands::experiments::study::{Studies, cohort},
    exit::Exit,
    failure::Outcome,
    output::Output,
};

/// The statistical power: the probability of detecting an effect that exists.
const POWER: f64 = 0.8;
/// With fewer people, the ledger does not determine the control's success rate.
const MINIMUM_PEOPLE: u64 = 30;
/// The assumed success rate of a control without data: the rate at which effects are hardest to
/// detect.
const ASSUMED_BASELINE: f64 = 0.5;

pub(super) async fn list(studies: &Studies, output: Output) -> Outcome {
    let states = match studies.ledger_if_any().await? {
        Some(ledger) => states(&*ledger.journal()).await?,
        None => ExperimentStates::default(),
    };
    let all = &studies.policy.experiments;
    if output.json {
        let shown: Vec<Value> =
            all.iter().map(|one| definition(one, state(&states, one))).collect();
        output.object(&json!({"experiments": shown}));
    } else if all.is_empty() {
        output.line("no experiments");
    } else {
        let rows = all.iter().map(|one| {
            let state = state(&states, one);
            let since = state.and_then(|state| state.transitions.last());
            vec![
                one.name.clone(),
                one.version.to_string(),
                one.stage(state).as_str().to_owned(),
                format!("{} %", one.ramp(state)),
                arms(one, state),
                since.map_or_else(
                    || "as configured".to_owned(),
                    |step| format!("{:.0}, by {}", step.at, step.by),
                ),
            ]
        });
        output.table(&["experiment", "version", "stage", "ramp", "arms", "last decision"], rows);
    }
    Ok(Exit::Done)
}

/// The arms on one line, for example `a kallyai 50, b kaicalls 50 (stopped), holdout 10 %`.
fn arms(experiment: &Experiment, state: Option<&ExperimentState>) -> String {
    let arms = experiment.arms.iter().map(|arm| {
        let stopped =
            if state.is_some_and(|state| state.has_stopped(&arm.name)) { " (stopped)" } else { "" };
        format!("{} {} {}{stopped}", arm.name, treatment(&arm.treatment), arm.weight)
    });
    let holdout = (experiment.holdout_percent > 0)
        .then(|| format!("holdout {} %", experiment.holdout_percent));
    arms.chain(holdout).collect::<Vec<_>>().join(", ")
}

fn treatment(treatment: &Treatment) -> &str {
    match treatment {
        Treatment::Provider(provider) => provider.as_str(),
        Treatment::Agent(profile) => profile.as_str(),
    }
}

fn definition(experiment: &Experiment, state: Option<&ExperimentState>) -> Value {
    let arms: Vec<Value> = experiment
        .arms
        .iter()
        .map(|arm| {
            let (provider, agent) = match &arm.treatment {
                Treatment::Provider(provider) => (Some(provider), None),
                Treatment::Agent(profile) => (None, Some(profile)),
            };
            let stopped = state.and_then(|state| state.stopped_arms.get(&arm.name));
            json!({"arm": arm.name, "provider": provider, "agent": agent, "weight": arm.weight, "stopped": stopped})
        })
        .collect();
    let group = experiment.group.as_ref();
    json!({
        "name": experiment.name,
        "version": experiment.version,
        "stage": experiment.stage(state),
        "ramp_percent": experiment.ramp(state),
        "holdout_percent": experiment.holdout_percent,
        "group": group.map(|group| json!({
            "name": group.name, "range_start_percent": group.range_start_percent, "share_percent": group.share_percent,
        })),
        "arms": arms,
        "guardrails": experiment.guardrails.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "decisions": state.map(|state| state.transitions.as_slice()).unwrap_or_default(),
    })
}

/// Which effects an experiment can detect in one arm.
#[derive(Debug, Serialize)]
struct Power {
    /// The control's success rate, from 0 to 1.
    baseline: f64,
    /// The source of the baseline.
    baseline_from: &'static str,
    /// The number of different people who are called.
    people: u64,
    /// How many of them are in the control or in this arm.
    compared: u64,
    /// The detectable differences of success rates, with a power of 80 %.
    detectable: Option<Detectable>,
    /// How many different people, over all arms, it takes to detect a difference of five percentage
    /// points.
    for_five_points: Option<Needed>,
}

pub(super) async fn one(studies: &Studies, args: &ShowArgs, output: Output) -> Outcome {
    let experiment = studies.experiment(&args.name)?;
    let (mut states_of_all, mut known) = (ExperimentStates::default(), None);
    if let Some(ledger) = studies.ledger_if_any().await? {
        let journal = ledger.journal();
        states_of_all = states(&*journal).await?;
        known = Some(
            cohort(&*journal, experiment, &studies.policy, output)
                .await?
                .0
                .completed(Timestamp::now())
                .people,
        );
    }
    let state = state(&states_of_all, experiment);
    let controls = known.iter().flatten().filter(|person| person.subject == 0);
    let (count, good) = controls.fold((0_u64, 0_u64), |(count, good), person| {
        (count + 1, good + u64::from(person.observation.success))
    });
    let (baseline, baseline_from) = match args.baseline {
        Some(percent) => (f64::from(percent) / 100.0, "as given"),
        None if count >= MINIMUM_PEOPLE && good < count => {
            (good as f64 / count as f64, "the control's people in the ledger")
        }
        None => (ASSUMED_BASELINE, "assumed: the ledger has too few of the control's people"),
    };
    let powers: Vec<(String, Power)> = powers(experiment, args.calls, baseline, baseline_from);
    if output.json {
        let powers: Vec<Value> =
            powers.iter().map(|(arm, power)| json!({"arm": arm, "power": power})).collect();
        output.object(&json!({"experiment": definition(experiment, state), "detectable": powers}));
        return Ok(Exit::Done);
    }
    show(experiment, state, output);
    for (arm, power) in &powers {
        show_power(arm, power, output);
    }
    Ok(Exit::Done)
}

/// The power of each arm against the control.
fn powers(
    experiment: &Experiment,
    calls: Option<u64>,
    baseline: f64,
    baseline_from: &'static str,
) -> Vec<(String, Power)> {
    let subjects = experiment.subjects();
    let Some(((_, control), others)) = subjects.split_first() else {
        return Vec::new();
    };
    let whole: f64 = subjects.iter().map(|(_, weight)| f64::from(*weight)).sum();
    let live = others.iter().filter(|(_, weight)| *weight > 0);
    let many = live.clone().count().max(1) as f64;
    let power = |(name, weight): &(&str, u32)| {
        let design =
            Design { baseline, weights: [*control, *weight], alpha: ALPHA / many, power: POWER };
        let part = (f64::from(*control) + f64::from(*weight)) / whole.max(1.0);
        let people = calls.unwrap_or_default();
        let compared = (people as f64 * part) as u64;
        let all = |compared: u64| (compared as f64 / part).ceil() as u64;
        let needed = people_needed(&design, 0.05).or_else(|| people_needed(&design, -0.05));
        let power = Power {
            baseline,
            baseline_from,
            people,
            compared,
            detectable: detectable(&design, compared),
            for_five_points: needed
                .map(|needed| Needed { fixed: all(needed.fixed), anytime: all(needed.anytime) }),
        };
        ((*name).to_owned(), power)
    };
    live.map(power).collect()
}

fn show(experiment: &Experiment, state: Option<&ExperimentState>, output: Output) {
    output.line(format!(
        "{}, version {}: {}, with {} % of its people",
        experiment.name,
        experiment.version,
        experiment.stage(state).as_str(),
        experiment.ramp(state)
    ));
    if experiment.ramp(state) != experiment.ramp_percent {
        output.line(format!("  the configuration says {} %", experiment.ramp_percent));
    }
    if let Some(group) = &experiment.group {
        let end = group.range_start_percent + group.share_percent;
        output.line(format!(
            "  in the group {}, with the people from {} to {end} %",
            group.name, group.range_start_percent
        ));
    }
    let subjects = experiment.subjects();
    let whole: f64 = subjects.iter().map(|(_, weight)| f64::from(*weight)).sum();
    let rows = subjects.iter().map(|(name, weight)| {
        let arm = experiment.arms.iter().find(|arm| arm.name == *name);
        let stopped = state.and_then(|state| state.stopped_arms.get(*name));
        vec![
            (*name).to_owned(),
            arm.map_or_else(
                || "usual routing".to_owned(),
                |arm| treatment(&arm.treatment).to_owned(),
            ),
            format!("{:.2} %", 100.0 * f64::from(*weight) / whole.max(1.0)),
            stopped.map_or_else(
                || "-".to_owned(),
                |step| format!("stopped {:.0}, by {}", step.at, step.by),
            ),
        ]
    });
    output.table(&["arm", "goes to", "share", "state"], rows);
    if !experiment.guardrails.is_empty() {
        output.heading("Guardrails: an arm that certainly violates one is stopped");
        let rows = experiment
            .guardrails
            .iter()
            .map(|one| vec![one.to_string(), format!("after {} people", one.minimum_calls)]);
        output.table(&["guardrail", "checked"], rows);
    }
    if let Some(state) = state {
        output.heading("Decisions");
        output.table(&["time", "decision", "by", "reason"], state.transitions.iter().map(step));
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

fn show_power(arm: &str, power: &Power, output: Output) {
    output.heading(&format!("Detectable effects: {arm} against the control"));
    output.line(format!(
        "{:.0} % of the control's calls succeed ({}).",
        power.baseline * 100.0,
        power.baseline_from
    ));
    match (&power.detectable, power.people) {
        (_, 0) => {}
        (Some(found), people) => output.line(format!(
            "With {people} people, {} of them in these two arms, an improvement of {:.1} percentage points is detected with 80 % power, \
             however often you look; a test with one look at the end would detect {:.1}.",
            power.compared,
            found.anytime * 100.0,
            found.fixed * 100.0
        )),
        (None, people) => output.line(format!(
            "With {people} people, {} of them in these two arms, no improvement is large enough to be detected.",
            power.compared
        )),
    }
    if let Some(needed) = &power.for_five_points {
        output.line(format!(
            "A difference of five percentage points takes about {} people, or {} with one look at the end.",
            needed.anytime, needed.fixed
        ));
    }
}
