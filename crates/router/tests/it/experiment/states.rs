//! What decisions amount to.

use jiff::Timestamp;
use serde_json::json;
use switchboard_router::{
    AuditEntry, AuditTopic,
    experiment::{Change, ExperimentStates, Stage, Start},
};

use super::made::halves;
use crate::support::epoch;

fn decision(what: serde_json::Value) -> AuditEntry {
    AuditEntry {
        topic: AuditTopic::Experiment,
        subject: "voices".to_owned(),
        what,
        by: "mara".to_owned(),
        at: epoch(),
    }
}

fn states(changes: &[serde_json::Value]) -> ExperimentStates {
    let numbered: Vec<(u64, AuditEntry)> =
        (1..).zip(changes.iter().cloned().map(decision)).collect();
    ExperimentStates::of(&numbered)
}

#[test]
fn an_experiment_runs_as_configured_until_somebody_says_otherwise() {
    let mut experiment = halves();
    experiment.ramp_percent = 30;
    assert_eq!((experiment.stage(None), experiment.ramp(None)), (Stage::Running, 30));
    experiment.start = Start::Manual;
    assert_eq!(experiment.stage(None), Stage::Waiting);

    let story = [
        (json!({"version": 1, "to": "running", "ramp_percent": 5}), Stage::Running, 5),
        (json!({"version": 1, "ramp_percent": 20}), Stage::Running, 20),
        (json!({"version": 1, "to": "stopped", "why": "done"}), Stage::Stopped, 20),
        (json!({"version": 1, "to": "running"}), Stage::Running, 20),
    ];
    for told in 1..=story.len() {
        let changes: Vec<_> = story[..told].iter().map(|(what, ..)| what.clone()).collect();
        let states = states(&changes);
        let state = states.state("voices", 1).unwrap();
        let (_, stage, ramp) = &story[told - 1];
        assert_eq!((experiment.stage(Some(state)), experiment.ramp(Some(state))), (*stage, *ramp));
        assert_eq!(state.transitions.len(), told, "every step is kept");
    }
}

#[test]
fn an_arm_that_was_stopped_stays_so_and_the_others_go_on() {
    let states = states(&[
        json!({"version": 1, "to": "stopped", "arm": "b", "why": "error_rate at most 0.1"}),
        json!({"version": 1, "to": "running", "arm": "b"}),
        json!({"version": 1, "to": "stopped", "arm": "b", "why": "again"}),
    ]);
    let state = states.state("voices", 1).unwrap();
    assert!(state.has_stopped("b") && !state.has_stopped("a"));
    assert_eq!(
        state.stopped_arms["b"].change.why.as_deref(),
        Some("error_rate at most 0.1"),
        "the first reason is the reason"
    );
    assert_eq!(halves().stage(Some(state)), Stage::Running);
}

#[test]
fn versions_experiments_and_topics_are_apart() {
    let mut states = states(&[json!({"version": 2, "to": "stopped"})]);
    assert!(states.state("voices", 1).is_none() && states.state("others", 2).is_none());
    let elsewhere = AuditEntry {
        topic: AuditTopic::Reload,
        ..decision(json!({"version": 1, "to": "stopped"}))
    };
    states.apply(2, &elsewhere);
    // A kind of decision that a later version makes.
    states.apply(3, &decision(json!({"to": 7})));
    assert!(states.state("voices", 1).is_none());
    assert_eq!(
        states.cursor(),
        3,
        "what is not understood is read all the same, and not read again"
    );
}

#[test]
fn a_decision_that_comes_twice_counts_once() {
    let mut states = ExperimentStates::default();
    let stop = decision(json!({"version": 1, "to": "stopped"}));
    let start = decision(json!({"version": 1, "to": "running"}));
    for (number, one) in [(4, &stop), (5, &start), (4, &stop), (5, &start)] {
        states.apply(number, one);
    }
    let state = states.state("voices", 1).unwrap();
    assert_eq!(
        (state.stage, state.transitions.len(), states.cursor()),
        (Some(Stage::Running), 2, 5)
    );
}

#[test]
fn a_change_is_the_json_that_it_was_and_says_only_what_changes() {
    let change = Change { to: Some(Stage::Running), ramp_percent: Some(20), ..Change::of(1) };
    let decision = change.decision("voices", "mara", Timestamp::UNIX_EPOCH);
    assert_eq!(decision.what, json!({"version": 1, "to": "running", "ramp_percent": 20}));
    assert_eq!(Change::read(&decision), Some(change));
}
