//! What an experiment makes of a plan.

use serde_json::json;
use switchboard_router::{
    AuditEntry, AuditTopic, Plan, Policy, RankReason, Reading, Snapshot, Strategy, Weighted,
    experiment::{Arm, Experiment, ExperimentStates, Group, HOLDOUT, Start},
    plan,
};

use super::made::{draw, halves};
use crate::support::{Fake, call, chi_square, epoch, id, plans::profile, policy};

const NAMES: [&str; 3] = ["alpha", "beta", "gamma"];

fn studied(experiments: Vec<Experiment>) -> Policy {
    let mut policy = policy(&NAMES.map(Fake::new));
    policy.experiments = experiments;
    policy.check().unwrap();
    policy
}

fn planned(policy: &Policy, n: u32, states: Option<&ExperimentStates>) -> Plan {
    let readings: Vec<Reading> = NAMES.map(|_| Reading::default()).into();
    let snapshot = Snapshot {
        policy,
        readings: &readings,
        draw: draw(n.into()),
        quality: None,
        experiments: states,
    };
    plan(&call(n), &snapshot, epoch())
}

fn decided(what: serde_json::Value) -> ExperimentStates {
    let decision = AuditEntry {
        topic: AuditTopic::Experiment,
        subject: "voices".to_owned(),
        what,
        by: "mara".to_owned(),
        at: epoch(),
    };
    ExperimentStates::of(&[(1, decision)])
}

fn arm(plan: &Plan) -> Option<&str> {
    plan.experiment.as_ref().map(|assigned| assigned.arm.as_str())
}

#[test]
fn an_arm_asks_its_provider_first_and_the_version_is_journaled() {
    let mut experiment = halves();
    experiment.version = 4;
    let policy = studied(vec![experiment]);
    for n in 0..200 {
        let plan = planned(&policy, n, None);
        let assigned = plan.experiment.clone().unwrap();
        assert_eq!((assigned.experiment.as_str(), assigned.version), ("voices", 4));
        let first = if assigned.arm == "a" { "alpha" } else { "beta" };
        assert_eq!(plan.candidates[0].provider, id(first));
        assert_eq!(plan.candidates[0].chosen, RankReason::Arm);
        assert_eq!(plan.candidates.len(), 3, "the others stay behind as the backup");
    }
}

#[test]
fn the_holdout_is_journaled_and_goes_its_ordinary_way() {
    let mut experiment = halves();
    experiment.holdout_percent = 30;
    let policy = studied(vec![experiment]);
    let held: Vec<Plan> = (0..300)
        .map(|n| planned(&policy, n, None))
        .filter(|plan| arm(plan) == Some(HOLDOUT))
        .collect();
    assert!((60..120).contains(&held.len()), "{}", held.len());
    assert!(held.iter().all(|plan| plan.candidates[0].chosen == RankReason::Strategy("priority")));
}

#[test]
fn what_does_not_run_assigns_nobody() {
    let mut experiment = halves();
    experiment.start = Start::Manual;
    let policy = studied(vec![experiment]);
    assert_eq!(planned(&policy, 1, None).experiment, None);
    let started = decided(json!({"version": 1, "to": "running"}));
    assert!(planned(&policy, 1, Some(&started)).experiment.is_some());
    let other = decided(json!({"version": 2, "to": "running"}));
    assert_eq!(planned(&policy, 1, Some(&other)).experiment, None, "another version was started");

    let policy = studied(vec![halves()]);
    let stopped = decided(json!({"version": 1, "to": "stopped"}));
    let plan = planned(&policy, 1, Some(&stopped));
    assert_eq!(
        (plan.experiment, plan.candidates[0].chosen),
        (None, RankReason::Strategy("priority"))
    );
}

#[test]
fn a_decided_ramp_takes_the_place_of_the_configured_one() {
    let mut experiment = halves();
    experiment.ramp_percent = 0;
    let policy = studied(vec![experiment]);
    let ramped = decided(json!({"version": 1, "ramp_percent": 50}));
    let is_in =
        |states| (0..1_000).filter(|n| planned(&policy, *n, states).experiment.is_some()).count();
    assert_eq!(is_in(None), 0);
    let half = is_in(Some(&ramped));
    assert!((430..570).contains(&half), "{half}");
}

#[test]
fn people_of_a_stopped_arm_keep_it_and_go_their_ordinary_way() {
    let policy = studied(vec![halves()]);
    let states = decided(json!({"version": 1, "to": "stopped", "arm": "b"}));
    for n in 0..200 {
        let (before, after) = (planned(&policy, n, None), planned(&policy, n, Some(&states)));
        assert_eq!(before.experiment, after.experiment, "analysed as it was intended");
        let chosen = after.candidates[0].chosen;
        match arm(&after) {
            Some("b") => assert_eq!(chosen, RankReason::Strategy("priority")),
            _ => assert_eq!(chosen, RankReason::Arm),
        }
    }
}

