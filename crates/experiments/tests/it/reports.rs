//! The report on the calls of an experiment.

use jiff::SignedDuration;
use switchboard_core::{Call, Currency, TenantId};
use switchboard_experiments::{Cohort, Report};
use switchboard_router::{
    ExperimentStates,
    experiment::{Allocation, Change, Experiment, Stage},
};

use crate::{
    made::{End, call, chance, halves, minute},
    support::{number, usd},
};

/// The calls of many people, each in their arm, with this success rate in each arm.
fn study(experiment: &Experiment, people: u32, seed: u64, rates: [f64; 2]) -> Vec<Call> {
    let tenant = TenantId::default();
    (0..people)
        .filter_map(|n| {
            let (arm, rate) = match experiment.allocation(&tenant, &number(n), 100) {
                Allocation::Outside => return None,
                Allocation::Holdout => ("holdout", rates[0]),
                Allocation::Arm(arm) => (arm.name.as_str(), rates[usize::from(arm.name == "b")]),
            };
            let talks = chance(seed * 1_000_000 + u64::from(n), rate);
            let end = if talks { End::Talked(60, 120_000) } else { End::NoAnswer(30_000) };
            Some(call(experiment, arm, n, 0, end))
        })
        .collect()
}

fn report(experiment: &Experiment, calls: &[Call], states: &ExperimentStates) -> Report {
    let mut people = Cohort::new(experiment, Currency::USD);
    for call in calls {
        people.observe(call);
    }
    let state = states.state(&experiment.name, experiment.version);
    Report::new(experiment, state, &people, minute(1_000_000))
}

#[test]
fn a_difference_is_detected_if_and_only_if_it_exists() {
    let experiment = halves();
    let different = report(
        &experiment,
        &study(&experiment, 2_000, 1, [0.5, 0.65]),
        &ExperimentStates::default(),
    );
    let versus = &different.comparisons[0];
    assert_eq!((versus.arm.as_str(), versus.control.as_str()), ("b", "a"));
    assert!(versus.detected.is_some_and(|detected| detected.treatment_better), "{versus:?}");
    assert!(versus.p_value < 0.05 && versus.difference.success.unwrap().excludes(0.0));
    assert!(
        different.summary.iter().any(|word| word.contains("b succeeds more often than a")),
        "{:?}",
        different.summary
    );
    assert!(!different.sample_ratio_mismatch.unwrap().suspect);
    assert!(versus.points.success.len() > 20);

    let same = report(
        &experiment,
        &study(&experiment, 2_000, 2, [0.5, 0.5]),
        &ExperimentStates::default(),
    );
    assert!(same.comparisons[0].detected.is_none());
    assert!(
        same.summary.iter().any(|word| word.contains("not proof that there is none")),
        "{:?}",
        same.summary
    );
}

#[test]
fn the_summary_says_when_there_is_too_little_data() {
    let experiment = halves();
    let nobody = report(&experiment, &[], &ExperimentStates::default());
    assert_eq!((nobody.people, nobody.span), (0, None));
    assert!(
        nobody.summary.iter().any(|word| word.contains("nothing to compare")),
        "{:?}",
        nobody.summary
    );
    let few =
        report(&experiment, &study(&experiment, 20, 1, [0.1, 0.9]), &ExperimentStates::default());
    assert!(few.summary.iter().any(|word| word.contains("Too little data")), "{:?}", few.summary);
}

#[test]
fn sums_are_exact_and_each_person_counts_once_with_their_first_call() {
    let experiment = halves();
    let calls = [
        call(&experiment, "a", 1, 0, End::Talked(60, 120_000)),
        call(&experiment, "a", 2, 0, End::NoAnswer(30_000)),
        // The same two people again, with the opposite results.
        call(&experiment, "a", 1, 9, End::NoAnswer(30_000)),
        call(&experiment, "a", 2, 9, End::Talked(60, 120_000)),
        call(&experiment, "b", 3, 0, End::Refused),
        call(&experiment, "b", 4, 0, End::Failed),
    ];
    let forwards = report(&experiment, &calls, &ExperimentStates::default());
    let mut turned = calls.clone();
    turned.reverse();
    assert_eq!(
        forwards,
        report(&experiment, &turned, &ExperimentStates::default()),
        "whatever the order in which they are read"
    );
    let [a, b] = &forwards.arms[..] else { panic!("{forwards:?}") };
    assert_eq!((a.people, a.successes, a.spent, a.unpriced, a.errors), (2, 1, usd("0.15"), 0, 0));
    // A call that no provider took costs nothing; the bill of one that was aborted is unknown.
    assert_eq!((b.people, b.successes, b.spent, b.unpriced, b.errors), (2, 0, usd("0"), 1, 2));
    assert!(
        forwards.summary.iter().any(|word| word.contains("The cost of 1 person in b is not known")),
        "{:?}",
        forwards.summary
    );
}

#[test]
fn a_later_state_of_a_call_replaces_the_earlier_one() {
    let experiment = halves();
    let mut first = call(&experiment, "a", 1, 0, End::Talked(60, 0));
    first.cost = None;
    let mut billed = first.clone();
    billed.cost = Some(usd("0.18"));
    billed.updated_at = first.updated_at + SignedDuration::from_secs(60);
    for order in [[&first, &billed], [&billed, &first]] {
        let calls: Vec<Call> = order.into_iter().cloned().collect();
        assert_eq!(
            report(&experiment, &calls, &ExperimentStates::default()).arms[0].spent,
            usd("0.18")
        );
    }
}

