//! Events: streamed where the provider streams, polled where it does not.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{OTHER, fast, feed, ids, simulated};
use futures::{StreamExt, TryStreamExt};
use switchboard_core::{EventKind, Outcome, Provider, ProviderState};
use switchboard_testkit::fault::{Fault, Rule};

#[tokio::test]
async fn the_stream_tells_what_happens_to_inbound_calls() {
    let (sim, kallyai) = simulated(fast()).await;
    let mut stream = feed(&kallyai).stream().await.unwrap();
    let call = sim.receive_call(OTHER, "Maria", true);
    let started = stream.try_next().await.unwrap().unwrap();
    assert_eq!(started.kind, EventKind::InboundCall(ProviderState::InProgress));
    assert_eq!(started.call.as_ref().map(|id| id.as_str()), Some(call.as_str()));
    assert!(started.at.is_some());
    sim.end_inbound_call(&call);
    let ended = stream.try_next().await.unwrap().unwrap();
    assert_eq!(ended.kind, EventKind::InboundCall(ProviderState::Ended(Outcome::Completed)));
    assert_ne!(started.id, ended.id);
    // The same event by a poll has the same id.
    let polled = feed(&kallyai).poll().await.unwrap();
    assert!(ids(&polled).contains(&started.id.as_str()) && ids(&polled).contains(&ended.id.as_str()));
}

#[tokio::test]
async fn heartbeats_and_unknown_events_do_no_harm() {
    let (sim, kallyai) = simulated(fast()).await;
    let text = ": keep-alive\n\nretry: 1000\n\nevent: call.ringing\ndata: {\"call_id\": \"c1\"}\n\ndata: not json\n\nid: 9\nevent: odd\ndata: [1]\n\n";
    sim.faults().add(Rule::on(
        "GET",
        "/v1/inbound/events",
        Fault::raw(200, text).with_header("content-type", "text/event-stream; charset=utf-8"),
    ));
    let events: Vec<_> = feed(&kallyai).stream().await.unwrap().try_collect().await.unwrap();
    let kinds: Vec<_> = events.iter().map(|event| &event.kind).collect();
    assert_eq!(
        kinds,
        [
            &EventKind::InboundCall(ProviderState::Ringing),
            &EventKind::Other(String::new()),
            &EventKind::Other("odd".to_owned())
        ]
    );
    assert_eq!(events[2].id, "9");
}

#[tokio::test]
async fn a_broken_stream_is_an_error_and_then_its_end() {
    let (sim, kallyai) = simulated(fast()).await;
    let mut stream = feed(&kallyai).stream().await.unwrap();
    sim.receive_call(OTHER, "Maria", false);
    stream.try_next().await.unwrap().unwrap();
    sim.sever_connections();
    assert!(stream.next().await.unwrap().is_err());
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn json_instead_of_a_stream_is_polled_and_tells_only_what_is_new() {
    let (sim, kallyai) = simulated(fast()).await;
    let list = |ids: &[&str]| {
        let events: Vec<_> = ids
            .iter()
            .map(|id| serde_json::json!({"id": id, "type": "call.missed", "call_id": "c1"}))
            .collect();
        Fault::raw(200, serde_json::json!({"events": events}).to_string()).with_header("content-type", "application/json")
    };
    // The stream's own request, the look that learns what is old, and the first look for news.
    sim.faults()
        .add(Rule::on("GET", "/v1/inbound/events", list(&["old"])).nth(1).nth(2));
    sim.faults().add(Rule::on("GET", "/v1/inbound/events", list(&["old", "new"])));
    let mut stream = feed(&kallyai).stream().await.unwrap();
    let event = stream.try_next().await.unwrap().unwrap();
    assert_eq!(event.id, "new");
    assert_eq!(event.kind, EventKind::InboundCall(ProviderState::Ended(Outcome::NoAnswer)));
}

#[tokio::test]
async fn a_poll_does_not_wait_for_a_stream_to_end() {
    let (sim, kallyai) = simulated(fast()).await;
    let endless = Fault::raw(200, "data: {}\n\n").with_header("content-type", "text/event-stream");
    sim.faults().add(Rule::on("GET", "/v1/inbound/events", endless));
    sim.faults().add(Rule::on(
        "GET",
        "/v1/notifications/pending",
        Fault::raw(200, include_str!("fixtures/002_notifications.json")),
    ));
    assert_eq!(feed(&kallyai).poll().await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_poll_has_what_waits_and_what_came_in() {
    let (sim, kallyai) = simulated(fast()).await;
    sim.faults().add(Rule::on(
        "GET",
        "/v1/notifications/pending",
        Fault::raw(200, include_str!("fixtures/002_notifications.json")),
    ));
    sim.receive_call(OTHER, "Maria", false);
    let events = feed(&kallyai).poll().await.unwrap();
    let waiting = events.iter().filter(|event| event.kind == EventKind::Notification).count();
    assert_eq!((waiting, events.len()), (3, 4));
    let webhooks = kallyai.webhooks().unwrap();
    assert!(webhooks.receiver().is_none() && webhooks.subscriptions().is_none());
}
