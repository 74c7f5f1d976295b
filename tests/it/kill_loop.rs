//! A few loops of `kill-loop` and a proof that it can fail. `.ci/run` runs more of them;
//! `switchboard_tests::kill` says what is tried.
#![cfg(unix)]

use std::{fs, os::unix::fs::PermissionsExt, path::Path, sync::Arc};

use jiff::Timestamp;
use serde_json::json;
use switchboard::{
    Attempt, Call, CallId, CallRequest, CallStatus, ProviderId,
    core::{AttemptId, ProviderCallId},
    journal::NewCall,
};
use switchboard_testkit::{Ring, SimKind};
use switchboard_tests::{
    binary, callee,
    kill::{Facts, Row, RowKind, Totals, judge, run},
    loops::{
        LoopOptions,
        people::{self, OptOuts},
    },
};
use uuid::Uuid;

fn row(to: usize, kind: RowKind) -> Row {
    Row { to: callee(to), tag: "", kind }
}

fn ring(to: usize, call: &str) -> Ring {
    serde_json::from_value(json!({"at": "2026-02-14T20:00:00Z", "to": callee(to), "call_id": call}))
        .unwrap()
}

fn call(to: usize, status: CallStatus, theirs: Option<&str>) -> Call {
    let at = "2026-02-14T20:00:00Z".parse().unwrap();
    let new = NewCall::new(
        CallId::new(Uuid::from_u128(to as u128)),
        Arc::new(CallRequest::new(callee(to), "Ask.").validate(at).unwrap()),
        at,
    );
    let provider_call_id = theirs.map(ProviderCallId::from);
    new.received().with(|call| {
        call.status = status;
        call.provider_call_id = provider_call_id;
    })
}

/// One good row, and what is said of it.
fn judged(rings: Vec<Ring>, calls: Vec<Call>) -> (usize, usize) {
    judged_with(rings, calls, &[2])
}

fn judged_with(rings: Vec<Ring>, calls: Vec<Call>, rejected: &[usize]) -> (usize, usize) {
    let judged = judge(&Facts {
        rows: vec![row(1, RowKind::Good), row(2, RowKind::Wrong)],
        rings,
        calls,
        rejected: rejected.iter().map(|to| callee(*to)).collect(),
    });
    assert_eq!(judged.faults.is_empty(), (judged.duplicate_rings, judged.lost_calls) == (0, 0));
    (judged.duplicate_rings, judged.lost_calls)
}

#[test]
fn what_may_not_be_is_found() {
    use CallStatus::{Attempting, Closed, Indeterminate, Refused, Stalled};
    let good = (0, 0);
    assert_eq!(judged(vec![ring(1, "a")], vec![call(1, Closed, Some("a"))]), good);
    assert_eq!(judged(vec![ring(1, "a")], vec![call(1, Stalled, None)]), good);
    assert_eq!(judged(vec![ring(1, "a")], vec![call(1, Indeterminate, None)]), good);
    assert_eq!(judged(vec![], vec![call(1, Indeterminate, None)]), good);
    assert_eq!(judged(vec![], vec![call(1, Refused, None)]), good);

    // Refused, and tried again when the program was started again.
    let again = |first, theirs| vec![call(1, first, theirs), call(1, Closed, Some("a"))];
    assert_eq!(judged(vec![ring(1, "a")], again(Refused, None)), good);

    assert_eq!(judged(vec![ring(1, "a")], again(Refused, Some("a"))), (0, 1));
    assert_eq!(judged(vec![ring(1, "a")], again(Indeterminate, None)), (0, 1));
    assert_eq!(judged(vec![ring(1, "a"), ring(1, "b")], vec![call(1, Closed, Some("b"))]), (1, 0));
    assert_eq!(
        judged(vec![ring(1, "a"), ring(2, "b")], vec![call(1, Closed, Some("a"))]),
        (1, 0),
        "nobody asked for it"
    );

    let lost = (0, 1);
    assert_eq!(judged(vec![], vec![]), lost);
    assert_eq!(judged(vec![ring(1, "a")], vec![]), lost);
    assert_eq!(judged(vec![ring(1, "a")], vec![call(1, Attempting, None)]), lost);
    assert_eq!(judged(vec![ring(1, "a")], vec![call(1, Refused, None)]), lost);
    assert_eq!(judged(vec![], vec![call(1, Closed, Some("a"))]), lost);
    assert_eq!(
        judged(vec![ring(1, "a")], vec![call(1, Closed, Some("b"))]),
        lost,
        "it is another call"
    );
    assert_eq!(
        judged(vec![], vec![call(1, Refused, None), call(3, Refused, None)]),
        lost,
        "no row asks for it"
    );
}

/// A ring of this person by this attempt.
fn rung(to: &str, call: &str) -> Ring {
    let at = "2026-02-14T20:00:00Z";
    serde_json::from_value(json!({"at": at, "to": to, "call_id": call})).unwrap()
}

