//! One call whole: what was asked for, what it waits for, what was said.

use std::{fs, sync::Arc};

use axum::{
    Router,
    extract::RawQuery,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use switchboard::{
    CallId, CallRequest, Ledger,
    journal::{JournalExt, NewCall, state::Fact},
};
use switchboard_testkit::{
    calls::Outcome,
    fault::{Fault, Rule},
};
use uuid::Uuid;

use crate::common::Harness;

const LONDON: &str = "+442079460018";
const TASK: &str = "Ask for a table for two; the guests call back at +442079460099.";

/// A call at KallyAI that is over, and its id.
async fn over(harness: &Harness) -> String {
    harness.kaicalls.refuse_connections().await;
    let ran = harness.run(&["call", "--to", LONDON, "--task", TASK, "--wait", "--json"]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.json()["provider"], "kallyai");
    ran.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_shown_with_what_was_asked_for() {
    let harness = Harness::start(|config| config.outcome(LONDON, Outcome::Completed)).await;
    let id = over(&harness).await;
    let shown = harness.run(&["calls", "show", &id]).await.out;
    for line in ["task", "asked by", "tenant default", "received"] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    assert!(shown.contains("Ask for a table for two") && !shown.contains("9460099"), "{shown}");
    let json = harness.run(&["calls", "show", &id, "--json"]).await.json();
    assert_eq!((&json["request"]["task"], &json["waits"]), (&TASK.into(), &json!(null)));
}

#[tokio::test(flavor = "multi_thread")]
async fn long_texts_are_shown_whole_if_that_is_asked_for() {
    let harness = Harness::start(|config| config).await;
    let long =
        format!("Ask this. {}Ask last.", "Ask what it costs, and write it down. ".repeat(60));
    let id = recorded(&harness, LONDON, |request| request.task = long.clone()).await;
    let short = harness.run(&["calls", "show", &id]).await.out;
    assert!(!short.contains("Ask last.") && short.contains("--full"), "{short}");
    let full = harness.run(&["calls", "show", &id, "--full"]).await.out;
    assert!(full.contains("\nTask\n") && full.contains("Ask last."), "{full}");
}

/// A call that nobody works on.
async fn recorded(
    harness: &Harness,
    to: &str,
    set: impl FnOnce(&mut CallRequest) + Send,
) -> String {
    recorded_with(harness, to, None, set).await
}

/// The same, with what happened to it.
async fn recorded_with(
    harness: &Harness,
    to: &str,
    fact: Option<Fact>,
    set: impl FnOnce(&mut CallRequest) + Send,
) -> String {
    let ledger = Ledger::file(harness.path().join("ledger.db"), None).await.unwrap();
    let now = Timestamp::now();
    let request = CallRequest::new(to, "Ask.").with(set);
    let id = CallId::new(Uuid::now_v7());
    let new = NewCall::new(id, Arc::new(request.validate(now).unwrap()), now);
    ledger.journal().open(new).await.unwrap();
    if let Some(fact) = fact {
        ledger.journal().record(id, fact, now).await.unwrap();
    }
    id.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_call_says_what_it_waits_for_and_until_when() {
    let harness = Harness::start(|config| config).await;
    let opens = Timestamp::now() + SignedDuration::from_hours(3);
    let first = recorded(&harness, LONDON, |request| {
        request.task = "First.".to_owned();
        request.not_before = Some(opens.to_string());
    })
    .await;
    let waits = |id: String| {
        let harness = &harness;
        async move { harness.run(&["calls", "show", &id, "--json"]).await.json()["waits"].take() }
    };
    let window = waits(first.clone()).await;
    assert_eq!(window["until"], opens.to_string(), "{window}");
    assert_eq!(window["why"], "its window opens then");

    // Somebody is called for one thing after the other.
    let other = "+442079460019";
    let admitted = Fact::Admitted { estimated_cost: None, experiment: None, plan: None };
    let first = recorded_with(&harness, other, Some(admitted), |_| {}).await;
    let second = recorded(&harness, other, |request| request.task = "Second.".to_owned()).await;
    let busy = waits(second.clone()).await;
    assert!(busy["why"].as_str().unwrap().contains(&first), "{busy}");
    let shown = harness.run(&["calls", "show", &second]).await.out;
    assert!(shown.contains("waiting: its callee has another call"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transcript_is_read_once_and_kept() {
    let harness = Harness::start(|config| config.outcome(LONDON, Outcome::Completed)).await;
    let id = over(&harness).await;
    let ran = harness.run(&["calls", "transcript", &id]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("0:05  callee  Hi, how can I help you?"), "{}", ran.out);
    assert!(!ran.out.contains("9460099"), "{}", ran.out);

    harness.kallyai.faults().add(Rule::on("GET", "/v1/calls*", Fault::Reset));
    let kept = harness.run(&["calls", "transcript", &id, "--json"]).await;
    assert_eq!(kept.code, 0, "{}", kept.err);
    assert_eq!(kept.json()["transcript"]["entries"].as_array().unwrap().len(), 3);

    let waiting = recorded(&harness, "+442079460019", |_| {}).await;
    let early = harness.run(&["calls", "transcript", &waiting]).await;
    assert_eq!(early.code, 1, "{}", early.out);
    assert!(early.err.contains("there is a transcript once it is over"), "{}", early.err);
}

/// Serves a recording, to those who have its whole address.
async fn storage() -> String {
    let sound = |RawQuery(query): RawQuery| async move {
        match query.as_deref() {
            Some("signature=a%2Fb%3D") => b"sound".to_vec().into_response(),
            _ => Response::builder().status(StatusCode::FORBIDDEN).body("".into()).unwrap(),
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new()
        .route("/recordings/of%20call.mp3", get(sound))
        .fallback(|| async { StatusCode::NOT_FOUND });
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}/recordings/of%20call.mp3")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_is_found_and_saved_for_its_owner_alone() {
    let harness = Harness::start(|config| config.outcome(LONDON, Outcome::Completed)).await;
    let id = over(&harness).await;
    let call = harness.run(&["calls", "show", &id, "--json"]).await.json()["call"].take();
    let path = format!("/v1/calls/{}/recording", call["provider_call_id"].as_str().unwrap());
    let sound = storage().await;
    let answer = |signature: &str| {
        let url = format!("{sound}?signature={signature}");
        let body = json!({"url": url, "duration_seconds": 61, "format": "mp3"});
        harness.kallyai.faults().clear();
        harness.kallyai.faults().add(Rule::on("GET", &path, Fault::raw(200, body.to_string())));
    };
    answer("a%2Fb%3D");
    let found = harness.run(&["calls", "recording", &id]).await;
    assert_eq!(found.code, 0, "{}", found.err);
    assert_eq!(found.out, format!("{sound}?signature=a%2Fb%3D\n"));

    let file = harness.path().join("call.mp3");
    let save = ["calls", "recording", &id, "--save", file.to_str().unwrap()];
    answer("wrong");
    let refused = harness.run(&save).await;
    assert_ne!(refused.code, 0, "{}", refused.out);
    let left: Vec<_> = fs::read_dir(harness.path()).unwrap().map(Result::unwrap).collect();
    assert!(
        !left.iter().any(|one| one.file_name().to_string_lossy().starts_with(".switchboard-")),
        "{left:?}"
    );
    assert!(!file.exists());

    answer("a%2Fb%3D");
    let saved = harness.run(&save).await;
    assert_eq!(saved.code, 0, "{}", saved.err);
    assert_eq!(fs::read(&file).unwrap(), b"sound");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o077, 0);
    }
    let again = harness.run(&save).await;
    assert_eq!(again.code, 2, "{}", again.out);
    assert!(again.err.contains("already exists"), "{}", again.err);
}
