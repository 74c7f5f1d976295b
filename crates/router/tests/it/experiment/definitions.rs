//! What makes no sense is refused, with the key and the fix.

use switchboard_router::{
    Policy,
    experiment::{Arm, Bound, Experiment, Group, GuardMetric, Guardrail},
};

use super::made::halves;
use crate::support::{Fake, id, policy};

fn refused(change: impl Fn(&mut Experiment)) -> (String, String) {
    let mut policy = policy(&["alpha", "beta"].map(Fake::new));
    let mut experiment = halves();
    change(&mut experiment);
    policy.experiments.push(experiment);
    complaint(&policy)
}

fn complaint(policy: &Policy) -> (String, String) {
    let error = policy.check().unwrap_err();
    (error.field().unwrap().to_owned(), error.message().to_owned())
}

fn guard(metric: GuardMetric, bound: Bound, minimum_calls: u32) -> Guardrail {
    Guardrail { metric, bound, minimum_calls }
}

fn group(from_percent: u32, share_percent: u32) -> Option<Group> {
    Some(Group { name: "phones".to_owned(), from_percent, share_percent })
}

#[test]
fn each_mistake_is_named_by_its_key() {
    let half = || Bound::AtLeast("0.5".parse().unwrap());
    let most = || Bound::AtMost("0.5".parse().unwrap());
    let two = || Bound::AtMost("2".parse().unwrap());
    type Change = Box<dyn Fn(&mut Experiment)>;
    let cases: Vec<(&str, &str, Change)> = vec![
        ("version", "the first is 1", Box::new(|one| one.version = 0)),
        ("ramp_percent", "more than 100", Box::new(|one| one.ramp_percent = 101)),
        ("holdout_percent", "leaves nobody", Box::new(|one| one.holdout_percent = 100)),
        ("arms", "no weight", Box::new(|one| one.arms.iter_mut().for_each(|arm| arm.weight = 0))),
        ("arms", "smaller ones", Box::new(|one| one.arms[0].weight = 1_000_000)),
        ("arms.a", "earlier arm", Box::new(|one| one.arms[1].name = "a".to_owned())),
        (
            "arms.holdout",
            "no name for an arm",
            Box::new(|one| one.arms[1].name = "holdout".to_owned()),
        ),
        (
            "arms.c",
            "not configured",
            Box::new(|one| one.arms.push(Arm::provider("c", id("gamma"), 1))),
        ),
        (
            "arms.c",
            "agent profile \"calm\"",
            Box::new(|one| one.arms.push(Arm::agent("c", "calm".into(), 1))),
        ),
        ("group", "a hundred", Box::new(|one| one.group = group(60, 41))),
        ("group", "a hundred", Box::new(|one| one.group = group(10, 0))),
        (
            "guardrails[0]",
            "minimum_calls",
            Box::new(move |one| one.guardrails = vec![guard(GuardMetric::SuccessRate, half(), 0)]),
        ),
        (
            "guardrails[0]",
            "between 0 and 1",
            Box::new(move |one| one.guardrails = vec![guard(GuardMetric::ErrorRate, two(), 9)]),
        ),
        (
            "guardrails[0]",
            "write at_least",
            Box::new(move |one| one.guardrails = vec![guard(GuardMetric::SuccessRate, most(), 9)]),
        ),
        (
            "guardrails[0]",
            "write at_most",
            Box::new(move |one| {
                one.guardrails = vec![guard(GuardMetric::CostPerSuccess, half(), 9)]
            }),
        ),
    ];
    for (key, part, change) in cases {
        let (field, message) = refused(change);
        assert_eq!(field, format!("experiments[0].{key}"), "{message}");
        assert!(message.contains(part), "{field}: {message}");
    }
}

#[test]
fn two_of_one_name_and_two_with_the_same_people_of_a_group_are_refused() {
    let mut policy = policy(&["alpha", "beta"].map(Fake::new));
    policy.experiments = vec![halves(), halves()];
    assert_eq!(complaint(&policy).0, "experiments[1].name");
    policy.experiments[1].name = "others".to_owned();
    policy.check().unwrap();
    policy.experiments[0].group = group(0, 50);
    policy.experiments[1].group = group(49, 10);
    let (field, message) = complaint(&policy);
    assert_eq!(field, "experiments[1].group");
    assert!(message.contains("\"voices\""), "{message}");
    policy.experiments[1].group = group(50, 50);
    policy.check().unwrap();
}
