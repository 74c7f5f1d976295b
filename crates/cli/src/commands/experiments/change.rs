//! Starting, growing and stopping: one decision, written down for every process.

use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard::router::{
    Experiment,
    experiment::{Change, ExperimentState, Stage},
};

use crate::{
    cli::DecisionArgs,
    commands::experiments::study::{Studies, life, lives},
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
    setup,
};

/// What is wanted.
#[derive(Debug)]
pub(super) enum Wish {
    Start(Option<u32>),
    Ramp(u32),
    Stop(Option<String>),
}

pub(super) async fn run(
    studies: &Studies,
    name: &str,
    wish: Wish,
    decided: DecisionArgs,
    output: Output,
) -> Outcome {
    let experiment = studies.experiment(name)?;
    if let Wish::Stop(Some(arm)) = &wish {
        known_arm(experiment, arm)?;
    }
    let by = setup::operator(decided.by)?;
    let why = decided.why.map(|why| why.trim().to_owned()).filter(|why| !why.is_empty());
    let ledger = studies.ledger().await?;
    let journal = ledger.journal();
    let lives = lives(&*journal).await?;
    let life = life(&lives, experiment);
    let Some(change) = change(experiment, life, &wish, why) else {
        if output.json {
            output.object(&json!({"decided": Value::Null}));
        } else {
            output.line("it is so already: nothing was decided");
        }
        return Ok(Exit::Done);
    };
    let decision = change.decision(&experiment.name, &by, Timestamp::now());
    journal.append_audit(&decision).await?;
    if output.json {
        output.object(&json!({"decided": decision}));
    } else {
        output.line(told(experiment, life, &change));
        output.note("running processes take it up within a few seconds");
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
        format!("{arm:?} is no arm of {}: it has {}", experiment.name, names.join(", ")),
    ))
}

/// The change that makes the wish true; `None` where it is true.
fn change(
    experiment: &Experiment,
    life: Option<&ExperimentState>,
    wish: &Wish,
    why: Option<String>,
) -> Option<Change> {
    let (stage, ramp) = (experiment.stage(life), experiment.ramp(life));
    let nothing = Change { why, ..Change::of(experiment.version) };
    match wish {
        Wish::Start(to) => (stage != Stage::Running || to.is_some_and(|to| to != ramp))
            .then_some(Change { to: Some(Stage::Running), ramp_percent: *to, ..nothing }),
        Wish::Ramp(to) => (*to != ramp).then_some(Change { ramp_percent: Some(*to), ..nothing }),
        Wish::Stop(None) => {
            (stage != Stage::Stopped).then_some(Change { to: Some(Stage::Stopped), ..nothing })
        }
        Wish::Stop(Some(arm)) => life.is_none_or(|life| !life.has_stopped(arm)).then(|| Change {
            to: Some(Stage::Stopped),
            arm: Some(arm.clone()),
            ..nothing
        }),
    }
}

fn told(experiment: &Experiment, life: Option<&ExperimentState>, change: &Change) -> String {
    let (name, stage, former) = (&experiment.name, experiment.stage(life), experiment.ramp(life));
    let ramp = change.ramp_percent.unwrap_or(former);
    match (&change.arm, change.to) {
        (Some(arm), _) => format!(
            "{name}: the arm {arm} takes no new calls; its people go their ordinary way and stay counted to it"
        ),
        (None, Some(Stage::Running)) => format!("{name} runs, with {ramp} % of its people"),
        (None, Some(Stage::Stopped)) => {
            format!("{name} is stopped: every call goes its ordinary way")
        }
        (None, Some(Stage::Waiting) | None) => {
            let people = if ramp > former {
                "nobody who is in it moves"
            } else {
                "whoever the ramp leaves out goes the ordinary way"
            };
            let running = if stage == Stage::Running { "" } else { ", and it does not run" };
            format!("{name} has {ramp} % of its people instead of {former} %: {people}{running}")
        }
    }
}
