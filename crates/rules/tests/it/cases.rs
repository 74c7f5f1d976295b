//! The cases: each decides as the table says, and in no other way.

use switchboard_core::{RuleVerdict, jiff::SignedDuration};
use switchboard_rules::{Tables, cases, decide};

const CASES: &str = include_str!("../data/cases.tsv");

#[test]
fn all_cases_agree() {
    let tables = Tables::builtin();
    let cases = cases::read("cases.tsv", CASES).unwrap();
    assert_eq!(cases.len(), 139);
    let mut wrong = Vec::new();
    for case in &cases {
        for difference in case.differences(&case.decide(&tables)) {
            wrong.push(format!("{} ({}): {difference}", case.id, case.reason));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a call waits for is the first minute at which it may be made, with what is known now.
#[test]
fn a_call_that_waits_is_allowed_then_and_not_a_moment_before() {
    let tables = Tables::builtin();
    let mut waiting = 0;
    for case in cases::read("cases.tsv", CASES).unwrap() {
        let Some(then) = case.decide(&tables).wait_until else { continue };
        waiting += 1;
        assert_eq!(decide(&case.asked(), &tables, then).verdict, RuleVerdict::Allow, "{}", case.id);
        let before = then - SignedDuration::from_nanos(1);
        let before = decide(&case.asked(), &tables, before);
        assert_eq!(before.wait_until, Some(then), "{}", case.id);
    }
    assert!(waiting > 80, "{waiting}");
}

#[test]
fn a_case_that_differs_says_in_what() {
    let text = CASES.lines().take(1).chain([
        "x1\t+12125550142\treservation\t\t\tpublished=yes\t2026-12-06T03:00Z\tallowed\t\tP-GAP\tUS-TCPA-A1-RES\t",
    ]);
    let text: Vec<_> = text.collect();
    let case = cases::read("own.tsv", &text.join("\n")).unwrap().remove(0);
    let differences = case.differences(&case.decide(&Tables::builtin()));
    assert_eq!(
        differences,
        [
            "the verdict is wait, and allowed was expected",
            "it waits until 2026-12-06T13:00:00Z, and no time was expected",
            "P-GAP stops, but was not found",
            "P-HOURS-RESERVATION stops, which was not expected",
            "US-TCPA-A1-RES warns, but was not found",
        ]
    );
}

#[test]
fn mistakes_in_cases_are_all_reported_with_line_and_column() {
    let header = CASES.lines().next().unwrap();
    let lines = [
        "a\t+1212\tselling\tfirm\tline\t\tnoon\tmaybe\tsoon\t\t\t",
        "b\t+12125550142\tmarketing\t\t\tconsent=oral; colour=red; list.OWN=gone; agreed=now; say=hello\t2026-12-06T03:00Z\tallowed\t\t\t\t",
    ];
    let text = [&[header], &lines[..]].concat().join("\n");
    let errors = cases::read("own.tsv", &text).unwrap_err();
    let found: Vec<_> = errors.iter().map(|one| (one.line, one.column.unwrap())).collect();
    let first = ["number", "at", "expect", "wait_until", "purpose", "callee", "line"];
    let expected: Vec<_> =
        first.into_iter().map(|column| (2, column)).chain([(3, "facts"); 5]).collect();
    assert_eq!(found, expected, "{errors}");
    assert!(!errors.to_string().contains("1212"), "{errors}");
    let none = cases::read("own.tsv", "# nothing\n").unwrap_err();
    assert!(none.to_string().starts_with("own.tsv:1: the file has no header"), "{none}");
}
