//! `switchboard backtest`: the ledger's calls through another policy, and the plan that a call was
//! made by.

use serde_json::Value;
use switchboard_testkit::calls::Outcome;

use crate::common::Harness;

const LONDON: &str = "+442079460018";
const NEW_YORK: &str = "+12125550123";
const CHICAGO: &str = "+13125550188";

/// One call by each provider, and one that KaiCalls refuses for the person.
async fn three() -> Harness {
    let harness = Harness::start(|config| {
        let config = config.outcome(NEW_YORK, Outcome::Completed).outcome(LONDON, Outcome::Busy);
        config.refuse(CHICAGO, "number_on_dnc")
    })
    .await;
    for (to, code) in [(NEW_YORK, 0), (LONDON, 0), (CHICAGO, 3)] {
        let ran = harness.run(&["call", "--to", to, "--task", "Ask for a table.", "--wait"]).await;
        assert_eq!(ran.code, code, "{}", ran.err);
    }
    harness
}

/// The harness's configuration with KallyAI before KaiCalls, at a price.
fn other(harness: &Harness) -> String {
    let text = std::fs::read_to_string(harness.config()).unwrap();
    let first = "[[routes]]\nname = \"other\"\nproviders = [\"kallyai\", \"kaicalls\"]\n[providers.kallyai.tariff.default]\nper_call = \"0.40\"\n";
    harness.write("other.toml", &format!("{text}\n{first}"))
}

/// Every call with its history.
async fn everything(harness: &Harness) -> Vec<Value> {
    let listed = harness.run(&["calls", "list", "--json"]).await.json();
    let mut shown = Vec::new();
    for call in listed["calls"].as_array().unwrap() {
        shown.push(
            harness.run(&["calls", "show", call["id"].as_str().unwrap(), "--json"]).await.json(),
        );
    }
    shown
}

fn rings(report: &Value, side: &str) -> u64 {
    report["total"][side]["rings"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policy_that_ran_gives_the_ledgers_own_sums() {
    let harness = three().await;
    let before = everything(&harness).await;
    let config = harness.config();
    let ran = harness.run(&["backtest", "--policy", config.to_str().unwrap(), "--json"]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let report = ran.json();
    assert_eq!((&report["calls"], &report["identical_plans"]), (&3.into(), &3.into()), "{report}");
    assert_eq!(report["total"]["then"], report["total"]["now"], "{report}");
    assert_eq!(report["moves"], Value::Array(Vec::new()));
    assert_eq!(report["cost"]["difference"]["amount"], "0.00");

    let listed = harness.run(&["calls", "list", "--json"]).await.json();
    let micros = |call: &Value| {
        let amount = call["cost"]["amount"].as_str().unwrap_or("0").to_owned();
        switchboard::Money::parse(&amount, "USD").unwrap().micros()
    };
    let billed: i64 = listed["calls"].as_array().unwrap().iter().map(micros).sum();
    let replayed = report["total"]["now"]["billed"]["amount"].as_str().unwrap();
    assert_eq!(switchboard::Money::parse(replayed, "USD").unwrap().micros(), billed);
    assert!(everything(&harness).await == before, "the ledger is only read");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_policy_says_who_goes_where_and_what_is_not_known() {
    let harness = three().await;
    let other = other(&harness);
    let report = harness.run(&["backtest", "--policy", &other, "--json"]).await.json();
    assert_eq!((rings(&report, "then"), rings(&report, "now")), (2, 3));
    assert_eq!(
        report["special_cases"]["refusals_asked_elsewhere"], 1,
        "a refusal for the person is no gain: {report}"
    );
    let moved = report["moves"].as_array().unwrap();
    assert!(moved.iter().all(|one| one["to"] == "kallyai"), "{report}");
    let expected = &report["outcomes"]["expected"][0];
    assert_eq!(
        (&expected["level"], &expected["measured"]["of"]),
        (&"provider".into(), &1.into()),
        "{report}"
    );

    let ran = harness.run(&["backtest", "--policy", &other]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    for words in [
        "Moved rings",
        "What a replay cannot know",
        "no way around",
        "By country",
        "at the provider",
    ] {
        assert!(ran.out.contains(words), "{words} is missing: {}", ran.out);
    }
    assert!(!ran.out.contains("2125550123") && !ran.out.contains('\u{1b}'), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_of_time_and_mistakes_in_the_arguments() {
    let harness = three().await;
    let config = harness.config();
    let policy = config.to_str().unwrap();
    let none =
        harness.run(&["backtest", "--policy", policy, "--since", "2100-01-01T00:00:00Z"]).await;
    assert_eq!((none.code, none.out.trim()), (0, "no calls"), "{}", none.err);
    let none =
        harness.run(&["backtest", "--policy", policy, "--until", "2020-01-01T00:00:00Z"]).await;
    assert_eq!((none.code, none.out.trim()), (0, "no calls"), "{}", none.err);
    let all = harness
        .run(&["backtest", "--policy", policy, "--since", "2020-01-01T00:00:00Z", "--json"])
        .await;
    assert_eq!(all.json()["calls"], 3);

    let broken = harness.write("broken.toml", "[routing]\nstrategi = 1\n");
    for arguments in [
        &["backtest"][..],
        &["backtest", "--policy", "nowhere.toml"],
        &["backtest", "--policy", &broken],
        &[
            "backtest",
            "--policy",
            policy,
            "--since",
            "2026-01-02T00:00:00Z",
            "--until",
            "2026-01-01T00:00:00Z",
        ],
        &["backtest", "--policy", policy, "--ledger", "/nowhere/ledger.db"],
    ] {
        assert_eq!(harness.run(arguments).await.code, 2, "{arguments:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_shows_the_plan_that_it_was_made_by() {
    let harness = three().await;
    let listed = harness.run(&["calls", "list", "--json"]).await.json();
    let id = listed["calls"][0]["id"].as_str().unwrap();
    let shown = harness.run(&["calls", "show", id, "--json"]).await.json();
    let plan = &shown["plans"][0];
    assert_eq!(plan["candidates"][0]["provider"], "kaicalls", "{plan}");
    assert!(plan["readings"].as_array().is_some_and(|readings| readings.len() == 2), "{plan}");
    let ran = harness.run(&["calls", "show", id]).await;
    assert!(
        ran.out.contains("Plan of") && ran.out.contains("first of 2 by priority"),
        "{}",
        ran.out
    );
}
