//! Reading one call: its record, what was said, and the sound.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_core::{Cost, Currency, ErrorKind, Money, Provider, ProviderCall, Speaker};
use switchboard_testkit::calls::{CallScript, Outcome};

use crate::support::{
    CALLEE, ID, Server, number, plain_order, provider_at,
    sim::{over, quick, started},
};

pub(crate) fn record(id: &str) -> Value {
    json!({
        "id": id,
        "status": "ended",
        "endedReason": "assistant-ended-call",
        "createdAt": "2026-11-29T12:00:00.000Z",
        "startedAt": "2026-11-29T12:00:10.250Z",
        "endedAt": "2026-11-29T12:01:15.500Z",
        "customer": {"number": CALLEE, "externalId": "a-1"},
        "assistantId": "assistant-1",
        "assistantVersion": "v3",
        "phoneNumberId": "number-1",
        "name": "a-1",
        "assistantOverrides": {"metadata": {"switchboard_attempt": "a-1"}},
        "cost": 0.123_456_7,
        "costBreakdown": {"vapi": 0.05, "total": 0.123_456_7},
        "analysis": {"summary": "They agreed.", "successEvaluation": "true"},
        "artifact": {
            "messages": [
                {"role": "system", "message": "You are kind.", "secondsFromStart": 0},
                {"role": "bot", "message": "Hello", "secondsFromStart": 0.75},
                {"role": "user", "message": "Hi"},
                {"role": "tool_calls", "message": "book()"},
            ],
            "transcript": "AI: Hello\nUser: Hi",
            "recordingUrl": "https://recordings.example/call/private.wav",
        },
        "phoneCallProvider": "twilio",
        "phoneCallProviderId": "CA1",
        "monitor": {"controlUrl": "https://control.example/secret", "listenUrl": "wss://control.example/secret"},
    })
}

async fn get(record: Value) -> ProviderCall {
    let server = Server::answering(200, record.to_string()).await;
    provider_at(&server).calls().get(&"call-1".into()).await.unwrap()
}

#[tokio::test]
async fn a_record_in_neutral_terms() {
    let server = Server::answering(200, record("call-1").to_string()).await;
    let call: ProviderCall = provider_at(&server).calls().get(&"call-1".into()).await.unwrap();
    assert_eq!(server.only().path, "/call/call-1");
    assert_eq!((call.id.as_str(), call.status_word.as_str()), ("call-1", "ended"));
    assert_eq!((call.to, call.agent), (Some(number(CALLEE)), Some("assistant-1".into())));
    assert_eq!(call.reference.as_deref(), Some("a-1"));
    assert_eq!(call.created_at, "2026-11-29T12:00:00Z".parse().ok());
    assert_eq!(call.duration, Some(Duration::from_millis(65_250)));
    assert_eq!(call.summary.as_deref(), Some("They agreed."));
    // Rounded up to a millionth of a dollar.
    assert_eq!(call.cost, Some(Cost::Money(Money::from_micros(123_457, Currency::USD))));
    assert_eq!((call.direction, call.failure_code, call.opted_out), (None, None, false));
    assert_eq!(call.raw.value()["assistantVersion"], "v3");
    assert!(call.recording_url.is_some());
}

#[tokio::test]
async fn the_reference_is_in_the_metadata_or_the_name_or_the_customer() {
    let mut record = record("call-1");
    record["assistantOverrides"]["metadata"]["switchboard_attempt"] = json!("m");
    record["name"] = json!("n");
    record["customer"]["externalId"] = json!("x");
    for (gone, expected) in [
        ("", Some("m")),
        ("assistantOverrides", Some("n")),
        ("name", Some("x")),
        ("customer", None),
    ] {
        record.as_object_mut().unwrap().remove(gone);
        assert_eq!(get(record.clone()).await.reference.as_deref(), expected);
    }
}

#[tokio::test]
async fn a_cost_is_never_negative_and_never_of_a_call_that_goes_on() {
    let rows = [
        ("cost", json!(-5)),
        ("cost", json!("much")),
        ("cost", json!(null)),
        ("cost", json!(1e300)),
        ("status", json!("in-progress")),
    ];
    for (field, value) in rows {
        let mut record = record("call-1");
        record[field] = value.clone();
        assert_eq!(get(record).await.cost, None, "{field} {value}");
    }
    let mut free = record("call-1");
    free["cost"] = json!(0);
    assert_eq!(get(free).await.cost, Some(Cost::Money(Money::from_micros(0, Currency::USD))));
}

#[tokio::test]
async fn an_end_before_the_start_is_no_duration() {
    let mut record = record("call-1");
    record["endedAt"] = json!("2026-11-29T12:00:00Z");
    assert_eq!(get(record).await.duration, None);
}

