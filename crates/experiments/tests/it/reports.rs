//! What the calls of an experiment show.

use jiff::SignedDuration;
use switchboard_core::{Call, Currency, TenantId};
use switchboard_experiments::{People, Report};
use switchboard_router::{
    Lives,
    experiment::{Change, Experiment, Seat, Stage},
};

use crate::{
    made::{End, call, chance, halves, minute},
    support::{number, usd},
};

/// Many people, each in his arm; somebody talks with this chance in each arm.
fn study(experiment: &Experiment, people: u32, seed: u64, rates: [f64; 2]) -> Vec<Call> {
    let tenant = TenantId::default();
    (0..people)
        .filter_map(|n| {
            let (arm, rate) = match experiment.seat(&tenant, &number(n), 100) {
                Seat::Outside => return None,
                Seat::Holdout => ("holdout", rates[0]),
                Seat::Arm(arm) => (arm.name.as_str(), rates[usize::from(arm.name == "b")]),
            };
            let talks = chance(seed * 1_000_000 + u64::from(n), rate);
            let end = if talks { End::Talked(60, 120_000) } else { End::NoAnswer(30_000) };
            Some(call(experiment, arm, n, 0, end))
        })
        .collect()
}

fn report(experiment: &Experiment, calls: &[Call], lives: &Lives) -> Report {
    let mut people = People::new(experiment, Currency::USD);
    for call in calls {
        people.observe(call);
    }
    let life = lives.life(&experiment.name, experiment.version);
    Report::new(experiment, life, &people, minute(1_000_000))
}

#[test]
fn a_difference_that_is_there_is_told_and_one_that_is_not_is_not() {
    let experiment = halves();
    let told = report(&experiment, &study(&experiment, 2_000, 1, [0.5, 0.65]), &Lives::default());
    let versus = &told.comparisons[0];
    assert_eq!((versus.arm.as_str(), versus.control.as_str()), ("b", "a"));
    assert!(versus.told.is_some_and(|told| told.treatment_better), "{versus:?}");
    assert!(versus.p_value < 0.05 && versus.difference.success.unwrap().excludes(0.0));
    assert!(
        told.words.iter().any(|word| word.contains("b succeeds more often than a")),
        "{:?}",
        told.words
    );
    assert!(!told.mismatch.unwrap().suspect);
    assert!(versus.points.success.len() > 20);

    let same = report(&experiment, &study(&experiment, 2_000, 2, [0.5, 0.5]), &Lives::default());
    assert!(same.comparisons[0].told.is_none());
    assert!(
        same.words.iter().any(|word| word.contains("not proof that there is none")),
        "{:?}",
        same.words
    );
}

#[test]
fn little_data_is_called_so() {
    let experiment = halves();
    let nobody = report(&experiment, &[], &Lives::default());
    assert_eq!((nobody.people, nobody.span), (0, None));
    assert!(
        nobody.words.iter().any(|word| word.contains("nothing to compare")),
        "{:?}",
        nobody.words
    );
    let few = report(&experiment, &study(&experiment, 20, 1, [0.1, 0.9]), &Lives::default());
    assert!(few.words.iter().any(|word| word.contains("Too little is known")), "{:?}", few.words);
}

#[test]
fn sums_are_exact_and_a_person_counts_once_with_his_first_call() {
    let experiment = halves();
    let calls = [
        call(&experiment, "a", 1, 0, End::Talked(60, 120_000)),
        call(&experiment, "a", 2, 0, End::NoAnswer(30_000)),
        // The same two again, with the opposite ends.
        call(&experiment, "a", 1, 9, End::NoAnswer(30_000)),
        call(&experiment, "a", 2, 9, End::Talked(60, 120_000)),
        call(&experiment, "b", 3, 0, End::Refused),
        call(&experiment, "b", 4, 0, End::Failed),
    ];
    let forwards = report(&experiment, &calls, &Lives::default());
    let mut turned = calls.clone();
    turned.reverse();
    assert_eq!(
        forwards,
        report(&experiment, &turned, &Lives::default()),
        "in whatever order they are read"
    );
    let [a, b] = &forwards.arms[..] else { panic!("{forwards:?}") };
    assert_eq!((a.people, a.successes, a.spent, a.unpriced, a.errors), (2, 1, usd("0.15"), 0, 0));
    // What nobody took costs nothing; what a provider took and broke off has a bill that nobody
    // knows.
    assert_eq!((b.people, b.successes, b.spent, b.unpriced, b.errors), (2, 0, usd("0"), 1, 2));
    assert!(
        forwards.words.iter().any(|word| word.contains("What 1 person in b cost is not known")),
        "{:?}",
        forwards.words
    );
}

