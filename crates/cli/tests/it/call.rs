//! `switchboard call` against simulated providers: what is printed, what it ends with, and what
//! rang.

use switchboard_testkit::{
    calls::{CallScript, Outcome},
    fault::{After, Fault, Rule},
};

use crate::common::{Harness, Ran};

const LONDON: &str = "+442079460018";
const NEW_YORK: &str = "+12125550123";

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_waited_for_has_its_outcome() {
    let harness = Harness::start(|config| config.outcome(NEW_YORK, Outcome::Voicemail)).await;
    let ran = harness
        .run(&["call", "--to", NEW_YORK, "--task", "Ask for a table.", "--wait", "--json"])
        .await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let call = ran.json();
    assert_eq!(
        (&call["status"], &call["outcome"], &call["provider"]),
        (&"closed".into(), &"voicemail".into(), &"kaicalls".into())
    );
    assert_eq!(call["cost"]["amount"], "0.15");
    assert_eq!((harness.ledger.len(), harness.ledger.count(NEW_YORK)), (1, 1));
    assert!(!ran.err.contains('\u{1b}') && !ran.out.contains('\u{1b}'));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_can_tell_a_call_that_failed() {
    let harness = Harness::start(|config| config.outcome(NEW_YORK, Outcome::Failed)).await;
    let ran =
        harness.run(&["call", "--to", NEW_YORK, "--task", "Ask for a table.", "--wait"]).await;
    assert_eq!(ran.code, 6, "{}{}", ran.out, ran.err);
    let listed = harness.run(&["calls", "list", "--json"]).await.json();
    let id = listed["calls"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(harness.run(&["calls", "watch", &id]).await.code, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_waiting_it_ends_when_the_provider_has_the_call() {
    let long =
        CallScript::new(Outcome::Completed).talking_for(std::time::Duration::from_secs(360_000));
    let harness = Harness::start(|config| config.outcome(NEW_YORK, long)).await;
    let ran =
        harness.run(&["call", "--to", NEW_YORK, "--task", "Ask for a table.", "--json"]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let call = ran.json();
    assert_eq!(
        (&call["status"], &call["outcome"]),
        (&"in_progress".into(), &serde_json::Value::Null)
    );
    assert!(call["provider_call_id"].is_string());
    assert_eq!(harness.ledger.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_answers_at_the_end_is_waited_for_all_the_same() {
    let harness = Harness::start(|config| config.outcome(LONDON, Outcome::Completed)).await;
    let ran = harness.run(&["call", "--to", LONDON, "--task", "Ask for a table.", "--json"]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let call = ran.json();
    assert_eq!(
        (&call["status"], &call["outcome"], &call["provider"]),
        (&"closed".into(), &"completed".into(), &"kallyai".into())
    );
    assert_eq!(harness.ledger.count(LONDON), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_about_the_person_is_not_shopped_around() {
    let harness = Harness::start(|config| config.refuse(NEW_YORK, "number_on_dnc")).await;
    let ran = harness
        .run(&["call", "--to", NEW_YORK, "--task", "Sell something.", "--wait", "--json"])
        .await;
    assert_eq!(ran.code, 3, "{}", ran.err);
    let call = ran.json();
    assert_eq!((&call["status"], &call["fault"]["kind"]), (&"refused".into(), &"blocked".into()));
    assert_eq!((harness.ledger.len(), harness.ledger.posts()), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_is_passed_over() {
    let harness = Harness::start(|config| config.outcome(NEW_YORK, Outcome::Busy)).await;
    harness.kaicalls.refuse_connections().await;
    let ran = harness
        .run(&["call", "--to", NEW_YORK, "--task", "Ask for a table.", "--wait", "--json"])
        .await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let call = ran.json();
    assert_eq!((&call["provider"], &call["outcome"]), (&"kallyai".into(), &"busy".into()));
    assert_eq!(harness.ledger.count(NEW_YORK), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_is_a_persons_business() {
    let harness = Harness::start(|config| config.refuse(LONDON, "budget_approval_required")).await;
    let ran = harness.run(&["call", "--to", LONDON, "--task", "Ask for a table.", "--json"]).await;
    assert_eq!(ran.code, 4, "{}{}", ran.out, ran.err);
    assert_eq!(ran.json()["status"], "needs_approval");
    assert!(harness.ledger.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_is_looked_for_and_not_sent_again() {
    let harness = Harness::start(|config| config.outcome(LONDON, Outcome::Completed)).await;
    harness.kallyai.faults().add(Rule::on("POST", "/v1/calls", Fault::Reset).after(After::Ring));
    let ran = harness
        .run(&["call", "--to", LONDON, "--task", "Ask for a table.", "--wait", "--json"])
        .await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let call = ran.json();
    assert_eq!((&call["status"], &call["outcome"]), (&"closed".into(), &"completed".into()));
    assert_eq!((harness.ledger.count(LONDON), harness.ledger.posts()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_sends_nothing() {
    let harness = Harness::start(|config| config).await;
    for (to, task, field) in
        [("911", "Report a fire.", "to"), (NEW_YORK, " ", "task"), ("+1900", "Ask.", "to")]
    {
        let ran = harness.run(&["call", "--to", to, "--task", task, "--json"]).await;
        assert_eq!(ran.code, 2, "{to}: {}", ran.err);
        assert_eq!(ran.json()["error"]["field"], field, "{to}");
    }
    assert_eq!(harness.ledger.posts(), 0);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn leaving_takes_two_interrupts_and_reports_an_unknown_result() {
    use std::process::Stdio;
    use tokio::io::{AsyncBufReadExt, BufReader};

    let long =
        CallScript::new(Outcome::Completed).talking_for(std::time::Duration::from_secs(360_000));
    let harness = Harness::start(|config| config.outcome(LONDON, long)).await;
    let command =
        harness.command(&["call", "--to", LONDON, "--task", "Ask for a table.", "--json"]);
    let mut child = tokio::process::Command::from(command)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    let pid = child.id().unwrap().to_string();
    let interrupt = || {
        assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success())
    };

    assert!(said.next_line().await.unwrap().unwrap().contains("waiting for it"));
    harness.ledger.wait_for_rings(1).await;
    interrupt();
    assert!(said.next_line().await.unwrap().unwrap().contains("goes on at its provider"));
    interrupt();
    let ran = Ran::of(child.wait_with_output().await.unwrap());
    assert_eq!(ran.code, 5);
    assert_eq!(ran.json()["status"], "attempting");
    assert_eq!(harness.ledger.count(LONDON), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_may_not_be_lifted_is_an_error_before_anything_is_sent() {
    // It is checked whether the calling rules are on or not.
    let harness = Harness::start(|config| config).await;
    for (rule, told) in [
        ("P-OPT-OUT", "--override: P-OPT-OUT may not be lifted by anybody: leave it out"),
        ("GB-HOURS", "--override: "),
        ("P-NONE", "--override: there is no rule \"P-NONE\""),
    ] {
        let ran = harness
            .run(&[
                "call",
                "--to",
                "+442079460018",
                "--task",
                "Ask.",
                "--purpose",
                "reservation",
                "--override",
                rule,
                "--override-reason",
                "The place asked.",
                "--override-until",
                "2099-01-01T00:00:00Z",
                "--override-by",
                "ada",
            ])
            .await;
        assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
        assert!(ran.err.contains(told), "{told}: {}", ran.err);
    }
    assert_eq!((harness.ledger.len(), harness.ledger.posts()), (0, 0));
}