#[tokio::test]
async fn an_answer_about_another_call_is_no_answer() {
    for body in [record("call-2"), json!({}), json!({"message": "error"}), json!([]), json!(null)] {
        let server = Server::answering(200, body.to_string()).await;
        let error = provider_at(&server).calls().get(&"call-1".into()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
    }
    let mut bare = record("call-1");
    bare.as_object_mut().unwrap().remove("id");
    assert_eq!(get(bare).await.id.as_str(), "call-1");
}

#[tokio::test]
async fn an_id_can_change_no_route() {
    let server = Server::answering(200, record("call-1").to_string()).await;
    let provider = provider_at(&server);
    for id in ["", "..", "call-1\t", "call\r\n1"] {
        let error = provider.calls().get(&id.into()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{id:?}");
        let error = provider.cancels().unwrap().cancel(&id.into()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{id:?}");
    }
    assert!(server.asked().is_empty());
    drop(provider.calls().get(&"a/../../call".into()).await);
    assert_eq!(server.only().path, "/call/a%2F..%2F..%2Fcall");
}

#[tokio::test]
async fn what_was_said_with_its_times_or_without() {
    let server = Server::answering(200, record("call-1").to_string()).await;
    let provider = provider_at(&server);
    let spoken = provider.transcripts().unwrap().transcript(&"call-1".into()).await.unwrap();
    let lines: Vec<_> = spoken
        .entries
        .iter()
        .map(|entry| (entry.speaker.clone(), entry.text.as_str(), entry.offset))
        .collect();
    assert_eq!(
        lines,
        [
            (Speaker::Agent, "Hello", Some(Duration::from_millis(750))),
            (Speaker::Callee, "Hi", None),
        ]
    );
    let mut text_only = record("call-1");
    text_only["artifact"]["messages"] = json!(null);
    text_only["artifact"]["transcript"] = json!("AI: Hello\n\nUser: It is 5:30\nNote: none");
    let server = Server::answering(200, text_only.to_string()).await;
    let provider = provider_at(&server);
    let spoken = provider.transcripts().unwrap().transcript(&"call-1".into()).await.unwrap();
    let lines: Vec<_> =
        spoken.entries.iter().map(|entry| (entry.speaker.clone(), entry.text.as_str())).collect();
    assert_eq!(
        lines,
        [
            (Speaker::Agent, "Hello"),
            (Speaker::Callee, "It is 5:30"),
            (Speaker::Other(String::new()), "Note: none"),
        ]
    );
}

#[tokio::test]
async fn the_recording_is_the_signed_address_or_else_the_private_one_and_is_not_shown() {
    let rows = [
        (json!({}), "/call/private.wav"),
        (
            json!({"presignedMonoRecordingUrl": "https://x.example/mono.mp3?signature=abc"}),
            "/mono.mp3",
        ),
        (json!({"presignedVideoRecordingUrl": "https://x.example/video.mp4"}), "/call/private.wav"),
        (
            json!({"presignedCustomerRecordingUrl": "https://x.example/one.wav"}),
            "/call/private.wav",
        ),
        (json!({"presignedRecordingUrl": "no address"}), "/call/private.wav"),
        (json!({"presignedRecordingUrl": 1}), "/call/private.wav"),
    ];
    for (fields, path) in rows {
        let mut record = record("call-1");
        for (name, value) in fields.as_object().unwrap() {
            record["artifact"][name] = value.clone();
        }
        let server = Server::answering(200, record.to_string()).await;
        let provider = provider_at(&server);
        let sound = provider.recordings().unwrap().recording(&"call-1".into()).await.unwrap();
        assert_eq!(sound.url.path(), path);
        assert_eq!(sound.duration, Some(Duration::from_millis(65_250)));
        assert_eq!(sound.format.as_deref(), path.rsplit('.').next());
        assert!(!format!("{sound:?}").contains(path));
    }
}

#[tokio::test]
async fn a_call_without_words_or_sound_has_none() {
    for artifact in [json!(null), json!({}), json!({"messages": [], "transcript": " "})] {
        let body = json!({"id": "call-1", "status": "in-progress", "artifact": artifact});
        let server = Server::answering(200, body.to_string()).await;
        let provider = provider_at(&server);
        let id = "call-1".into();
        let spoken = provider.transcripts().unwrap().transcript(&id).await.unwrap_err();
        let sound = provider.recordings().unwrap().recording(&id).await.unwrap_err();
        assert_eq!((spoken.kind(), sound.kind()), (ErrorKind::NotFound, ErrorKind::NotFound));
    }
}

#[tokio::test]
async fn what_the_simulator_recorded() {
    let script = CallScript::new(Outcome::Completed).talking_for(Duration::from_secs(65));
    let (_simulator, provider) = started(quick().outcome(CALLEE, script)).await;
    let placed = provider.calls().place(&plain_order()).await.unwrap();
    let call = over(&provider, &placed.id).await;
    assert!(call.duration.is_some() && call.cost.is_some());
    let spoken = provider.transcripts().unwrap().transcript(&placed.id).await.unwrap();
    assert!(spoken.entries.iter().any(|entry| entry.speaker == Speaker::Agent));
    provider.recordings().unwrap().recording(&placed.id).await.unwrap();
    let nobody = provider.calls().get(&ID.into()).await.unwrap_err();
    assert_eq!(nobody.kind(), ErrorKind::NotFound);
}

#[derive(Debug, Default)]
struct Turns(std::sync::atomic::AtomicUsize);

impl switchboard_core::ReadTurns for Turns {
    fn turn(&self) -> futures::future::BoxFuture<'static, ()> {
        self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Box::pin(std::future::ready(()))
    }
}

#[tokio::test]
async fn each_read_waits_for_its_turn_and_nothing_else_does() {
    let server = Server::start(|asked| {
        let is_list = asked.method == "GET" && asked.path.matches('/').count() == 1;
        let body = if is_list { json!([]) } else { json!({"id": "call-1", "status": "queued"}) };
        (200, body.to_string())
    })
    .await;
    let provider = provider_at(&server);
    let turns = std::sync::Arc::new(Turns::default());
    assert!(provider.take_turns(std::sync::Arc::clone(&turns) as _));
    let taken = || turns.0.load(std::sync::atomic::Ordering::SeqCst);
    provider.calls().place(&plain_order()).await.unwrap();
    assert_eq!(taken(), 0);
    provider.calls().get(&"call-1".into()).await.unwrap();
    provider.calls().trace(&plain_order(), jiff::Timestamp::UNIX_EPOCH).await.unwrap();
    provider.agents().unwrap().list().await.unwrap();
    provider.numbers().unwrap().list().await.unwrap();
    assert_eq!((taken(), server.asked().len()), (4, 5));
}
