//! `api`: requests that nothing has a word for, and none that could ring a phone.

use crate::common::Harness;

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_sent_with_the_credential() {
    let harness = Harness::start(|config| config).await;
    let balance = harness.run(&["api", "kallyai", "GET", "/v1/credits/balance"]).await;
    assert_eq!(balance.code, 0, "{}", balance.err);
    assert!(balance.json().is_object());

    let agents = harness
        .run(&["api", "kaicalls", "get", "/api/v1/agents", "--query", "limit=1", "--json"])
        .await;
    assert_eq!(agents.code, 0, "{}", agents.err);
    assert_eq!(agents.json()["status"], 200);

    let file = harness.path().join("body.json");
    std::fs::write(&file, r#"{"query": "pizza"}"#).unwrap();
    let found = harness
        .run(&[
            "api",
            "kallyai",
            "POST",
            "/v1/search/quick",
            "--data",
            &format!("@{}", file.display()),
        ])
        .await;
    assert_eq!(found.code, 0, "{}", found.err);
    let sent = harness.kallyai.requests();
    assert!(sent.iter().any(|one| one.path == "/v1/search/quick" && one.status == Some(200)));

    let nothing = harness.run(&["api", "kallyai", "GET", "/v1/nothing"]).await;
    assert_eq!(nothing.code, 1, "{}", nothing.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_ring_a_phone_is_refused_and_not_sent() {
    let harness = Harness::start(|config| config).await;
    for (provider, path) in [
        ("kallyai", "/v1/calls"),
        ("kallyai", "/V1/%63alls/"),
        ("kallyai", "/v1/coordination/message"),
        ("kaicalls", "/api/v1/calls"),
        ("kaicalls", "/api/v1/./calls?x=1"),
        ("kaicalls", "/api/v1/communication-runs"),
    ] {
        let ran = harness
            .run(&["api", provider, "POST", path, "--data", r#"{"to": "+442079460018"}"#, "--json"])
            .await;
        assert_eq!(ran.code, 2, "{provider} {path}: {}", ran.err);
        assert!(ran.err.contains("switchboard call"), "{provider} {path}: {}", ran.err);
        assert_eq!(ran.json()["error"]["field"], "PATH");
    }
    assert_eq!(harness.ledger.posts(), 0);
    assert!(harness.kallyai.requests().is_empty() && harness.kaicalls.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_sense_is_bad_input() {
    let harness = Harness::start(|config| config).await;
    for arguments in [
        &["api", "nobody", "GET", "/v1/calls"][..],
        &["api", "kallyai", "SEND", "/v1/calls"],
        &["api", "kallyai", "GET", "/v1/../calls"],
        &["api", "kallyai", "GET", "/v1/calls", "--query", "limit"],
        &["api", "kallyai", "POST", "/v1/search/quick", "--data", "{oops"],
        &["api", "kallyai", "POST", "/v1/search/quick", "--data", "@/nowhere/body.json"],
        &["api", "kallyai", "POST", "/v1/auth/refresh", "--data", "{}"],
        &["api", "kallyai", "GET", "/v1/auth/cli"],
    ] {
        let ran = harness.run(arguments).await;
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.err);
        assert!(!ran.err.contains("oops"), "{}", ran.err);
    }
    assert!(harness.kallyai.requests().is_empty());
}
