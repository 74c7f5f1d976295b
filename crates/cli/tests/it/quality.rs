//! `switchboard quality`, and what `switchboard plan` learns from the same calls.

use serde_json::Value;
use switchboard_testkit::calls::Outcome;

use crate::common::{EXAMPLE, Harness, run};

const LONDON: &str = "+442079460018";
const NEW_YORK: &str = "+12125550123";
const BOSTON: &str = "+16175550143";

/// Two calls to the United States, of which one talked, and one to Great Britain.
async fn called() -> Harness {
    let harness = Harness::start(|config| {
        let config =
            config.outcome(LONDON, Outcome::Completed).outcome(NEW_YORK, Outcome::Completed);
        config.countries(["US", "GB"]).outcome(BOSTON, Outcome::NoAnswer)
    })
    .await;
    harness.configure("[routing.quality]\nminimum_calls = 1");
    for to in [LONDON, NEW_YORK, BOSTON] {
        let ran = harness.run(&["call", "--to", to, "--task", "Ask for a table.", "--wait"]).await;
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    harness
}

fn row<'a>(report: &'a Value, country: &Value) -> &'a Value {
    let rows = report["rows"].as_array().unwrap();
    let found = rows.iter().find(|row| row["country"] == *country);
    found.unwrap_or_else(|| panic!("no row for {country} in {report}"))
}

fn counts(row: &Value) -> [u64; 3] {
    ["sent", "tried", "succeeded"].map(|name| row["measured"][name].as_u64().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_ledgers_calls_say_is_shown() {
    let harness = called().await;
    let ran = harness.run(&["quality", "--json"]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let report = ran.json();
    assert_eq!((&report["window_days"], &report["minimum_calls"]), (&7.into(), &1.into()));
    let rows = report["rows"].as_array().unwrap();
    assert_eq!(rows[0]["country"], Value::Null, "the whole provider stands first: {report}");
    let whole: u64 = rows
        .iter()
        .filter(|row| row["country"].is_null())
        .map(|row| row["measured"]["sent"].as_u64().unwrap())
        .sum();
    assert_eq!(whole, 3);
    let (us, gb) = (row(&report, &"US".into()), row(&report, &"GB".into()));
    assert_eq!((counts(us), counts(gb)), ([2, 2, 1], [1, 1, 1]));
    assert_eq!((&us["success_rate"], &gb["success_rate"]), (&500_000.into(), &1_000_000.into()));
    assert!(gb["certain_success_rate"].as_u64().unwrap() < 900_000, "one call proves little: {gb}");
    assert!(us["drift"]["calls"].is_u64() && us["drift"]["billed"]["currency"] == "USD", "{us}");
    let durations = report["durations"].as_array().unwrap();
    assert!(
        durations.iter().any(|one| one["country"] == "GB" && one["learned_from"] == 1),
        "{report}"
    );

    let ran = harness.run(&["quality"]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    for word in [
        "cost per success",
        "bills vs estimates",
        "50.0 %",
        "100.0 %",
        "Expected durations",
        "learned from 1 call",
    ] {
        assert!(ran.out.contains(word), "{word} is missing: {}", ran.out);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_chosen_by_provider_and_country() {
    let harness = called().await;
    let chosen = harness.run(&["quality", "--country", "GB", "--json"]).await.json();
    let rows = chosen["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["country"]), (1, &"GB".into()));
    let provider = rows[0]["provider"].as_str().unwrap();
    let by_provider = harness.run(&["quality", "--provider", provider, "--json"]).await.json();
    assert!(by_provider["rows"].as_array().unwrap().iter().all(|row| row["provider"] == provider));
    let empty = harness.run(&["quality", "--country", "JP"]).await;
    assert_eq!(empty.code, 0);
    assert!(empty.out.contains("nothing was measured"), "{}", empty.out);
    let wrong = harness.run(&["quality", "--provider", "kaicals"]).await;
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("kaicalls, kallyai"), "{}", wrong.err);

    let file = harness.path().join("ledger.db");
    let alone = run(&[
        "quality",
        "--config",
        "/nowhere.toml",
        "--ledger",
        file.to_str().unwrap(),
        "--json",
    ]);
    assert_eq!(alone.code, 0, "a ledger that is named needs no configuration: {}", alone.err);
    assert_eq!(alone.json()["minimum_calls"], 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_says_what_it_learnt() {
    let harness = called().await;
    let ran = harness.run(&["plan", "--to", "+12125550188", "--json"]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let plan = ran.json();
    assert_eq!(plan["learned_from"], 2, "{plan}");
    let candidates = plan["candidates"].as_array().unwrap();
    let measured = candidates.iter().find(|one| one["measured"]["level"] == "profile").unwrap();
    assert_eq!(
        (&measured["measured"]["tried"], &measured["measured"]["succeeded"]),
        (&2.into(), &1.into())
    );
    assert!(
        measured["reason"]
            .as_str()
            .unwrap()
            .contains("1 of 2 calls completed to this country with this profile"),
        "{measured}"
    );
    let ran = harness.run(&["plan", "--to", "+12125550188"]).await;
    for word in ["s expected, learned from 2 calls", "1 of 2, 50.0 %", "cost per success"] {
        assert!(ran.out.contains(word), "{word} is missing: {}", ran.out);
    }

    let file = harness.path().join("ledger.db");
    let elsewhere = run(&[
        "plan",
        "--config",
        EXAMPLE,
        "--ledger",
        file.to_str().unwrap(),
        "--to",
        "+12125550188",
    ]);
    assert_eq!(elsewhere.code, 0, "{}", elsewhere.err);
    assert!(
        elsewhere.out.contains("s expected, as configured"),
        "two calls are fewer than twenty: {}",
        elsewhere.out
    );
    let nowhere = run(&[
        "plan",
        "--config",
        EXAMPLE,
        "--ledger",
        "/nowhere/ledger.db",
        "--to",
        "+12125550188",
    ]);
    assert_eq!(nowhere.code, 2, "{}", nowhere.err);
}

#[test]
fn without_a_ledger_nothing_is_measured_and_a_plan_is_as_configured() {
    let ran = run(&["quality", "--config", EXAMPLE]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("no call was placed with this ledger yet"), "{}", ran.err);
    let ran = run(&["plan", "--config", EXAMPLE, "--to", "+12125550188"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out.contains("120 s expected, as configured") && !ran.out.contains("cost per success"),
        "{}",
        ran.out
    );
    assert!(ran.err.is_empty(), "{}", ran.err);
}
