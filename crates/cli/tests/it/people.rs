//! `switchboard people`: what is recorded about people counts at once, and is shown without their
//! number.

use serde_json::json;
use tempfile::TempDir;

use crate::common::{Ran, command};

const PERSON: &str = "+442079460018";

struct People(TempDir);

impl People {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let ledger = self.0.path().join("ledger.db");
        let common = ["--config", "none.toml", "people", "--ledger", ledger.to_str().unwrap()];
        let mut command = command(&[&common[..], arguments].concat());
        command.env("USER", "ada");
        let ran = Ran::of(command.output().unwrap());
        assert!(!format!("{}{}", ran.out, ran.err).contains("79460018"), "{}{}", ran.out, ran.err);
        ran
    }

    fn ok(&self, arguments: &[&str]) -> Ran {
        let ran = self.run(arguments);
        assert_eq!(ran.code, 0, "{arguments:?}: {}{}", ran.out, ran.err);
        ran
    }

    fn shown(&self) -> serde_json::Value {
        self.ok(&["show", PERSON, "--json"]).json()
    }
}

#[test]
fn an_opt_out_is_recorded_shown_and_taken_back() {
    let people = People::new();
    let ran = people.ok(&[
        "opt-out",
        PERSON,
        "--note",
        "Call 020 7946 0018 no more.",
        "--how",
        "callee-said",
    ]);
    assert!(ran.out.contains("is not called any more, for any tenant"), "{}", ran.out);
    let shown = people.shown();
    assert!(shown["opted_out_at"].is_string(), "{shown}");
    let record = &shown["opt_outs"][0];
    assert_eq!((&record["how"], &record["by"]), (&json!("callee_said"), &json!("ada")));
    assert_eq!(shown["rings"]["last_30_days"], 0);

    let again = people.ok(&["opt-out", PERSON, "--at", "2026-01-02T03:04:05Z"]);
    assert!(again.out.contains("had opted out already"), "{}", again.out);
    let table = people.ok(&["show", PERSON]);
    assert!(table.out.contains("does not want to be called, since"), "{}", table.out);
    assert!(table.out.contains("no ring of their phone is on record"), "{}", table.out);

    let early =
        people.run(&["take-back", PERSON, "--words", "Call me.", "--at", "2026-01-01T00:00:00Z"]);
    assert_eq!(early.code, 2, "{}", early.err);
    assert!(early.err.contains("at: is not later than"), "{}", early.err);
    let ran = people.ok(&["take-back", PERSON, "--words", "Please call me again.", "--by", "bob"]);
    assert!(ran.out.contains("may be called again"), "{}", ran.out);
    let shown = people.shown();
    assert_eq!(shown["opted_out_at"], serde_json::Value::Null);
    let last = shown["opt_outs"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["taken_back"], &last["by"]), (&json!(true), &json!("bob")));
    assert_eq!(last["note"], "Please call me again.");
    let twice = people.run(&["take-back", PERSON, "--words", "Again."]);
    assert_ne!(twice.code, 0);
    assert!(twice.err.contains("not opted out"), "{}", twice.err);
}

#[test]
fn a_consent_keeps_its_evidence_until_an_opt_out_withdraws_it() {
    let people = People::new();
    let ran = people.ok(&[
        "consent",
        PERSON,
        "--kind",
        "express-written",
        "--at",
        "2026-02-14T20:00:00Z",
        "--words",
        "I agree to be called by an AI.",
        "--channel",
        "https://example.com/form",
        "--seller",
        "Acme",
        "--purpose",
        "marketing",
        "--hours",
        "mon-fri 08:00-22:00",
        "--expires-at",
        "2099-02-14T20:00:00Z",
        "--json",
    ]);
    let record = ran.json();
    let shown = people.shown()["consents"][0].clone();
    assert_eq!(record, shown);
    for (field, value) in [
        ("tenant", "default"),
        ("kind", "express_written"),
        ("words", "I agree to be called by an AI."),
        ("channel", "https://example.com/form"),
        ("seller", "Acme"),
        ("purpose", "marketing"),
        ("hours", "mon-fri 08:00-22:00"),
        ("by", "ada"),
    ] {
        assert_eq!(shown[field], value, "{shown}");
    }
    people.ok(&["opt-out", PERSON]);
    assert!(people.shown()["consents"][0]["withdrawn_at"].is_string());
    let late = people.ok(&["consent", PERSON, "--kind", "express", "--tenant", "acme"]);
    assert!(
        late.err.contains("do not want to be called") && late.err.contains("without --at"),
        "{}",
        late.err
    );
}

#[test]
fn what_makes_no_sense_is_refused_with_its_fix() {
    let people = People::new();
    assert_eq!(people.run(&["show", PERSON]).code, 2, "there is no ledger");
    for (arguments, told) in [
        (&["opt-out", "911"][..], "NUMBER"),
        (&["opt-out", PERSON, "--at", "2099-01-01T00:00:00Z"], "at: is in the future"),
        (&["opt-out", PERSON, "--how", "guessed"], "possible values"),
        (&["consent", PERSON, "--kind", "oral"], "express, express_written"),
        (&["consent", PERSON, "--kind", "express", "--hours", "always"], "consent.hours"),
        (
            &["consent", PERSON, "--kind", "express", "--at", "2099-01-01T00:00:00Z"],
            "consent.at: is in the future",
        ),
        (&["take-back", PERSON], "--words"),
    ] {
        let ran = people.run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(told), "{told}: {}", ran.err);
    }
}
