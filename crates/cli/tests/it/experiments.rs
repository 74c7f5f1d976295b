//! `switchboard experiments`: the life of an experiment in the ledger, and what its calls show.

use std::fs;

use serde_json::Value;
use switchboard_testkit::calls::Outcome;

use crate::common::Harness;

const PEOPLE: u32 = 30;
const ARMS: &str = r#"arms = [{ name = "a", provider = "kallyai", weight = 1 }, { name = "b", provider = "kaicalls", weight = 1 }]"#;

fn number(n: u32) -> String {
    format!("+1512{:07}", 5_550_000 + n)
}

/// A harness with one experiment.
async fn harness(more: &str, outcome: Outcome) -> Harness {
    let harness = Harness::start(|config| {
        (0..PEOPLE + 10).fold(config, |config, n| config.outcome(number(n).as_str(), outcome))
    })
    .await;
    harness.configure(&format!("[[experiments]]\nname = \"voices\"\n{more}\n{ARMS}"));
    harness
}

/// Calls everybody once.
async fn everybody(harness: &Harness) {
    let rows: String = (0..PEOPLE).map(|n| format!("{},Ask for a table.\n", number(n))).collect();
    let file = harness.write("people.csv", &format!("to,task\n{rows}"));
    let ran = harness.run(&["batch", &file, "--yes", "--json"]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
}

/// Calls one more person and returns the call.
async fn one_more(harness: &Harness, n: u32) -> Value {
    let ran = harness
        .run(&["call", "--to", &number(n), "--task", "Ask for another table.", "--wait", "--json"])
        .await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let listed = harness.run(&["calls", "list", "--limit", "1", "--json"]).await.json();
    listed["calls"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_decided_is_kept_and_told() {
    let harness = harness("start = \"manual\"\nramp_percent = 50", Outcome::Completed).await;
    let ledger = harness.path().join("ledger.db");
    let listed = harness.run(&["experiments", "list", "--json"]).await;
    assert_eq!(listed.code, 0, "{}", listed.err);
    assert_eq!(listed.json()["experiments"][0]["stage"], "waiting");
    assert!(!ledger.exists(), "looking makes no ledger");

    let started = harness
        .run(&[
            "experiments",
            "start",
            "voices",
            "--ramp",
            "5",
            "--by",
            "mara",
            "--why",
            "first look",
            "--json",
        ])
        .await;
    assert_eq!(started.code, 0, "{}", started.err);
    let decided = started.json()["decision"].clone();
    assert_eq!((&decided["by"], &decided["topic"]), (&"mara".into(), &"experiment".into()));
    assert_eq!(
        decided["what"],
        serde_json::json!({"version": 1, "to": "running", "ramp_percent": 5, "why": "first look"})
    );
    let again = harness.run(&["experiments", "start", "voices", "--by", "mara"]).await;
    assert_eq!((again.code, again.out.as_str()), (0, "nothing to change\n"));

    let ramped = harness.run(&["experiments", "ramp", "voices", "100", "--by", "jo"]).await;
    assert!(ramped.out.contains("everyone who is in it keeps their arm"), "{}", ramped.out);
    let arm = harness.run(&["experiments", "stop", "voices", "--arm", "b", "--by", "jo"]).await;
    assert!(arm.out.contains("arm b takes no new calls"), "{}", arm.out);
    let shown = harness.run(&["experiments", "show", "voices"]).await;
    assert_eq!(shown.code, 0, "{}", shown.err);
    for part in [
        "running, with 100 % of its people",
        "the configuration says 50 %",
        "first look",
        "mara",
        "ramp 100 %",
        "stopped, arm b",
    ] {
        assert!(shown.out.contains(part), "{part:?} is missing: {}", shown.out);
    }

    let stopped = harness.run(&["experiments", "stop", "voices", "--by", "jo"]).await;
    assert!(stopped.out.contains("its calls are routed as usual"), "{}", stopped.out);
    let listed = harness.run(&["experiments", "list"]).await;
    assert!(
        listed.out.contains("stopped")
            && listed.out.contains("by jo")
            && listed.out.contains("b kaicalls 1 (stopped)"),
        "{}",
        listed.out
    );

    for wrong in [
        &["experiments", "start", "noises", "--by", "jo"][..],
        &["experiments", "stop", "voices", "--arm", "c", "--by", "jo"],
        &["experiments", "ramp", "voices", "101", "--by", "jo"],
        &["experiments", "report", "noises"],
        &["experiments", "report", "voices", "--ledger", "/nowhere/ledger.db"],
    ] {
        let ran = harness.run(wrong).await;
        assert_eq!(ran.code, 2, "{wrong:?}: {}", ran.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_experiment_can_find_is_said_before_its_start() {
    let harness = harness("start = \"manual\"", Outcome::Completed).await;
    let ran = harness
        .run(&["experiments", "show", "voices", "--calls", "2000", "--baseline", "50"])
        .await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out.contains("50 % of the control's calls succeed (as given)")
            && ran
                .out
                .contains("With 2000 people, 2000 of them in these two arms, an improvement of")
            && ran.out.contains("A difference of five percentage points takes about"),
        "{}",
        ran.out
    );
    let json =
        harness.run(&["experiments", "show", "voices", "--calls", "2000", "--json"]).await.json();
    let reach = &json["detectable"][0]["power"];
    let of = |key: &str| reach["detectable"][key].as_f64().unwrap();
    assert!(of("anytime") > of("fixed") && of("fixed") > 0.05, "{reach}");
    assert!(reach["baseline_from"].as_str().unwrap().starts_with("assumed"), "{reach}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_counts_every_person_once_and_a_stopped_experiment_enrols_no_one() {
    let harness = harness("", Outcome::Completed).await;
    everybody(&harness).await;
    let again = one_more(&harness, 3).await;
    assert_eq!(again["experiment"]["experiment"], "voices");

    let drawing = harness.path().join("voices.svg");
    let drawing = drawing.to_str().unwrap();
    let ran = harness.run(&["experiments", "report", "voices", "--json", "--svg", drawing]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let report = ran.json();
    assert_eq!((&report["people"], &report["open"]), (&PEOPLE.into(), &0.into()), "{report}");
    let arms = report["arms"].as_array().unwrap();
    let people: Vec<u64> = arms.iter().map(|arm| arm["people"].as_u64().unwrap()).collect();
    assert!(
        people.iter().sum::<u64>() == u64::from(PEOPLE) && people.iter().all(|count| *count > 5),
        "{people:?}"
    );
    assert!(arms.iter().all(|arm| arm["people"] == arm["successes"]), "everybody talked: {report}");

    // Each person's call went to the provider of the arm that the ledger has.
    let calls = harness.run(&["calls", "list", "--limit", "100", "--json"]).await.json();
    for call in calls["calls"].as_array().unwrap() {
        let provider = if call["experiment"]["arm"] == "a" { "kallyai" } else { "kaicalls" };
        assert_eq!(call["provider"], provider, "{call}");
        assert_eq!(call["experiment"]["version"], 1);
    }

    let svg = fs::read_to_string(drawing).unwrap();
    assert!(
        svg.starts_with("<svg ") && svg.ends_with("</svg>\n") && svg.contains("<polygon"),
        "{svg}"
    );
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    assert_eq!(svg.matches("<g ").count(), svg.matches("</g>").count());
    let over = harness.run(&["experiments", "report", "voices", "--svg", drawing]).await;
    assert_eq!(over.code, 2, "nothing is written over: {}", over.err);

    let printed = harness.run(&["experiments", "report", "voices"]).await;
    assert!(
        printed.out.contains("30 people are counted")
            && printed.out.contains("31 calls in total")
            && printed.out.contains("Too little data on"),
        "{}",
        printed.out
    );

    let stopped = harness.run(&["experiments", "stop", "voices", "--by", "jo"]).await;
    assert_eq!(stopped.code, 0, "{}", stopped.err);
    let after = one_more(&harness, PEOPLE + 1).await;
    assert!(after["experiment"].is_null(), "{after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guardrail_stops_the_arms_that_certainly_break_it() {
    let rule =
        "guardrails = [{ metric = \"success_rate\", at_least = \"0.9\", minimum_calls = 5 }]";
    let harness = harness(rule, Outcome::NoAnswer).await;
    everybody(&harness).await;
    // The next process knows what the calls before it showed.
    let next = one_more(&harness, PEOPLE + 1).await;
    assert!(!next["experiment"].is_null(), "its people stay counted to it: {next}");
    let shown = harness.run(&["experiments", "show", "voices", "--json"]).await.json();
    let arms = shown["experiment"]["arms"].as_array().unwrap();
    for arm in arms {
        assert_eq!(arm["stopped"]["by"], "guardrail", "{shown}");
        let why = arm["stopped"]["why"].as_str().unwrap();
        assert!(why.starts_with("success_rate at least 0.9: 0 of "), "{why}");
    }
    let report = harness.run(&["experiments", "report", "voices"]).await;
    assert!(report.out.contains("a was stopped by guardrail"), "{}", report.out);
}
