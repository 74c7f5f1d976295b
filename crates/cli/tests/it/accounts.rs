//! `providers`, `numbers`, `agents` and `usage` against simulated providers.

use serde_json::Value;

use crate::common::Harness;

fn of<'a>(list: &'a Value, provider: &str) -> Vec<&'a Value> {
    list.as_array().unwrap().iter().filter(|one| one["provider"] == provider).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_tells_who_is_healthy() {
    let harness = Harness::start(|config| config).await;
    let ran = harness.run(&["providers", "--json"]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let providers = &ran.json()["providers"];
    assert_eq!(of(providers, "kaicalls")[0]["place_limit"]["requests"], 60);
    assert_eq!(of(providers, "kaicalls")[0]["country_count"], 2);
    assert_eq!(of(providers, "kallyai")[0]["synchronous"], true);

    harness.kaicalls.revoke(harness.kaicalls.credential());
    let ran = harness.run(&["providers", "--json"]).await;
    assert_eq!(ran.code, 1);
    let providers = &ran.json()["providers"];
    assert_eq!(
        (&of(providers, "kaicalls")[0]["health"], &of(providers, "kallyai")[0]["health"]),
        (&"unhealthy".into(), &"healthy".into())
    );
    assert_eq!(of(providers, "kaicalls")[0]["error"]["kind"], "unauthorized");
    assert_eq!(harness.ledger.posts(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_provider_that_fails_hides_no_other() {
    let harness = Harness::start(|config| config).await;
    harness.kaicalls.revoke(harness.kaicalls.credential());
    let ran = harness.run(&["agents", "list", "--json"]).await;
    assert_eq!(ran.code, 1);
    let answer = ran.json();
    assert_eq!(of(&answer["agents"], "kallyai").len(), 4);
    assert_eq!(of(&answer["errors"], "kaicalls").len(), 1);
    assert!(ran.err.contains("kaicalls"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_listed_rented_and_released() {
    let harness = Harness::start(|config| config).await;
    let listed = harness.run(&["numbers", "list", "--json"]).await.json();
    assert_eq!(
        (of(&listed["numbers"], "kallyai").len(), of(&listed["numbers"], "kaicalls").len()),
        (1, 1)
    );

    let found = harness
        .run(&[
            "numbers",
            "--provider",
            "kaicalls",
            "available",
            "--area-code",
            "415",
            "--limit",
            "2",
            "--json",
        ])
        .await
        .json();
    assert_eq!(found["numbers"].as_array().unwrap().len(), 2);
    let number = found["numbers"][0]["number"].as_str().unwrap();

    let refused =
        harness.run(&["numbers", "--provider", "kaicalls", "rent", "--number", number]).await;
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("--yes"));
    let rented = harness
        .run(&["numbers", "--provider", "kaicalls", "rent", "--number", number, "--yes", "--json"])
        .await;
    assert_eq!((rented.code, rented.json()["number"].as_str()), (0, Some(number)));
    let released =
        harness.run(&["numbers", "--provider", "kaicalls", "release", number, "--yes"]).await;
    assert_eq!(released.code, 0, "{}", released.err);
    let listed = harness.run(&["numbers", "list", "--json"]).await.json();
    assert_eq!(of(&listed["numbers"], "kaicalls").len(), 1);

    let any = harness
        .run(&["numbers", "--provider", "kallyai", "rent", "--country", "GB", "--yes", "--json"])
        .await;
    assert!(
        any.json()["number"].as_str().is_some_and(|number| number.starts_with("+44")),
        "{}",
        any.err
    );
    let unnamed = harness.run(&["numbers", "rent", "--country", "GB", "--yes"]).await;
    assert_eq!(unnamed.code, 2, "two providers and none is named");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_is_shown_with_its_profiles() {
    let harness = Harness::start(|config| config).await;
    let id = harness.kaicalls.agent_id();
    let ran = harness.run(&["agents", "show", id, "--json"]).await;
    assert_eq!((ran.code, ran.json()["id"].as_str()), (0, Some(id)));
    let shown = harness.run(&["agents", "list"]).await;
    assert!(shown.out.contains("desk"), "{}", shown.out);
    assert_eq!(harness.run(&["agents", "show", "nobody"]).await.code, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_shows_what_a_call_cost() {
    let harness = Harness::start(|config| config).await;
    let call = harness
        .run(&["call", "--to", "+442079460018", "--task", "Ask for a table.", "--wait", "--json"])
        .await
        .json();
    let balances = harness.run(&["usage", "balance", "--json"]).await.json();
    let left: f64 = of(&balances["balances"], "kallyai")[0]["credits_remaining"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(left < 600.0, "{balances}");
    let records =
        harness.run(&["usage", "--provider", "kallyai", "records", "--json"]).await.json();
    assert_eq!(records["records"][0]["cost"], call["attempts"][0]["cost"]);
    assert_eq!(harness.run(&["usage", "--provider", "somebody", "balance"]).await.code, 2);
}
