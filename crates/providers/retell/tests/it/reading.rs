//! Reading calls: one, a list, the trace of a lost one, what was said, and the sound.

use std::time::Duration;

use futures::TryStreamExt;
use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard_core::{
    CallFilter, CallListsExt, CallRequest, Cost, Currency, Direction, ErrorKind, Money,
    PageRequest, Proof, Provider, ProviderCall, Speaker,
};
use switchboard_testkit::{
    calls::{CallScript, Outcome},
    fault::{After, Fault, FaultScript, Rule},
};

use crate::support::{
    CALLEE, Server, number, order, plain_order, provider_at,
    sim::{over, quick, started},
};

const BEGAN: i64 = 1_764_000_000_000;

fn record(id: &str) -> Value {
    json!({
        "call_id": id,
        "call_type": "phone_call",
        "call_status": "ended",
        "disconnection_reason": "agent_hangup",
        "start_timestamp": BEGAN,
        "end_timestamp": BEGAN + 65_250,
        "duration_ms": 65_250,
        "from_number": "+14155550100",
        "to_number": CALLEE,
        "direction": "outbound",
        "agent_id": "agent_1",
        "agent_version": 3,
        "metadata": {"switchboard_attempt": "a-1"},
        "transcript": "Agent: Hello\nUser: Hi",
        "transcript_object": [
            {"role": "agent", "content": "Hello", "words": [{"word": "Hello", "start": 0.75, "end": 1.1}]},
            {"role": "user", "content": "Hi", "words": []},
            {"role": "transfer_target", "content": "Yes?"},
        ],
        "recording_url": "https://recordings.example/call/recording.wav?signature=abc",
        "call_analysis": {"call_summary": "They agreed.", "call_successful": true},
        "call_cost": {"combined_cost": 7.583_333, "total_duration_seconds": 65},
        "telephony_identifier": {"twilio_call_sid": "CA1"},
    })
}

#[tokio::test]
async fn a_record_in_neutral_terms() {
    let server = Server::answering(200, record("call_1").to_string()).await;
    let call: ProviderCall = provider_at(&server).calls().get(&"call_1".into()).await.unwrap();
    assert_eq!(server.only().path, "/v2/get-call/call_1");
    assert_eq!((call.id.as_str(), call.status_word.as_str()), ("call_1", "ended"));
    assert_eq!(call.direction, Some(Direction::Outbound));
    assert_eq!(call.to, Some(number(CALLEE)));
    assert_eq!(call.agent, Some("agent_1".into()));
    assert_eq!(call.reference.as_deref(), Some("a-1"));
    assert_eq!(call.created_at, Timestamp::from_millisecond(BEGAN).ok());
    assert_eq!(call.duration, Some(Duration::from_millis(65_250)));
    assert_eq!(call.summary.as_deref(), Some("They agreed."));
    // 7.583333 cents, rounded up to a millionth of a dollar.
    assert_eq!(call.cost, Some(Cost::Money(Money::from_micros(75_834, Currency::USD))));
    assert_eq!(call.raw.value()["agent_version"], 3);
    assert!(call.recording_url.is_some());
}

#[tokio::test]
async fn a_cost_is_never_negative_and_never_of_a_call_that_goes_on() {
    let rows = [
        ("call_cost", json!({"combined_cost": -5})),
        ("call_cost", json!({"combined_cost": "much"})),
        ("call_cost", json!({})),
        ("call_cost", json!({"combined_cost": 1e300})),
        ("call_status", json!("ongoing")),
    ];
    for (field, value) in rows {
        let mut record = record("call_1");
        record[field] = value.clone();
        let server = Server::answering(200, record.to_string()).await;
        let call = provider_at(&server).calls().get(&"call_1".into()).await.unwrap();
        assert_eq!(call.cost, None, "{field} {value}");
    }
}

