//! `switchboard lists`: files become lists, replace one another, and say what they know of a number.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::{Ran, run};

const LISTED: &str = "+14165550123";
const ABSENT: &str = "+14165550124";
const OUTSIDE: &str = "+442079460018";

/// A ledger in a directory of its own.
struct Lists(TempDir);

impl Lists {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let ledger = self.0.path().join("ledger.db");
        let none = self.0.path().join("none.toml");
        let common = ["--config", none.to_str().unwrap(), "lists", "--ledger"];
        run(&[&common[..], &[ledger.to_str().unwrap()], arguments].concat())
    }

    fn import(&self, file: &str, more: &[&str]) -> Ran {
        let path = self.0.path().join("list.txt");
        fs::write(&path, file).unwrap();
        let begin = ["import", path.to_str().unwrap(), "--by", "ada"];
        self.run(&[&begin, more].concat())
    }

    /// What each list says about the number.
    fn says(&self, number: &str) -> Value {
        let ran = self.run(&["check", number, "--json"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(!ran.out.contains("555012") && !ran.out.contains("7946"), "{}", ran.out);
        let lists = ran.json()["lists"].as_array().unwrap().clone();
        lists
            .iter()
            .map(|one| (one["list"].as_str().unwrap().to_owned(), one["state"].clone()))
            .collect()
    }
}

const DNCL: [&str; 4] = ["--name", "CA-DNCL", "--as-of", "2026-11-01"];

#[test]
fn a_list_is_imported_shown_asked_and_removed() {
    let lists = Lists::new();
    let ran = lists.import(
        "416,5550123\r\n416,5550123\r\n437,5550100\r\n416,55501\r\n",
        &[&DNCL[..], &["--yes", "--json"]].concat(),
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    let json = ran.json();
    let (list, report) = (&json["list"], &json["report"]);
    assert_eq!(list["name"], "CA-DNCL");
    assert_eq!(
        (&list["count"], &list["covers"], &list["imported_by"]),
        (&json!(2), &json!("+1416,+1437"), &json!("ada"))
    );
    let counts = ["read", "taken", "doubles"].map(|name| report[name].clone());
    assert_eq!(counts, [json!(4), json!(3), json!(1)]);
    assert_eq!(
        report["refused"],
        json!([{"reason": "not_a_number", "count": 1, "first": [{"line": 4}]}])
    );
    assert_eq!(report["valid_until"], "2026-12-02T00:00:00Z", "31 days, by the rule that asks");

    let own = lists.import(
        "phone;name\n+14165550124;A\n",
        &["--name", "own", "--as-of", "2026-11-02", "--covers", "all"],
    );
    assert_eq!(own.code, 0, "{}", own.err);
    assert!(own.out.contains("own is imported") && own.out.contains("csv"), "{}", own.out);

    let shown = lists.run(&["list", "--json"]).json();
    let names: Vec<_> =
        shown["lists"].as_array().unwrap().iter().map(|list| list["name"].clone()).collect();
    assert_eq!(names, [json!("CA-DNCL"), json!("own")]);
    assert!(lists.run(&["list"]).out.contains("2026-11-01"));

    assert_eq!(lists.says(LISTED), json!({"CA-DNCL": "listed", "own": "absent"}));
    assert_eq!(lists.says(ABSENT), json!({"CA-DNCL": "absent", "own": "listed"}));
    assert_eq!(lists.says(OUTSIDE), json!({"CA-DNCL": "not_covered", "own": "absent"}));
    let table = lists.run(&["check", "(416) 555-0123", "--country", "CA"]);
    assert!(table.out.contains("listed") && !table.out.contains("555"), "{}", table.out);

    assert_eq!(lists.run(&["remove", "own"]).code, 0);
    assert_eq!(lists.run(&["remove", "own"]).code, 2);
    assert_eq!(lists.says(ABSENT), json!({"CA-DNCL": "absent"}));
}

#[test]
fn what_would_lose_people_needs_a_yes() {
    let lists = Lists::new();
    let four = "416,5550121\n416,5550122\n416,5550123\n416,5550124\n";
    assert_eq!(lists.import(four, &DNCL).code, 0);
    let one = "416,5550199\n";
    let half_refused = "416,5550121\n416,5550122\n416,5550123\n416,5550124\n4\n";
    let rows: [(&str, &[&str], &str); 4] = [
        (one, &["--name", "CA-DNCL", "--as-of", "2026-11-01"], "less than half"),
        (four, &["--name", "CA-DNCL", "--as-of", "2026-10-01"], "older"),
        (half_refused, &DNCL, "1 of 5 lines were refused"),
        (
            "x\ny\n",
            &["--name", "N", "--as-of", "2026-11-01", "--covers", "all", "--format", "lines"],
            "lines were refused",
        ),
    ];
    for (file, more, says) in rows {
        let ran = lists.import(file, more);
        assert_eq!(ran.code, 2, "{file}: {}", ran.out);
        assert!(ran.err.contains("--yes") && ran.err.contains(says), "{}", ran.err);
        assert!(!ran.err.contains("555"), "{}", ran.err);
        assert_eq!(lists.says(LISTED), json!({"CA-DNCL": "listed"}), "nothing changed");
    }
    assert_eq!(lists.import(one, &[&DNCL[..], &["--yes"]].concat()).code, 0);
    assert_eq!(lists.says(LISTED), json!({"CA-DNCL": "absent"}));
}

#[test]
fn a_washed_list_speaks_of_the_numbers_in_it_alone() {
    let lists = Lists::new();
    let file = "number,result\n+14165550123,Y\n+14165550124,N\n";
    let washed = ["--name", "AU-DNCR", "--as-of", "2026-11-01", "--flag-column", "result"];
    let ran = lists.import(file, &washed);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(lists.says(LISTED), json!({"AU-DNCR": "listed"}));
    assert_eq!(lists.says(ABSENT), json!({"AU-DNCR": "absent"}));
    assert_eq!(lists.says(OUTSIDE), json!({"AU-DNCR": "not_covered"}));
    let words = lists.import(
        "number,result\n+14165550123,B\n+14165550124,A\n",
        &[&washed[..], &["--listed-values", "A", "--clear-values", "B,C"]].concat(),
    );
    assert_eq!(words.code, 0, "{}", words.err);
    assert_eq!(lists.says(LISTED), json!({"AU-DNCR": "absent"}));
}

#[test]
fn what_is_not_a_list_is_bad_input() {
    let lists = Lists::new();
    let rows: [(&str, &[&str]); 8] = [
        // Nothing says what it covers.
        ("+14165550123\n", &["--name", "N", "--as-of", "2026-11-01"]),
        ("416,5550123\n", &["--name", "two words", "--as-of", "2026-11-01"]),
        ("416,5550123\n", &["--name", "N", "--as-of", "yesterday"]),
        ("416,5550123\n", &["--name", "N", "--as-of", "2999-01-01"]),
        ("416,5550123\n", &["--name", "N", "--as-of", "2026-11-01", "--covers", "Ontario"]),
        ("416,5550123,A,2026-11-01\n", &DNCL),
        (
            "a,b\n1,2\n",
            &["--name", "N", "--as-of", "2026-11-01", "--covers", "all", "--column", "c"],
        ),
        ("", &DNCL),
    ];
    for (file, more) in rows {
        let ran = lists.import(file, more);
        assert_eq!(ran.code, 2, "{file} {more:?}: {}", ran.out);
    }
    assert_eq!(lists.run(&["import", "/nowhere", "--name", "N", "--as-of", "2026-11-01"]).code, 2);
}