#[test]
fn an_arm_may_be_an_agent_profile_and_then_the_strategy_chooses_the_provider() {
    let mut policy = policy(&NAMES.map(Fake::new));
    for (name, providers) in [("calm", ["alpha", "beta"]), ("brisk", ["beta", "gamma"])] {
        policy.profiles.insert(name.into(), profile(name, &providers, &[]));
    }
    policy.default_profile = Some("calm".into());
    let arms = vec![Arm::agent("calm", "calm".into(), 1), Arm::agent("brisk", "brisk".into(), 1)];
    policy.experiments = vec![Experiment::new("voices", arms)];
    policy.check().unwrap();
    let mut seen = [0, 0];
    for n in 0..200 {
        let plan = planned(&policy, n, None);
        let name = arm(&plan).unwrap();
        assert_eq!(plan.profile.as_ref().unwrap().as_str(), name);
        let (at, first, not) =
            if name == "calm" { (0, "alpha", "gamma") } else { (1, "beta", "alpha") };
        assert_eq!(plan.candidates[0].provider, id(first));
        assert_eq!(plan.candidates[0].chosen, RankReason::Strategy("priority"));
        assert_eq!(plan.rejected[0].provider, id(not), "the profile has no agent there");
        seen[at] += 1;
    }
    assert!(seen.iter().all(|count| *count > 60), "{seen:?}");

    let stopped = decided(json!({"version": 1, "to": "stopped"}));
    assert_eq!(
        planned(&policy, 1, Some(&stopped)).profile.unwrap().as_str(),
        "calm",
        "the default"
    );
}

#[test]
fn a_call_belongs_to_the_first_experiment_that_claims_it_whether_or_not_that_runs() {
    let named = |name: &str, group: Option<(u32, u32)>| {
        let mut experiment = halves();
        experiment.name = name.to_owned();
        experiment.group = group.map(|(range_start_percent, share_percent)| Group {
            name: "phones".to_owned(),
            range_start_percent,
            share_percent,
        });
        experiment
    };
    let (mut voices, others) = (named("voices", Some((0, 60))), named("others", Some((60, 40))));
    voices.ramp_percent = 50;
    let policy = studied(vec![voices, others]);
    let stopped = decided(json!({"version": 1, "to": "stopped"}));
    let (mut of_voices, mut of_others) = (0, 0);
    for n in 0..1_000 {
        let (running, after) = (planned(&policy, n, None), planned(&policy, n, Some(&stopped)));
        let name = |plan: &Plan| plan.experiment.as_ref().map(|one| one.experiment.clone());
        match name(&running).as_deref() {
            Some("voices") => {
                assert_eq!(name(&after), None, "a stop moves nobody into another experiment");
                of_voices += 1;
            }
            Some(_) => {
                assert_eq!(running.experiment, after.experiment);
                of_others += 1;
            }
            None => assert_eq!(name(&after), None),
        }
    }
    assert!(
        (250..350).contains(&of_voices) && (350..450).contains(&of_others),
        "{of_voices} {of_others}"
    );
}

/// The people of an arm whose provider is down stay in it, and the others take their calls by what
/// is left of the weights.
#[test]
fn with_a_provider_down_the_arms_keep_their_people_and_the_weights_are_renormalised() {
    const PEOPLE: u32 = 30_000;
    let arms = [("a", "alpha", 2), ("b", "beta", 3), ("c", "gamma", 5)];
    let arms =
        arms.map(|(name, provider, weight)| Arm::provider(name, id(provider), weight)).into();
    let mut policy = studied(vec![Experiment::new("voices", arms)]);
    policy.strategy = Strategy::Weighted(Weighted {
        weights: NAMES.map(id).into_iter().zip([2, 3, 5]).collect(),
    });
    policy.providers[2].enabled = false;
    let (mut people, mut taken, mut redirected) = ([0_u64; 3], [0_u64; 2], 0);
    for n in 0..PEOPLE {
        let plan = planned(&policy, n, None);
        let at = ["a", "b", "c"].iter().position(|name| arm(&plan) == Some(name)).unwrap();
        people[at] += 1;
        if at == 2 {
            taken[usize::from(plan.candidates[0].provider == id("beta"))] += 1;
            assert_eq!(plan.candidates[0].chosen, RankReason::Strategy("weighted"));
            redirected += 1;
        }
    }
    // Chance exceeds these once in a thousand times.
    let chi = chi_square(&people, &[2.0, 3.0, 5.0]);
    assert!(
        chi < 13.82,
        "chi-square {chi} of {people:?}: by intention to treat the arms stay as they are"
    );
    let chi = chi_square(&taken, &[2.0, 3.0]);
    assert!(chi < 10.83, "chi-square {chi} of {taken:?}, of {redirected} people");
}
