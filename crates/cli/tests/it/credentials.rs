//! A credential that a provider refuses is seen: on stderr with its fix, and by the exit code of
//! whatever did not work because of it.

use switchboard_testkit::{
    calls::Outcome,
    fault::{After, Fault, Rule},
};

use crate::common::{Harness, Ran};

const LONDON: &str = "+442079460018";
const NEW_YORK: &str = "+12125550123";
const KAICALLS: &str =
    "the environment variable TEST_KAICALLS_KEY (providers.kaicalls.api_key_env)";
const KALLYAI: &str = "the environment variable TEST_KALLYAI_TOKEN (providers.kallyai.api_key_env)";

/// Runs it with invalid keys.
async fn with_wrong_keys(harness: &Harness, arguments: &[&str]) -> Ran {
    let mut command = harness.command(arguments);
    command
        .env("TEST_KAICALLS_KEY", "kc_live_of_nobody")
        .env("TEST_KALLYAI_TOKEN", "kat_of_nobody");
    Ran::of(tokio::process::Command::from(command).output().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_that_meets_one_says_so_with_the_fix_and_ends_with_1() {
    let harness = Harness::start(|config| config).await;
    for arguments in [
        &["providers"][..],
        &["numbers", "list"],
        &["agents", "list"],
        &["agents", "show", "somebody"],
        &["usage", "balance"],
        &["usage", "records"],
        &["whoami"],
        &["call", "--to", NEW_YORK, "--task", "Ask for a table.", "--wait"],
    ] {
        for more in [&[][..], &["--json"]] {
            let arguments = [arguments, more].concat();
            let ran = with_wrong_keys(&harness, &arguments).await;
            assert_eq!(ran.code, 1, "{arguments:?}: {}{}", ran.out, ran.err);
            // KallyAI's agents are those built in, so no request is made.
            let asked: &[&str] =
                if arguments[0] == "agents" { &[KAICALLS] } else { &[KAICALLS, KALLYAI] };
            for fix in asked {
                assert_eq!(ran.err.matches(fix).count(), 1, "{arguments:?}: {}", ran.err);
            }
        }
    }
    let raw = with_wrong_keys(&harness, &["api", "kaicalls", "GET", "/api/v1/agents"]).await;
    assert!(raw.code == 1 && raw.err.contains(KAICALLS), "{}", raw.err);
    assert_eq!(harness.ledger.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_of_providers_says_it_with_the_fix() {
    let harness = Harness::start(|config| config).await;
    harness.kaicalls.revoke(harness.kaicalls.credential());
    let ran = harness.run(&["providers"]).await;
    assert!(ran.out.contains("credential refused: put a valid key into"), "{}", ran.out);
    let listed = harness.run(&["providers", "--json"]).await.json();
    assert!(listed["providers"][0]["fix"].as_str().unwrap().contains(KAICALLS), "{listed}");
    assert!(listed["providers"][1]["fix"].is_null(), "{listed}");
    let shown = harness.run(&["whoami"]).await;
    assert!(shown.out.contains("credential refused"), "{}", shown.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_went_on_to_the_next_provider_worked_and_warns() {
    for (status, code, fix) in
        [(401, "unauthorized", "put a valid key"), (403, "forbidden", "lacks the permission")]
    {
        let harness = Harness::start(|config| config.outcome(NEW_YORK, Outcome::Completed)).await;
        harness.kaicalls.faults().add(
            Rule::on("POST", "/api/v1/calls", Fault::answer(status, code)).after(After::Nothing),
        );
        let ran = harness
            .run(&["call", "--to", NEW_YORK, "--task", "Ask for a table.", "--wait", "--json"])
            .await;
        assert_eq!((ran.code, &ran.json()["provider"]), (0, &"kallyai".into()), "{}", ran.err);
        assert!(
            ran.err.contains("warning: kaicalls refused its credential")
                && ran.err.contains(fix)
                && ran.err.contains(KAICALLS),
            "{}",
            ran.err
        );
        assert_eq!(harness.ledger.count(NEW_YORK), 1);

        // `calls watch` reports it, too, and needs no configuration.
        let id = ran.json()["id"].as_str().unwrap().to_owned();
        let ledger = harness.path().join("ledger.db");
        let watched =
            harness.run(&["calls", "--ledger", ledger.to_str().unwrap(), "watch", &id]).await;
        assert!(
            watched.code == 0 && watched.err.contains("warning: kaicalls refused its credential"),
            "{}",
            watched.err
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_the_call_is_none_of_the_credential() {
    // 403 as well, and about the person: it binds everybody, and no other key would help.
    let harness = Harness::start(|config| config.refuse(NEW_YORK, "number_on_dnc")).await;
    let ran = harness.run(&["call", "--to", NEW_YORK, "--task", "Ask for a table."]).await;
    assert!(ran.code == 3 && !ran.err.contains("credential"), "{}", ran.err);
    let refusing = Harness::start(|config| config.refuse(LONDON, "unsupported_country")).await;
    let ran = refusing.run(&["call", "--to", LONDON, "--task", "Ask for a table."]).await;
    assert!(ran.code == 3 && !ran.err.contains("credential"), "{}", ran.err);
}