#[test]
fn people_enter_in_order_of_admission_up_to_the_first_open_call() {
    let experiment = halves();
    let mut people = Cohort::new(&experiment, Currency::USD);
    for n in 0..10 {
        let end = if n == 6 { End::Open } else { End::Talked(60, 0) };
        people.observe(&call(&experiment, "a", n, 0, end));
    }
    let now = people.completed(minute(11));
    assert_eq!((now.people.len(), now.open), (6, 4), "an open call holds back the people after it");
    assert!(now.people.is_sorted_by_key(|person| person.at));

    // After an hour it holds nobody back any more; a call that ends late enters when it ends.
    let later = people.completed(minute(6 + 61));
    assert_eq!((later.people.len(), later.open), (9, 1));
    let mut late = call(&experiment, "a", 6, 0, End::Talked(60, 0));
    late.attempts[0].ended_at = Some(minute(100));
    late.updated_at = minute(100);
    people.observe(&late);
    let all = people.completed(minute(101));
    assert_eq!((all.people.len(), all.open), (10, 0));
    assert_eq!(all.people[9].at, minute(100));
    assert_eq!(
        &all.people[..9],
        &later.people[..],
        "people who were counted once are never reordered"
    );
}

#[test]
fn other_experiments_versions_and_arms_are_not_mixed_in() {
    let experiment = halves();
    let mut second = halves();
    second.version = 2;
    let mut calls = study(&experiment, 100, 1, [0.5, 0.5]);
    calls.extend(study(&second, 100, 1, [0.5, 0.5]));
    calls.push(call(&experiment, "c", 7_000, 0, End::Refused));
    let mut outside = call(&experiment, "a", 8_000, 0, End::Refused);
    outside.experiment = None;
    calls.push(outside);
    let shown = report(&experiment, &calls, &ExperimentStates::default());
    assert_eq!((shown.people, shown.unknown_arm), (100, 1));
    assert!(shown.summary.iter().any(|word| word.starts_with("Left out: 1 person")));
}

#[test]
fn a_sample_ratio_mismatch_comes_first_in_the_summary() {
    let experiment = halves();
    let mut calls = study(&experiment, 3_000, 1, [0.5, 0.5]);
    // A third of the calls of one arm are lost.
    let mut nth = 0;
    calls.retain(|call| {
        let in_b = call.experiment.as_ref().is_some_and(|assigned| assigned.arm == "b");
        nth += u32::from(in_b);
        !in_b || nth % 3 != 0
    });
    let shown = report(&experiment, &calls, &ExperimentStates::default());
    assert!(shown.sample_ratio_mismatch.unwrap().suspect);
    assert!(shown.summary[0].contains("did not get the people"), "{:?}", shown.summary);
}

#[test]
fn a_holdout_is_compared_with_the_control_too_and_confidence_is_divided() {
    let mut experiment = halves();
    experiment.holdout_percent = 20;
    let shown = report(
        &experiment,
        &study(&experiment, 3_000, 3, [0.5, 0.5]),
        &ExperimentStates::default(),
    );
    let names: Vec<&str> = shown.comparisons.iter().map(|compared| compared.arm.as_str()).collect();
    assert_eq!(names, ["b", "holdout"]);
    assert!(shown.comparisons.iter().all(|compared| (compared.confidence - 0.975).abs() < 1e-9));
    assert!(!shown.sample_ratio_mismatch.unwrap().suspect, "{:?}", shown.arms);
}

#[test]
fn the_report_says_why_an_arm_was_stopped() {
    let experiment = halves();
    let stop = Change {
        to: Some(Stage::Stopped),
        arm: Some("b".to_owned()),
        why: Some("error_rate at most 0.1: 9 of 40 people".to_owned()),
        ..Change::of(1)
    };
    let states = ExperimentStates::of(&[(1, stop.decision("voices", "guardrail", minute(50)))]);
    let shown = report(&experiment, &study(&experiment, 200, 1, [0.5, 0.5]), &states);
    assert!(shown.arms[1].stopped.is_some() && shown.arms[0].stopped.is_none());
    assert!(shown.summary[0].starts_with("b was stopped by guardrail at "), "{:?}", shown.summary);
    let json = serde_json::to_value(&shown).unwrap();
    assert_eq!(json["arms"][1]["stopped"]["by"], "guardrail");
    assert_eq!(
        json["comparisons"][0]["points"]["success"][0]["people"].as_array().unwrap().len(),
        2
    );
}

/// The whole way from assignment to verdict, over experiments without any difference: the report must
/// rarely claim one.
#[test]
fn reports_of_experiments_without_a_difference_rarely_claim_one() {
    let experiment = halves();
    let claimed = (0..20)
        .filter(|seed| {
            let calls = study(&experiment, 300, 100 + seed, [0.6, 0.6]);
            report(&experiment, &calls, &ExperimentStates::default()).comparisons[0]
                .detected
                .is_some()
        })
        .count();
    assert!(claimed <= 2, "{claimed} of 20, looked at after every person");
}
