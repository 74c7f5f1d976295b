//! `doctor` over all six simulated accounts, each with something wrong.

use std::fs;

use serde_json::Value;
use switchboard_testkit::{
    RingLedger, SimCallE, SimConfig, SimKaiCalls, SimKallyAi, SimRetell, SimTelnyx, SimVapi,
    fault::{Fault, FaultScript, Rule},
};
use tempfile::TempDir;

use crate::common::{Harness, Ran, command};

/// A time that is long past.
const THEN: &str = "Sun, 01 Nov 2026 12:00:00 GMT";

/// An answer with this body and the provider's clock at a time that is long past.
fn late(method: &str, path: &str, body: &str) -> FaultScript {
    let fault = Fault::raw(200, body).with_header("date", THEN);
    FaultScript::default().rule(Rule::on(method, path, fault))
}

/// The six accounts.
struct Six {
    kallyai: SimKallyAi,
    kaicalls: SimKaiCalls,
    retell: SimRetell,
    vapi: SimVapi,
    telnyx: SimTelnyx,
    calle: SimCallE,
    rings: RingLedger,
    directory: TempDir,
}

impl Six {
    /// In each account something is wrong.
    async fn start() -> Self {
        let rings = RingLedger::in_memory();
        let config = || SimConfig::default().seed(5).speed(600.0).ledger(rings.clone());
        let scopes = ["agents:read", "numbers:read"];
        let goals = r#"{"object": "list", "data": [], "next_cursor": null}"#;
        let six = Self {
            kallyai: SimKallyAi::start(config().credits(0)).await.unwrap(),
            kaicalls: SimKaiCalls::start(config().scopes(scopes)).await.unwrap(),
            retell: SimRetell::start(config()).await.unwrap(),
            vapi: SimVapi::start(config()).await.unwrap(),
            telnyx: SimTelnyx::start(config().credits(0)).await.unwrap(),
            calle: SimCallE::start(config().faults(late("GET", "/v1/goals", goals))).await.unwrap(),
            rings: rings.clone(),
            directory: tempfile::tempdir().unwrap(),
        };
        six.retell.revoke();
        let text = format!(
            r#"
            [rules]
            off = "no person is called in a test"

            [ledger]
            path = "ledger.db"

            [providers.kallyai]
            kind = "kallyai"
            base_url = "{}"
            api_key_env = "TEST_KALLYAI"

            [providers.kaicalls]
            kind = "kaicalls"
            base_url = "{}"
            api_key_env = "TEST_KAICALLS"
            failure_domains = ["vapi"]

            [providers.retell]
            kind = "retell"
            base_url = "{}"
            api_key_env = "TEST_RETELL"
            from_number = "{}"

            [providers.vapi]
            kind = "vapi"
            base_url = "{}"
            api_key_env = "TEST_VAPI"
            phone_number_id = "11111111-1111-4111-8111-111111111111"
            failure_domains = ["vapi"]

            [providers.telnyx]
            kind = "telnyx"
            base_url = "{}"
            api_key_env = "TEST_TELNYX"
            connection_id = "{}"
            from_number = "{}"
            default_agent = "{}"

            [providers.calle]
            kind = "calle"
            base_url = "{}"
            api_key_env = "TEST_CALLE"

            [agents.desk.at]
            kaicalls = "nobody"
            telnyx = "{}"
            "#,
            six.kallyai.url(),
            six.kaicalls.url(),
            six.retell.url(),
            six.retell.number(),
            six.vapi.url(),
            six.telnyx.url(),
            six.telnyx.connection_id(),
            six.telnyx.number(),
            six.telnyx.assistant_id(),
            six.calle.url(),
            six.telnyx.assistant_id(),
        );
        fs::write(six.directory.path().join("switchboard.toml"), text).unwrap();
        six
    }

    async fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = command(arguments);
        command
            .env("SWITCHBOARD_CONFIG", self.directory.path().join("switchboard.toml"))
            .env("TEST_KALLYAI", self.kallyai.credential())
            .env("TEST_KAICALLS", self.kaicalls.credential())
            .env("TEST_RETELL", self.retell.credential())
            .env("TEST_VAPI", self.vapi.credential())
            .env("TEST_TELNYX", self.telnyx.credential())
            .env("TEST_CALLE", self.calle.credential());
        Ran::of(tokio::process::Command::from(command).output().await.unwrap())
    }
}

/// The findings about one thing, with this severity.
fn found<'a>(report: &'a Value, about: &str, severity: &str) -> Vec<&'a str> {
    let findings = report["findings"].as_array().unwrap().iter();
    let wanted = findings.filter(|one| one["about"] == about && one["severity"] == severity);
    wanted.map(|one| one["message"].as_str().unwrap()).collect()
}

