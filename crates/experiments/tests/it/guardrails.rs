//! When a guardrail stops an arm, and when it must not.

use switchboard_core::Currency;
use switchboard_experiments::{Cohort, Watch, breaches};
use switchboard_router::{
    AuditEntry, ExperimentStates, Policy,
    experiment::{Bound, Change, Experiment, GuardMetric, Guardrail, Stage},
};

use crate::{
    made::{End, call, chance, halves, minute},
    support::{Fake, policy},
};

fn guarded(metric: GuardMetric, bound: Bound) -> Experiment {
    let mut experiment = halves();
    experiment.guardrails = vec![Guardrail { metric, bound, minimum_calls: 30 }];
    experiment
}

fn at_least(value: &str) -> Bound {
    Bound::AtLeast(value.parse().unwrap())
}

fn at_most(value: &str) -> Bound {
    Bound::AtMost(value.parse().unwrap())
}

/// The arms that break a guardrail, for people who alternate between both arms and whose calls end as
/// `end` says.
fn breached(experiment: &Experiment, people: u32, end: impl Fn(&str, u32) -> End) -> Vec<String> {
    let mut cohort = Cohort::new(experiment, Currency::USD);
    for n in 0..people {
        let arm = if n % 2 == 0 { "a" } else { "b" };
        cohort.observe(&call(experiment, arm, n, 0, end(arm, n)));
    }
    let completed = cohort.completed(minute(people + 100)).people;
    assert_eq!(completed.len(), people as usize);
    breaches(experiment, &completed, Currency::USD).into_iter().map(|one| one.arm).collect()
}

#[test]
fn each_metric_stops_only_the_arm_that_breaks_its_guardrail() {
    let fails = |arm: &str, bad: End, good: End| if arm == "b" { bad } else { good };
    let talked = End::Talked(60, 100_000);
    let cases = [
        (guarded(GuardMetric::SuccessRate, at_least("0.6")), End::NoAnswer(100_000)),
        (guarded(GuardMetric::ErrorRate, at_most("0.2")), End::Refused),
        (guarded(GuardMetric::ErrorRate, at_most("0.2")), End::Failed),
        (guarded(GuardMetric::CostPerSuccess, at_most("0.50")), End::Talked(60, 900_000)),
        // Without a single success, any bill is too much.
        (guarded(GuardMetric::CostPerSuccess, at_most("0.50")), End::NoAnswer(100_000)),
        (guarded(GuardMetric::Duration, at_most("120")), End::Talked(300, 100_000)),
        (guarded(GuardMetric::Duration, at_least("20")), End::Talked(3, 100_000)),
    ];
    for (experiment, bad) in cases {
        let guardrail = experiment.guardrails[0];
        assert_eq!(
            breached(&experiment, 200, |arm, _| fails(arm, bad, talked)),
            ["b"],
            "{guardrail} by {bad:?}"
        );
        assert!(breached(&experiment, 200, |_, _| talked).is_empty(), "{guardrail}");
        assert!(
            breached(&experiment, 58, |arm, _| fails(arm, bad, talked)).is_empty(),
            "{guardrail}: 29 people are too few"
        );
    }
}

#[test]
fn an_arm_that_may_still_be_good_is_not_stopped() {
    let experiment = guarded(GuardMetric::SuccessRate, at_least("0.6"));
    // Two in five talk: below the bound, but after forty people that might still be chance.
    let end = |_: &str, n: u32| {
        if (n / 2) % 5 < 2 { End::Talked(60, 0) } else { End::NoAnswer(0) }
    };
    assert!(breached(&experiment, 80, end).is_empty());
    assert_eq!(breached(&experiment, 800, end), ["a", "b"]);
}