#[test]
fn a_call_that_is_amended_replaces_what_it_said() {
    let experiment = halves();
    let mut first = call(&experiment, "a", 1, 0, End::Talked(60, 0));
    first.cost = None;
    let mut billed = first.clone();
    billed.cost = Some(usd("0.18"));
    billed.updated_at = first.updated_at + SignedDuration::from_secs(60);
    for order in [[&first, &billed], [&billed, &first]] {
        let calls: Vec<Call> = order.into_iter().cloned().collect();
        assert_eq!(report(&experiment, &calls, &Lives::default()).arms[0].spent, usd("0.18"));
    }
}

#[test]
fn people_come_in_by_admission_up_to_the_first_open_call() {
    let experiment = halves();
    let mut people = People::new(&experiment, Currency::USD);
    for n in 0..10 {
        let end = if n == 6 { End::Open } else { End::Talked(60, 0) };
        people.observe(&call(&experiment, "a", n, 0, end));
    }
    let now = people.known(minute(11));
    assert_eq!((now.people.len(), now.open), (6, 4), "those behind an open call wait for it");
    assert!(now.people.is_sorted_by_key(|person| person.at));

    // After an hour nobody waits any more, and what ends late comes in when it ends.
    let later = people.known(minute(6 + 61));
    assert_eq!((later.people.len(), later.open), (9, 1));
    let mut late = call(&experiment, "a", 6, 0, End::Talked(60, 0));
    late.attempts[0].ended_at = Some(minute(100));
    late.updated_at = minute(100);
    people.observe(&late);
    let all = people.known(minute(101));
    assert_eq!((all.people.len(), all.open), (10, 0));
    assert_eq!(all.people[9].at, minute(100));
    assert_eq!(&all.people[..9], &later.people[..], "what was shown once is never reordered");
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
    let shown = report(&experiment, &calls, &Lives::default());
    assert_eq!((shown.people, shown.strangers), (100, 1));
    assert!(shown.words.iter().any(|word| word.starts_with("Left out: 1 person")));
}

#[test]
fn arms_that_did_not_get_their_people_are_suspect_before_anything_else() {
    let experiment = halves();
    let mut calls = study(&experiment, 3_000, 1, [0.5, 0.5]);
    // Somebody loses a third of one arm's calls.
    let mut nth = 0;
    calls.retain(|call| {
        let in_b = call.experiment.as_ref().is_some_and(|assigned| assigned.arm == "b");
        nth += u32::from(in_b);
        !in_b || nth % 3 != 0
    });
    let shown = report(&experiment, &calls, &Lives::default());
    assert!(shown.mismatch.unwrap().suspect);
    assert!(shown.words[0].contains("did not get the people"), "{:?}", shown.words);
}

#[test]
fn a_holdout_is_compared_to_the_control_too_and_every_comparison_has_to_be_surer() {
    let mut experiment = halves();
    experiment.holdout_percent = 20;
    let shown = report(&experiment, &study(&experiment, 3_000, 3, [0.5, 0.5]), &Lives::default());
    let names: Vec<&str> = shown.comparisons.iter().map(|versus| versus.arm.as_str()).collect();
    assert_eq!(names, ["b", "holdout"]);
    assert!(shown.comparisons.iter().all(|versus| (versus.confidence - 0.975).abs() < 1e-9));
    assert!(!shown.mismatch.unwrap().suspect, "{:?}", shown.arms);
}

#[test]
fn the_report_knows_the_life_and_says_how_an_arm_ended() {
    let experiment = halves();
    let stop = Change {
        to: Some(Stage::Stopped),
        arm: Some("b".to_owned()),
        why: Some("error_rate at most 0.1: 9 of 40 people".to_owned()),
        ..Change::of(1)
    };
    let lives = Lives::of(&[(1, stop.decision("voices", "guardrail", minute(50)))]);
    let shown = report(&experiment, &study(&experiment, 200, 1, [0.5, 0.5]), &lives);
    assert!(shown.arms[1].stopped.is_some() && shown.arms[0].stopped.is_none());
    assert!(shown.words[0].starts_with("b was stopped by guardrail at "), "{:?}", shown.words);
    let json = serde_json::to_value(&shown).unwrap();
    assert_eq!(json["arms"][1]["stopped"]["by"], "guardrail");
    assert_eq!(
        json["comparisons"][0]["points"]["success"][0]["people"].as_array().unwrap().len(),
        2
    );
}

/// The whole way from assignment to verdict, over experiments without any difference: the words
/// must rarely claim one.
#[test]
fn reports_of_experiments_without_a_difference_rarely_claim_one() {
    let experiment = halves();
    let claimed = (0..20)
        .filter(|seed| {
            let calls = study(&experiment, 300, 100 + seed, [0.6, 0.6]);
            report(&experiment, &calls, &Lives::default()).comparisons[0].told.is_some()
        })
        .count();
    assert!(claimed <= 2, "{claimed} of 20, looked at after every person");
}