fn has(report: &Value, about: &str, severity: &str, words: &str) {
    let messages = found(report, about, severity);
    let is_there = messages.iter().any(|message| message.contains(words));
    assert!(is_there, "{about}: no {severity} has {words:?}: {messages:?}\n{report:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_account_says_what_is_wrong_with_it() {
    let six = Six::start().await;
    let ran = six.run(&["doctor", "--json"]).await;
    assert_eq!(ran.code, 1, "{}", ran.err);
    let report = ran.json();
    has(&report, "kallyai", "problem", "0 credits are left");
    has(&report, "kaicalls", "problem", "GET /api/v1/calls (403)");
    has(&report, "kaicalls", "problem", "the profile desk names nobody");
    has(&report, "retell", "problem", "it was refused (401");
    has(&report, "vapi", "problem", "of phone_number_id is not in the account");
    has(&report, "vapi", "warning", "twilio carries some");
    has(&report, "telnyx", "problem", "no credit is left");
    has(&report, "calle", "problem", "ahead of the provider's");
    has(&report, "accounts together", "note", "kaicalls and vapi both depend on vapi");
    has(&report, "rules", "warning", "no person is called in a test");
    has(&report, "ledger", "note", "is not there yet");
    for account in ["kallyai", "kaicalls", "vapi", "telnyx"] {
        has(&report, account, "ok", "it answers");
        has(&report, account, "ok", "s from the provider's");
    }
    assert_eq!(
        report["findings"].as_array().unwrap().iter().find(|one| one["about"] == "retell").unwrap()
            ["provider"],
        "retell"
    );
    assert_eq!((six.rings.len(), six.rings.posts()), (0, 0));
    assert!(!six.directory.path().join("ledger.db").exists(), "a look makes no ledger");
    for credential in [six.kallyai.credential(), six.retell.credential()] {
        assert!(!ran.out.contains(credential) && !ran.err.contains(credential));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_account_fits_80_columns_and_has_no_whole_number() {
    let six = Six::start().await;
    let ran = six.run(&["doctor", "telnyx"]).await;
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.contains("telnyx") && !ran.out.contains("kaicalls"), "{}", ran.out);
    assert!(!ran.out.contains(six.telnyx.number()), "{}", ran.out);
    for line in ran.out.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert_eq!(six.run(&["doctor", "nobody"]).await.code, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_is_looked_at_while_it_is_in_use() {
    let harness = Harness::start(|config| config).await;
    let call = ["call", "--to", "+442079460018", "--task", "Ask for a table.", "--wait"];
    assert_eq!(harness.run(&call).await.code, 0);
    let report = harness.run(&["doctor", "--json"]).await.json();
    has(&report, "ledger", "ok", "the newest");
    has(&report, "ledger", "ok", "its file is sound");
    has(&report, "ledger", "ok", "no process has it open");
    let _open = switchboard::Ledger::file(harness.path().join("ledger.db"), None).await.unwrap();
    let report = harness.run(&["doctor", "--json"]).await.json();
    has(&report, "ledger", "ok", "1 process has it open");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_of_webhooks_is_asked_where_that_is_allowed() {
    let harness = Harness::start(|config| config).await;
    // Nothing speaks TLS there.
    let address = harness.kaicalls.url().replace("http://", "https://");
    harness
        .configure(&format!("[webhooks]\nsecret_env = \"TEST_HOOKS\"\npublic_url = \"{address}\""));
    let report = harness.run(&["doctor", "--json"]).await.json();
    has(&report, "webhooks", "note", "that is not public, so it was not asked");
    harness.configure(
        "[server]\nsecret_env = \"TEST_SECRET\"\n\
         [server.webhooks]\nallow_networks = [\"127.0.0.0/8\"]",
    );
    let report = harness.run(&["doctor", "--json"]).await.json();
    has(&report, "webhooks", "problem", "is not reached (connect)");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_acts_behind_the_router_and_how_answers_differ_is_shown() {
    let six = Six::start().await;
    let number = r#"[{"id": "n1", "number": "+14155550100", "provider": "twilio", "status": "active", "fallbackDestination": {"type": "number", "number": "+14155550142"}}]"#;
    six.vapi.faults().add(Rule::on("GET", "/phone-number", Fault::raw(200, number)));
    let deploy = r#"{"versions": [{"version_id": "v2", "percentage": 30}]}"#;
    let path = format!("/v2/ai/assistants/{}/canary-deploys", six.telnyx.assistant_id());
    six.telnyx.faults().add(Rule::on("GET", path, Fault::raw(200, deploy)));
    let calls =
        r#"{"calls": [{"call_id": "c1", "status": "teleported", "spare": "Ada Lovelace"}]}"#;
    six.kallyai.faults().add(Rule::on("GET", "/v1/calls", Fault::raw(200, calls)));

    let report = six.run(&["doctor", "--json"]).await.json();
    has(&report, "vapi", "warning", "has fallbackDestination, which rings another phone");
    has(&report, "telnyx", "warning", "30 % of its calls to another version");
    has(&report, "kallyai", "warning", "no document lists: teleported");

    let shapes = six.run(&["doctor", "--shapes"]).await;
    assert_eq!(shapes.code, 0, "{}", shapes.err);
    assert!(shapes.out.contains("kallyai GET /v1/calls"), "{}", shapes.out);
    assert!(shapes.out.contains("calls[].spare string"), "{}", shapes.out);
    assert!(!shapes.out.contains("Ada") && !shapes.out.contains("+1415"), "{}", shapes.out);
    assert_eq!((six.rings.len(), six.rings.posts()), (0, 0));
}