#[tokio::test]
async fn an_answer_about_another_call_is_no_answer() {
    for body in [record("call_2"), json!({}), json!({"status": "error"}), json!([]), json!(null)] {
        let server = Server::answering(200, body.to_string()).await;
        let error = provider_at(&server).calls().get(&"call_1".into()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
    }
    let mut bare = record("call_1");
    bare.as_object_mut().unwrap().remove("call_id");
    let server = Server::answering(200, bare.to_string()).await;
    assert_eq!(
        provider_at(&server).calls().get(&"call_1".into()).await.unwrap().id.as_str(),
        "call_1"
    );
}

#[tokio::test]
async fn an_id_can_change_no_route() {
    let server = Server::answering(200, record("call_1").to_string()).await;
    let provider = provider_at(&server);
    for id in ["", "..", "call_1\t", "call\r\n1"] {
        let error = provider.calls().get(&id.into()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{id:?}");
        let error = provider.stops().unwrap().stop(&id.into()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{id:?}");
    }
    assert!(server.asked().is_empty());
    drop(provider.calls().get(&"a/../../create-phone-call".into()).await);
    assert_eq!(server.only().path, "/v2/get-call/a%2F..%2F..%2Fcreate-phone-call");
}

#[tokio::test]
async fn what_retell_does_not_have_is_not_found() {
    let body = r#"{"status":"error","message":"not there"}"#;
    for status in [404, 422] {
        let server = Server::answering(status, body).await;
        let error = provider_at(&server).calls().get(&"call_1".into()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{status}");
    }
}

#[tokio::test]
async fn the_filters_are_sent_and_checked_again() {
    // A server that ignores every filter.
    let page = |body: &Value| match body.get("pagination_key").and_then(Value::as_str) {
        None => json!({"items": [record("call_1")], "has_more": true, "pagination_key": "next"}),
        Some(_) => json!({"items": [record("call_2")], "has_more": false, "pagination_key": "end"}),
    };
    let server = Server::start(move |asked| (200, page(&asked.body).to_string())).await;
    let provider = provider_at(&server);
    let lists = provider.lists().unwrap();
    let at = |millis: i64| Timestamp::from_millisecond(millis).ok();
    let filter = CallFilter {
        since: at(BEGAN),
        until: at(BEGAN + 1),
        agent: Some("agent_1".into()),
        reference: Some("a-1".to_owned()),
        to: Some(number(CALLEE)),
    };
    let page = PageRequest { limit: Some(5000), cursor: None };
    let first = lists.list(&filter, &page).await.unwrap();
    assert_eq!((first.items.len(), first.next.as_deref()), (1, Some("next")));
    assert_eq!(
        server.only().body,
        json!({
            "filter_criteria": {
                "start_timestamp": {"lower_threshold": BEGAN, "upper_threshold": BEGAN + 1},
                "metadata": [{"key": "switchboard_attempt", "type": "string", "op": "eq", "value": "a-1"}],
                "agent": [{"agent_id": "agent_1"}],
                "to_number": CALLEE,
            },
            "limit": 1000,
        })
    );
    let page = PageRequest { limit: None, cursor: first.next };
    let second = lists.list(&filter, &page).await.unwrap();
    assert_eq!((second.items[0].id.as_str(), second.next), ("call_2", None));

    let others = [
        CallFilter { since: at(BEGAN + 1), ..CallFilter::default() },
        CallFilter { until: at(BEGAN), ..CallFilter::default() },
        CallFilter { agent: Some("agent_2".into()), ..CallFilter::default() },
        CallFilter { reference: Some("a-2".to_owned()), ..CallFilter::default() },
        CallFilter { to: Some(number("+12125550124")), ..CallFilter::default() },
    ];
    for filter in others {
        let all: Vec<ProviderCall> = lists.all(filter.clone()).try_collect().await.unwrap();
        assert!(all.is_empty(), "{filter:?}");
    }
    let all: Vec<ProviderCall> = lists.all(CallFilter::default()).try_collect().await.unwrap();
    assert_eq!(all.len(), 2);
}

#[tokio::test]
async fn a_list_that_cannot_be_read_is_not_an_empty_one() {
    for body in [
        "{}",
        "null",
        r#"{"items":null}"#,
        r#"{"items":{}}"#,
        r#"{"items":[1]}"#,
        r#"{"items":[],"has_more":true}"#,
        r#"{"items":[],"has_more":true,"pagination_key":""}"#,
    ] {
        let server = Server::answering(200, body).await;
        let provider = provider_at(&server);
        let list =
            provider.lists().unwrap().list(&CallFilter::default(), &PageRequest::default()).await;
        assert_eq!(list.unwrap_err().kind(), ErrorKind::Decode, "{body}");
        let traced = provider.calls().trace(&plain_order(), Timestamp::UNIX_EPOCH).await;
        assert_eq!(traced.unwrap_err().kind(), ErrorKind::Decode, "{body}");
    }
}

#[tokio::test]
async fn more_calls_than_a_page() {
    let (simulator, provider) = started(quick()).await;
    let mut placed = Vec::new();
    for nth in 1..=7 {
        let request = CallRequest::new(format!("+1212555{:04}", 100 + nth), "Confirm");
        // One key for all of them would make one call of them.
        let order = order(request).with(|order| {
            order.idempotency_key = uuid::Uuid::from_u128(nth);
        });
        let call = provider.calls().place(&order).await.unwrap();
        over(&provider, &call.id).await;
        placed.push(call.id);
    }
    assert_eq!(simulator.rings().len(), placed.len());
    let mut cursor = None;
    let mut seen = Vec::new();
    loop {
        let page = PageRequest { limit: Some(2), cursor };
        let answer = provider.lists().unwrap().list(&CallFilter::default(), &page).await.unwrap();
        seen.extend(answer.items.into_iter().map(|call| call.id));
        cursor = answer.next;
        if cursor.is_none() {
            break;
        }
    }
    placed.reverse();
    assert_eq!(seen, placed);
}

#[tokio::test]
async fn a_lost_answer_is_traced_by_its_reference() {
    let lost = Rule::on("POST", "/v2/create-phone-call", Fault::Reset).after(After::Ring).nth(1);
    let (simulator, provider) = started(quick().faults(FaultScript::default().rule(lost))).await;
    let sent = Timestamp::now();
    provider.calls().place(&plain_order()).await.unwrap_err();
    // Another call of the same agent to the same number, which is not ours.
    let other = plain_order().with(|order| {
        order.attempt = "00000000-0000-0000-0000-000000000009".parse().unwrap();
        order.idempotency_key = order.attempt.as_uuid();
    });
    let other_call = provider.calls().place(&other).await.unwrap();
    over(&provider, &other_call.id).await;
    let traces = provider.calls().trace(&plain_order(), sent).await.unwrap();
    assert_eq!(traces.len(), 1);
    assert_eq!(traces[0].proof, Proof::Reference);
    assert_eq!(traces[0].call.as_str(), simulator.rings().rings()[0].call_id);
    let nobody = plain_order().with(|order| {
        order.attempt = "00000000-0000-0000-0000-00000000000f".parse().unwrap();
    });
    assert!(provider.calls().trace(&nobody, sent).await.unwrap().is_empty());
}

async fn traced(rows: Value) -> Result<usize, ErrorKind> {
    let body = json!({"items": rows, "has_more": false});
    let server = Server::answering(200, body.to_string()).await;
    let provider = provider_at(&server);
    let traces = provider.calls().trace(&plain_order(), Timestamp::UNIX_EPOCH).await;
    traces.map(|traces| traces.len()).map_err(|error| error.kind())
}

#[tokio::test]
async fn only_our_reference_is_a_proof() {
    let ours = |change: &dyn Fn(&mut Value)| {
        let mut row = record("call_1");
        row["metadata"] = json!({"switchboard_attempt": plain_order().attempt.to_string()});
        change(&mut row);
        row
    };
    let plain = ours(&|_| {});
    assert_eq!(traced(json!([plain])).await, Ok(1));
    assert_eq!(traced(json!([record("call_2"), plain])).await, Ok(1), "the filter was ignored");
    let twice = ours(&|row| row["call_id"] = json!("call_3"));
    assert_eq!(traced(json!([plain, twice])).await, Ok(2), "it rang twice");
    assert_eq!(traced(json!([])).await, Ok(0));
    for metadata in [json!(null), json!({}), json!("text"), json!({"switchboard_attempt": 1})] {
        let row = ours(&|row| row["metadata"] = metadata.clone());
        assert_eq!(traced(json!([row])).await, Ok(0), "{metadata}");
    }
    type Change = (&'static str, Value);
    let contradictions: [Change; 4] = [
        ("call_id", json!(null)),
        ("call_id", json!("")),
        ("to_number", json!("+12125550199")),
        ("direction", json!("inbound")),
    ];
    for (field, value) in contradictions {
        let row = ours(&|row| row[field] = value.clone());
        assert_eq!(traced(json!([row])).await, Err(ErrorKind::Decode), "{field} {value}");
    }
}

#[tokio::test]
async fn a_list_without_an_end_is_an_error_of_the_trace() {
    let nth = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::start(move |_| {
        let nth = nth.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let body = json!({
            "items": [record(&format!("call_{nth}"))],
            "has_more": true,
            "pagination_key": nth.to_string(),
        });
        (200, body.to_string())
    })
    .await;
    let error = provider_at(&server)
        .calls()
        .trace(&plain_order(), Timestamp::UNIX_EPOCH)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(server.asked().len() <= 100);
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
    let body = json!({"call_id": "call_1", "call_status": "ended", "items": []}).to_string();
    let server = Server::answering(200, body).await;
    let provider = provider_at(&server);
    let turns = std::sync::Arc::new(Turns::default());
    assert!(provider.take_turns(std::sync::Arc::clone(&turns) as _));
    let taken = || turns.0.load(std::sync::atomic::Ordering::SeqCst);
    let id = "call_1".into();
    provider.calls().place(&plain_order()).await.unwrap();
    provider.stops().unwrap().stop(&id).await.unwrap();
    assert_eq!(taken(), 0);
    provider.calls().get(&id).await.unwrap();
    provider.calls().trace(&plain_order(), Timestamp::UNIX_EPOCH).await.unwrap();
    provider.agents().unwrap().list().await.unwrap();
    provider.numbers().unwrap().list().await.unwrap();
    provider.usage().unwrap().balances().await.unwrap();
    assert_eq!((taken(), server.asked().len()), (5, 7));
}

#[tokio::test]
async fn what_was_said_with_its_times_or_without() {
    let server = Server::answering(200, record("call_1").to_string()).await;
    let provider = provider_at(&server);
    let spoken = provider.transcripts().unwrap().transcript(&"call_1".into()).await.unwrap();
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
            (Speaker::Other("transfer_target".to_owned()), "Yes?", None),
        ]
    );
    let mut text_only = record("call_1");
    text_only["transcript_object"] = json!(null);
    text_only["transcript"] = json!("Agent: Hello\n\nUser: It is 5:30\nNote: none");
    let server = Server::answering(200, text_only.to_string()).await;
    let provider = provider_at(&server);
    let spoken = provider.transcripts().unwrap().transcript(&"call_1".into()).await.unwrap();
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
async fn the_recording_is_a_url_that_is_not_shown() {
    let server = Server::answering(200, record("call_1").to_string()).await;
    let provider = provider_at(&server);
    let sound = provider.recordings().unwrap().recording(&"call_1".into()).await.unwrap();
    assert_eq!(
        (sound.duration, sound.format.as_deref()),
        (Some(Duration::from_millis(65_250)), Some("wav"))
    );
    assert!(!format!("{sound:?}").contains("signature"));
}

#[tokio::test]
async fn a_call_without_words_or_sound_has_none() {
    let body = json!({"call_id": "call_1", "call_status": "ongoing"}).to_string();
    let server = Server::answering(200, body).await;
    let provider = provider_at(&server);
    let id = "call_1".into();
    let spoken = provider.transcripts().unwrap().transcript(&id).await.unwrap_err();
    let sound = provider.recordings().unwrap().recording(&id).await.unwrap_err();
    assert_eq!((spoken.kind(), sound.kind()), (ErrorKind::NotFound, ErrorKind::NotFound));
}

#[tokio::test]
async fn what_the_simulator_recorded() {
    let script = CallScript::new(Outcome::Completed).talking_for(Duration::from_secs(65));
    let (_simulator, provider) = started(quick().outcome(CALLEE, script)).await;
    let placed = provider.calls().place(&plain_order()).await.unwrap();
    let call = over(&provider, &placed.id).await;
    assert_eq!(call.duration, Some(Duration::from_secs(65)));
    assert_eq!(call.cost, Some(Cost::Money(Money::from_micros(75_834, Currency::USD))));
    let spoken = provider.transcripts().unwrap().transcript(&placed.id).await.unwrap();
    assert!(spoken.entries.iter().any(|entry| entry.speaker == Speaker::Agent));
    assert!(spoken.entries.iter().all(|entry| entry.offset.is_some()));
    provider.recordings().unwrap().recording(&placed.id).await.unwrap();
}
