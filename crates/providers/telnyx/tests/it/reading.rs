//! Records, lists, transcripts and recordings, against the simulator and against answers of a test.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use switchboard_core::{
    CallFilter, ErrorKind, Outcome, PageRequest, Provider, ProviderState, Speaker,
};
use switchboard_testkit::calls::{CallScript, Outcome as Ends};

use crate::support::{
    CALLEE, Server, number, order, over, plain_order, provider_at, quick, started,
};

fn talks() -> CallScript {
    CallScript::new(Ends::Completed)
        .ringing_for(Duration::from_secs(1))
        .talking_for(Duration::from_secs(65))
}

#[tokio::test]
async fn a_record_with_its_duration_cost_and_end() {
    let (_simulator, provider) = started(quick().outcome(CALLEE, talks())).await;
    let placed = provider.calls().place(&plain_order()).await.unwrap();
    let mut call = over(&provider, &placed.id).await;
    // The cost comes later than the end.
    while call.cost.is_none() {
        call = provider.calls().get(&placed.id).await.unwrap();
    }
    assert_eq!(call.to, Some(number(CALLEE)));
    assert_eq!(call.cost.unwrap().to_string(), "0.114 USD");
    assert_eq!((call.status_word.as_str(), call.failure_code.as_deref()), ("call.hangup", None));
    assert!(call.duration.is_some());
    let (_simulator, provider) = started(quick().ending(CALLEE, "user_busy")).await;
    let placed = provider.calls().place(&plain_order()).await.unwrap();
    let busy = over(&provider, &placed.id).await;
    assert_eq!(busy.state, ProviderState::Ended(Outcome::Busy));
    assert_eq!((busy.failure_code.as_deref(), busy.duration), (Some("user_busy"), None));
}

#[tokio::test]
async fn a_list_has_each_call_with_its_state() {
    let other = "+12125550124";
    let config = quick().ending(CALLEE, "user_busy").ending(other, "no_answer");
    let (_simulator, provider) = started(config).await;
    let first = provider.calls().place(&plain_order()).await.unwrap();
    over(&provider, &first.id).await;
    let second = order(switchboard_core::CallRequest::new(other, "Confirm")).with(|order| {
        order.idempotency_key = uuid::Uuid::from_u128(7);
        order.attempt = switchboard_core::AttemptId::new(uuid::Uuid::from_u128(8));
    });
    let second_id = provider.calls().place(&second).await.unwrap().id;
    over(&provider, &second_id).await;
    let lists = provider.lists().unwrap();
    let list =
        async |filter: CallFilter, page: PageRequest| lists.list(&filter, &page).await.unwrap();
    let all = list(CallFilter::default(), PageRequest::default()).await;
    let found: Vec<_> = all.items.iter().map(|call| (call.id.clone(), call.state)).collect();
    assert_eq!(
        found,
        [
            (second_id.clone(), ProviderState::Ended(Outcome::NoAnswer)),
            (first.id.clone(), ProviderState::Ended(Outcome::Busy)),
        ]
    );
    let mut pages = Vec::new();
    let mut page = PageRequest { limit: Some(1), cursor: None };
    loop {
        let one = list(CallFilter::default(), page.clone()).await;
        pages.extend(one.items.into_iter().map(|call| call.id));
        let Some(cursor) = one.next else { break };
        page.cursor = Some(cursor);
    }
    assert_eq!(pages, [second_id.clone(), first.id.clone()]);
    for (filter, expected) in [
        (CallFilter { to: Some(number(CALLEE)), ..CallFilter::default() }, vec![first.id.clone()]),
        (
            CallFilter { reference: Some(second.attempt.to_string()), ..CallFilter::default() },
            vec![second_id.clone()],
        ),
        (CallFilter { agent: Some("a".into()), ..CallFilter::default() }, vec![]),
        (
            CallFilter {
                since: Timestamp::now().checked_add(SignedDuration::from_hours(1)).ok(),
                ..CallFilter::default()
            },
            vec![],
        ),
    ] {
        let found = list(filter, PageRequest::default()).await.items;
        assert_eq!(found.into_iter().map(|call| call.id).collect::<Vec<_>>(), expected);
    }
    let bad = PageRequest { limit: None, cursor: Some("x".to_owned()) };
    let error = lists.list(&CallFilter::default(), &bad).await.unwrap_err();
    assert_eq!(error.field(), Some("cursor"));
}

