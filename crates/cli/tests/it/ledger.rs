//! `switchboard ledger`: it is verified, copied, and what it knows of people is destroyed.

use std::{fs, path::Path};

use switchboard_testkit::calls::Outcome;

use crate::common::Harness;

const LONDON: &str = "+442079460018";
const NEW_YORK: &str = "+12125550123";
const CANARY: &str = "a table by the window for the Lovelaces";

async fn two() -> Harness {
    let harness = Harness::start(|config| {
        config.outcome(LONDON, Outcome::Completed).outcome(NEW_YORK, Outcome::Voicemail)
    })
    .await;
    for to in [LONDON, NEW_YORK] {
        let ran = harness.run(&["call", "--to", to, "--task", CANARY, "--wait"]).await;
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    harness
}

/// True where these bytes are in the ledger or in what it keeps beside itself.
fn holds(directory: &Path, bytes: &str) -> bool {
    let mut files = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    files.any(|file| {
        let named = file.file_name().unwrap().to_str().unwrap().starts_with("ledger.db");
        let content = if named && file.is_file() { fs::read(&file).unwrap() } else { Vec::new() };
        content.windows(bytes.len()).any(|window| window == bytes.as_bytes())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_ledger_has_no_problems_and_its_copy_has_the_same_calls() {
    let harness = two().await;
    let ran = harness.run(&["ledger", "check", "--json"]).await;
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let check = ran.json();
    assert_eq!((&check["calls"], &check["attempts"]), (&2.into(), &2.into()));
    assert_eq!(check["problems"].as_array().map(Vec::len), Some(0));
    assert!(harness.run(&["ledger", "check"]).await.out.contains("no problems found"));

    let copy = harness.path().join("copy.db");
    let copy = copy.to_str().unwrap();
    assert_eq!(harness.run(&["ledger", "backup", copy]).await.code, 0);
    let calls = |ran: crate::common::Ran| ran.json()["calls"].clone();
    let ours = calls(harness.run(&["calls", "list", "--json"]).await);
    let theirs = calls(harness.run(&["calls", "--ledger", copy, "list", "--json"]).await);
    assert_eq!(ours, theirs);
    assert_eq!(harness.run(&["ledger", "--ledger", copy, "check"]).await.code, 0);
    assert_ne!(harness.run(&["ledger", "backup", copy]).await.code, 0, "nothing is overwritten");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_is_erased_is_gone_from_the_files() {
    let harness = two().await;
    assert!(
        holds(harness.path(), "2079460018") && holds(harness.path(), CANARY),
        "the test looks in the right place"
    );
    let asked = harness.run(&["ledger", "erase", "--person", LONDON]).await;
    assert_eq!(asked.code, 2);
    assert!(asked.err.contains("--yes") && !asked.err.contains("2079460018"), "{}", asked.err);
    for person in [LONDON, NEW_YORK] {
        let ran = harness.run(&["ledger", "erase", "--person", person, "--yes", "--json"]).await;
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert_eq!(ran.json()["calls"], 1);
    }
    for gone in ["2079460018", "2125550123", CANARY, "Lovelace"] {
        assert!(!holds(harness.path(), gone), "{gone} is in the files");
    }
    let ran = harness.run(&["ledger", "check", "--json"]).await;
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert_eq!(ran.json()["calls"], 2, "that there were calls is still known");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_destroys_what_the_configuration_says() {
    let harness = two().await;
    let ran = harness.run(&["ledger", "sweep"]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("nothing has to be deleted"), "{}", ran.err);
    harness.configure("[ledger.retention]\npeople_days = 1");
    let swept = harness.run(&["ledger", "sweep", "--json"]).await;
    assert_eq!(swept.code, 0, "{}", swept.err);
    assert_eq!(swept.json()["people"], 0, "they are younger than a day");
    assert!(holds(harness.path(), "2079460018"));
}