#[test]
fn rings_above_the_limit_and_after_an_opt_out_are_found() {
    let to = people::calls().next().unwrap().to;
    let twice = vec![rung(&to, "a"), rung(&to, "b")];
    let judged = people::judge(&OptOuts::new(), &twice, &[]);
    assert_eq!((judged.at_limit, judged.against_rules), (1, 0));
    let thrice = [twice, vec![rung(&to, "c")]].concat();
    assert_eq!(people::judge(&OptOuts::new(), &thrice, &[]).against_rules, 1);

    let at: Timestamp = "2026-02-14T20:00:00Z".parse().unwrap();
    let request = CallRequest::new(&*to, "Ask.").validate(at).unwrap();
    let new = NewCall::new(CallId::new(Uuid::from_u128(1)), Arc::new(request), at);
    let attempt = Attempt::new(
        AttemptId::new(Uuid::from_u128(2)),
        ProviderId::from_static("kaicalls"),
        Uuid::nil(),
        at,
    )
    .with(|attempt| {
        attempt.provider_call_id = Some(ProviderCallId::from("a"));
        attempt.sent_at = Some(at);
    });
    let call = new.received().with(|call| call.attempts.push(attempt));
    let second = jiff::SignedDuration::from_secs(1);
    for (durable, found) in [(at - second, 1), (at + second, 0)] {
        let opt_outs = OptOuts::from([(to.clone(), durable)]);
        let judged = people::judge(&opt_outs, &[rung(&to, "a")], std::slice::from_ref(&call));
        assert_eq!(judged.against_rules, found);
    }
}

async fn loops(loops: u32, program: &Path) -> (Totals, Vec<String>) {
    let options =
        LoopOptions { seed: 1, program: Some(program.to_owned()), ..LoopOptions::new(loops, 3) };
    let mut reports = Vec::new();
    let totals = run(&options, |report| reports.push(report)).await;
    (totals, reports)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_processes_ring_nobody_twice_and_lose_no_call() {
    let (totals, reports) = loops(3, binary::switchboard()).await;
    assert!(totals.is_good(), "{totals:?}\n{}", reports.join("\n"));
    assert!(totals.kills > 0 && totals.rings > 0, "{totals:?}");
}

/// With faults and kills at providers that find a call again by their own reference, by name, by an
/// event, or by one repeat of a key.
#[tokio::test(flavor = "multi_thread")]
async fn any_two_providers_can_be_chosen() {
    for providers in [[SimKind::Retell, SimKind::Vapi], [SimKind::CallE, SimKind::Telnyx]] {
        let options = LoopOptions {
            seed: 3,
            providers,
            program: Some(binary::switchboard().to_owned()),
            ..LoopOptions::new(2, 2)
        };
        let mut reports = Vec::new();
        let totals = run(&options, |report| reports.push(report)).await;
        assert!(totals.is_good(), "{providers:?} {totals:?}\n{}", reports.join("\n"));
        assert!(totals.kills > 0 && totals.rings > 0, "{providers:?} {totals:?}");
    }
}

/// A program that takes the rules out of its configuration rings people above the limit.
#[tokio::test(flavor = "multi_thread")]
async fn a_program_without_the_rules_is_found_out() {
    let directory = tempfile::tempdir().unwrap();
    let program = directory.path().join("lawless");
    let real = binary::switchboard().display();
    let script = format!(
        "#!/bin/sh\nif [ \"$1\" = batch ]; then sed 's/^files = .*/off = \"nobody asks\"/' switchboard.toml > off && mv off switchboard.toml; fi\nexec '{real}' \"$@\"\n"
    );
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let (totals, reports) = loops(1, &program).await;
    assert!(totals.against_rules > 0, "{totals:?}");
    thrown_away(&reports.join("\n"));
}

/// Directories are kept for whoever looks into a failure; where one is expected they go.
fn thrown_away(report: &str) {
    let kept = report.lines().find_map(|line| line.trim().strip_prefix("kept in ")).unwrap();
    fs::remove_dir_all(Path::new(kept).parent().unwrap()).unwrap();
}

/// Each start takes the table for another batch: what a program would do that kept no keys.
#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_forgets_what_it_placed_is_found_out() {
    let directory = tempfile::tempdir().unwrap();
    let program = directory.path().join("forgetful");
    let real = binary::switchboard().display();
    let script = format!(
        "#!/bin/sh\nif [ \"$1\" = batch ]; then set -- \"$@\" --name \"$$\" --again; fi\nexec '{real}' \"$@\"\n"
    );
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let (totals, reports) = loops(3, &program).await;
    assert!(totals.duplicate_rings > 0, "{totals:?}");
    let report = reports.join("\n");
    assert!(report.contains("--seed 1") && !report.contains(&callee(0)[..8]), "{report}");
    thrown_away(&report);
}