#[tokio::test]
async fn the_transcript_and_the_recording() {
    let (_simulator, provider) = started(quick().outcome(CALLEE, talks())).await;
    let order = plain_order().with(|order| order.first_message = Some("Good evening".to_owned()));
    let placed = provider.calls().place(&order).await.unwrap();
    over(&provider, &placed.id).await;
    let transcript = provider.transcripts().unwrap().transcript(&placed.id).await.unwrap();
    assert_eq!(transcript.entries[0].speaker, Speaker::Agent);
    assert_eq!(transcript.entries[0].text, "Good evening");
    assert_eq!(transcript.entries[1].speaker, Speaker::Callee);
    assert!(transcript.entries.iter().all(|entry| entry.offset.is_some()));
    let recording = provider.recordings().unwrap().recording(&placed.id).await.unwrap();
    assert_eq!(recording.format.as_deref(), Some("mp3"));
    assert_eq!(recording.duration, Some(Duration::from_secs(65)));
}

#[tokio::test]
async fn a_call_that_nobody_answered_has_neither() {
    let (_simulator, provider) = started(quick().ending(CALLEE, "user_busy")).await;
    let placed = provider.calls().place(&plain_order()).await.unwrap();
    over(&provider, &placed.id).await;
    let none = provider.transcripts().unwrap().transcript(&placed.id).await.unwrap_err();
    assert_eq!(none.kind(), ErrorKind::NotFound);
    let none = provider.recordings().unwrap().recording(&placed.id).await.unwrap_err();
    assert_eq!(none.kind(), ErrorKind::NotFound);
}

/// A filter that is ignored shows somebody else's conversation, which is not taken.
#[tokio::test]
async fn a_conversation_of_another_call_is_not_ours() {
    let server = Server::start(|asked| {
        let body = match asked.path.as_str() {
            "/v2/ai/conversations" => {
                json!({"data": [{"id": "c9", "metadata": {"call_control_id": "v3:other"}}]})
            }
            _ => json!({"data": []}),
        };
        (200, body.to_string())
    })
    .await;
    let provider = provider_at(&server);
    let none = provider.transcripts().unwrap().transcript(&"v3:1".into()).await.unwrap_err();
    assert_eq!(none.kind(), ErrorKind::NotFound);
}

/// The same for the sound of a call.
#[tokio::test]
async fn a_recording_of_another_call_is_not_ours() {
    let rows = |legs: &[&str]| {
        let row = |leg: &&str| json!({"call_leg_id": leg, "download_urls": {"mp3": format!("https://x.example/{leg}.mp3")}});
        json!({"data": legs.iter().map(row).collect::<Vec<_>>()}).to_string()
    };
    for (legs, expected) in
        [(rows(&["l2"]), None), (rows(&["l2", "l1"]), Some("https://x.example/l1.mp3"))]
    {
        let server = Server::start(move |asked| {
            let body = match asked.path.as_str() {
                "/v2/recordings" => legs.clone(),
                _ => json!({"data": {"call_control_id": "v3:1", "call_leg_id": "l1"}}).to_string(),
            };
            (200, body)
        })
        .await;
        let provider = provider_at(&server);
        let found = provider.recordings().unwrap().recording(&"v3:1".into()).await;
        assert_eq!(found.ok().map(|one| one.url.to_string()).as_deref(), expected);
    }
}

#[tokio::test]
async fn an_answer_about_another_call_or_about_none() {
    for body in
        [r#"{"data":{"call_control_id":"v3:2","is_alive":true}}"#, r#"{"data":{}}"#, "{}", "[]"]
    {
        let server = Server::answering(200, body).await;
        let error = provider_at(&server).calls().get(&"v3:1".into()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
    }
}

#[tokio::test]
async fn a_live_call_is_stopped() {
    let endless = CallScript::new(Ends::Completed)
        .ringing_for(Duration::ZERO)
        .talking_for(Duration::from_secs(14_000));
    let (_simulator, provider) = started(quick().speed(1.0).outcome(CALLEE, endless)).await;
    let placed = provider.calls().place(&plain_order()).await.unwrap();
    provider.stops().unwrap().stop(&placed.id).await.unwrap();
    assert!(over(&provider, &placed.id).await.state.is_over());
}

#[tokio::test]
async fn a_live_call_is_transferred() {
    let endless = CallScript::new(Ends::Completed)
        .ringing_for(Duration::ZERO)
        .talking_for(Duration::from_secs(14_000));
    let (simulator, provider) = started(quick().speed(1.0).outcome(CALLEE, endless)).await;
    let placed = provider.calls().place(&plain_order()).await.unwrap();
    let other = number("+12125550124");
    provider.transfers().unwrap().transfer(&placed.id, &other).await.unwrap();
    assert_eq!(simulator.rings().count(other.e164()), 1);
}