/// Many experiments whose arms lie exactly on the bound, evaluated after every twentieth person: few
/// may ever be stopped. A rule that stops an arm as soon as its measured rate is below the bound
/// would stop nearly all of them.
#[test]
fn an_arm_that_keeps_its_guardrail_is_rarely_stopped_however_often_it_is_evaluated() {
    const EXPERIMENTS: u64 = 100;
    const PEOPLE: u32 = 400;
    let experiment = guarded(GuardMetric::SuccessRate, at_least("0.6"));
    let (mut stopped, mut naively) = (0, 0);
    for seed in 0..EXPERIMENTS {
        let mut cohort = Cohort::new(&experiment, Currency::USD);
        for n in 0..PEOPLE {
            let arm = if n % 2 == 0 { "a" } else { "b" };
            let talks = chance(seed * 100_000 + u64::from(n), 0.6);
            cohort.observe(&call(
                &experiment,
                arm,
                n,
                0,
                if talks { End::Talked(60, 0) } else { End::NoAnswer(0) },
            ));
        }
        let people = cohort.completed(minute(PEOPLE + 100)).people;
        let looks = || (60..=people.len()).step_by(20).map(|upto| &people[..upto]);
        stopped +=
            u64::from(looks().any(|seen| !breaches(&experiment, seen, Currency::USD).is_empty()));
        naively += u64::from(looks().any(|seen| {
            let of_b = seen.iter().filter(|person| person.subject == 1);
            let good = of_b.clone().filter(|person| person.observation.success).count();
            (good as f64) < 0.6 * of_b.count() as f64
        }));
    }
    println!("stopped: {stopped} of {EXPERIMENTS} experiments; by the bare share: {naively}");
    assert!(stopped * 20 <= EXPERIMENTS, "{stopped} of {EXPERIMENTS}");
    assert!(naively * 2 > EXPERIMENTS, "{naively} of {EXPERIMENTS}");
}

fn watched(experiment: Experiment) -> Policy {
    let mut policy = policy(&["alpha", "beta"].map(Fake::new));
    policy.experiments.push(experiment);
    policy
}

#[test]
fn a_breach_leads_to_one_decision() {
    let experiment = guarded(GuardMetric::ErrorRate, at_most("0.1"));
    let policy = watched(experiment.clone());
    let mut watch = Watch::new(&policy);
    let mut states = ExperimentStates::default();
    let mut made: Vec<AuditEntry> = Vec::new();
    for n in 0..300 {
        let (arm, end) = if n % 2 == 0 { ("a", End::Talked(60, 0)) } else { ("b", End::Failed) };
        watch.observe(&call(&experiment, arm, n, 0, end));
        for decision in watch.decisions(&policy, &states, minute(n + 1)) {
            made.push(decision.clone());
            states.apply(made.len() as u64, &decision);
        }
    }
    assert_eq!(made.len(), 1, "{made:?}");
    let change = Change::read(&made[0]).unwrap();
    assert_eq!((made[0].subject.as_str(), made[0].by.as_str()), ("voices", "guardrail"));
    assert_eq!(
        (change.to, change.arm.as_deref(), change.version),
        (Some(Stage::Stopped), Some("b"), 1)
    );
    let why = change.why.unwrap();
    assert!(
        why.starts_with("error_rate at most 0.1: ") && why.contains(" people; at least 0."),
        "{why}"
    );
    assert!(states.state("voices", 1).unwrap().has_stopped("b"));
}

#[test]
fn no_decision_on_a_stopped_experiment_or_without_new_calls() {
    let experiment = guarded(GuardMetric::ErrorRate, at_most("0.1"));
    let policy = watched(experiment.clone());
    let mut watch = Watch::new(&policy);
    for n in 0..200 {
        watch.observe(&call(&experiment, "b", n, 0, End::Failed));
    }
    let stop = Change { to: Some(Stage::Stopped), ..Change::of(1) };
    let stopped = ExperimentStates::of(&[(1, stop.decision("voices", "mara", minute(0)))]);
    assert!(watch.clone().decisions(&policy, &stopped, minute(300)).is_empty());
    assert_eq!(watch.decisions(&policy, &ExperimentStates::default(), minute(300)).len(), 1);
    assert!(
        watch.decisions(&policy, &ExperimentStates::default(), minute(300)).is_empty(),
        "nothing was observed since"
    );
}

#[test]
fn a_new_configuration_keeps_the_observations_of_experiments_that_stay() {
    let experiment = guarded(GuardMetric::ErrorRate, at_most("0.1"));
    let mut policy = watched(experiment.clone());
    let mut watch = Watch::new(&policy);
    for n in 0..200 {
        watch.observe(&call(&experiment, "b", n, 0, End::Failed));
    }
    assert!(!watch.set(&policy), "nothing is new");
    assert_eq!(watch.decisions(&policy, &ExperimentStates::default(), minute(300)).len(), 1);
    policy.experiments[0].version = 2;
    assert!(watch.set(&policy), "the calls of the new version have to be observed");
    assert!(watch.decisions(&policy, &ExperimentStates::default(), minute(300)).is_empty());
}
