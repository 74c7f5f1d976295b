//! `start`, `ramp` and `stop`: each records one decision for every process.

use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard::{
    router::{
        Experiment,
        experiment::{Change, ExperimentState, Stage},
    },
    study::{ChangeRequest, state, states},
};

use crate::{
    cli::DecisionArgs,
    commands::experiments::study::Studies,
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
    setup,
};

pub(super) async fn run(
    studies: &Studies,
    name: &str,
    request: ChangeRequest,
    decided: DecisionArgs,
    output: Output,
) -> Outcome {
    let experiment = studies.experiment(name)?;
    if let ChangeRequest::Stop(Some(arm)) = &request {
        known_arm(experiment, arm)?;
    }
    let by = setup::operator(decided.by)?;
    let why = decided.why.map(|why| why.trim().to_owned()).filter(|why| !why.is_empty());
    let ledger = studies.ledger().await?;
    let journal = ledger.journal();
    let states = states(&*journal).await?;
    let state = state(&states, experiment);
    let Some(change) = request.change(experiment, state, why) else {
        if output.json {
            output.object(&json!({"decision": Value::Null}));
        } else {
            output.line("nothing to change");
        }
        return Ok(Exit::Done);
    };
    let decision = change.decision(&experiment.name, &by, Timestamp::now());
    journal.append_audit(&decision).await?;
    if output.json {
        output.object(&json!({"decision": decision}));
    } else {
        output.line(describe(experiment, state, &change));
        output.note("running processes apply it within a few seconds");
    }
    Ok(Exit::Done)
}

fn known_arm(experiment: &Experiment, arm: &str) -> Outcome<()> {
    if experiment.arms.iter().any(|one| one.name == arm) {
        return Ok(());
    }
    let names: Vec<&str> = experiment.arms.iter().map(|arm| arm.name.as_str()).collect();
    Err(Failure::input(
        "--arm",
        format!("{arm:?} is not an arm of {}: it has {}", experiment.name, names.join(", ")),
    ))
}

fn describe(experiment: &Experiment, state: Option<&ExperimentState>, change: &Change) -> String {
    let (name, stage, former) = (&experiment.name, experiment.stage(state), experiment.ramp(state));
    let ramp = change.ramp_percent.unwrap_or(former);
    match (&change.arm, change.to) {
        (Some(arm), _) => format!(
            "{name}: arm {arm} takes no new calls; its people are routed as usual and still count for it"
        ),
        (None, Some(Stage::Running)) => format!("{name} is running, with {ramp} % of its people"),
        (None, Some(Stage::Stopped)) => {
            format!("{name} is stopped: its calls are routed as usual")
        }
        (None, Some(Stage::Waiting) | None) => {
            let people = if ramp > former {
                "everyone who is in it keeps their arm"
            } else {
                "the people left out are routed as usual"
            };
            let running = if stage == Stage::Running { "" } else { ", and it is not running" };
            format!(
                "{name} now has {ramp} % of its people instead of {former} %: {people}{running}"
            )
        }
    }
}
