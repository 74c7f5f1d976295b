//! Records: states, fields, the transcript, cancelling.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_calle::state;
use switchboard_core::{ErrorKind, Outcome, Provider, ProviderCall, ProviderState, Speaker};

use crate::support::{CALLEE, Server, plain_order, provider_at, quick, started};

fn record() -> Value {
    json!({
        "id": "call_1",
        "call_id": "tel_1",
        "status": "completed",
        "call_outcome": "completed",
        "result_status": "available",
        "result": {"reached": true, "task_done": true, "summary": "Confirmed."},
        "error": null,
        "transcript": [
            {"offset_seconds": 0.5, "speaker": "bot", "text": "Hello"},
            {"offset_seconds": 2, "speaker": "user", "text": "Yes"},
            {"offset_seconds": null, "speaker": "unknown", "text": "(noise)"},
        ],
        "task": "Confirm",
        "phone": CALLEE,
        "metadata": {"switchboard_attempt": "a-1"},
        "created_at": "2026-02-15T14:00:00Z",
        "completed_at": "2026-02-15T14:01:00Z",
    })
}

async fn read(record: Value) -> ProviderCall {
    let server = Server::answering(200, record.to_string()).await;
    provider_at(&server).calls().get(&"call_1".into()).await.unwrap()
}

#[tokio::test]
async fn every_field_of_a_record() {
    let call = read(record()).await;
    assert_eq!((call.id.as_str(), call.status_word.as_str()), ("call_1", "completed"));
    assert_eq!(call.state, ProviderState::Ended(Outcome::Completed));
    assert_eq!(call.to.map(|to| to.e164().to_owned()).as_deref(), Some(CALLEE));
    assert_eq!((call.task.as_deref(), call.reference.as_deref()), (Some("Confirm"), Some("a-1")));
    assert_eq!(call.summary.as_deref(), Some("Confirmed."));
    assert_eq!(call.created_at, Some("2026-02-15T14:00:00Z".parse().unwrap()));
    assert_eq!((call.duration, call.cost, call.failure_code), (None, None, None));
    let mut failed = record();
    failed["status"] = json!("failed");
    failed["error"] = json!({"code": "call_failed", "message": "x", "detail_code": "sip_486"});
    assert_eq!(read(failed.clone()).await.failure_code.as_deref(), Some("sip_486"));
    failed["error"]["detail_code"] = json!("John Smith +12125550123");
    assert_eq!(read(failed).await.failure_code.as_deref(), Some("call_failed"));
}

#[test]
fn every_status_and_outcome() {
    use Outcome::{Busy, Cancelled, Completed, Declined, Failed, NoAnswer};
    let ended = ProviderState::Ended;
    let rows = [
        ("queued", None, ProviderState::Queued),
        ("in_progress", None, ProviderState::InProgress),
        ("completed", Some("completed"), ended(Completed)),
        ("completed", Some("no_answer"), ended(NoAnswer)),
        ("completed", Some("busy"), ended(Busy)),
        ("completed", Some("declined"), ended(Declined)),
        ("completed", Some("something_new"), ended(Completed)),
        ("completed", None, ended(Completed)),
        ("failed", None, ended(Failed)),
        ("failed", Some("busy"), ended(Failed)),
        ("canceled", None, ended(Cancelled)),
        ("paused", None, ProviderState::Unrecognised),
        ("", None, ProviderState::Unrecognised),
    ];
    for (status, outcome, expected) in rows {
        assert_eq!(state(status, outcome), expected, "{status} {outcome:?}");
    }
}

/// Nothing that CALL-E reports proves that an accepted call was never dialled.
#[test]
fn no_record_says_never_dialled() {
    for status in ["queued", "in_progress", "completed", "failed", "canceled", "?"] {
        for outcome in [None, Some("completed"), Some("no_answer"), Some("busy"), Some("?")] {
            assert!(!state(status, outcome).is_not_dialled());
        }
    }
}

#[tokio::test]
async fn the_transcript() {
    let server = Server::answering(200, record().to_string()).await;
    let provider = provider_at(&server);
    let transcript = provider.transcripts().unwrap().transcript(&"call_1".into()).await.unwrap();
    let said: Vec<_> = transcript
        .entries
        .iter()
        .map(|entry| (entry.speaker.clone(), entry.text.as_str(), entry.offset))
        .collect();
    assert_eq!(
        said,
        [
            (Speaker::Agent, "Hello", Some(Duration::from_millis(500))),
            (Speaker::Callee, "Yes", Some(Duration::from_secs(2))),
            (Speaker::Other("unknown".to_owned()), "(noise)", None),
        ]
    );
    let mut pending = record();
    pending["result_status"] = json!("pending");
    let mut live = record();
    live["status"] = json!("in_progress");
    for body in [pending, live, json!({"id": "call_1", "status": "queued"})] {
        let server = Server::answering(200, body.to_string()).await;
        let provider = provider_at(&server);
        let none = provider.transcripts().unwrap().transcript(&"call_1".into()).await.unwrap_err();
        assert_eq!(none.kind(), ErrorKind::NotFound, "not the whole of it: {body}");
    }
}

#[tokio::test]
async fn an_answer_about_another_call_or_about_none() {
    let server = Server::answering(200, record().to_string()).await;
    let error = provider_at(&server).calls().get(&"call_2".into()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    let server = Server::answering(200, "{}").await;
    let error = provider_at(&server).calls().get(&"call_1".into()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
}

#[tokio::test]
async fn a_queued_call_is_cancelled_and_an_ended_one_is_not() {
    let (simulator, provider) = started(quick().speed(1.0).queue(Duration::from_secs(3600))).await;
    let placed = provider.calls().place(&plain_order()).await.unwrap();
    let cancels = provider.cancels().unwrap();
    cancels.cancel(&placed.id).await.unwrap();
    let call = provider.calls().get(&placed.id).await.unwrap();
    assert_eq!(call.state, ProviderState::Ended(Outcome::Cancelled));
    assert!(simulator.rings().is_empty());
    assert_eq!(cancels.cancel(&placed.id).await.unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(cancels.cancel(&"call_x".into()).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn what_it_cannot_do_is_an_absent_ability() {
    let (_simulator, provider) = started(quick()).await;
    assert!(provider.lists().is_none() && provider.recordings().is_none());
    assert!(provider.stops().is_none() && provider.reschedules().is_none());
    assert!(provider.transfers().is_none() && provider.agents().is_none());
    assert!(provider.numbers().is_none() && provider.usage().is_none());
    provider_look(&provider).await;
}

/// The health check of a provider without a list.
async fn provider_look(provider: &(dyn Provider + 'static)) {
    provider.look().await.unwrap();
}
