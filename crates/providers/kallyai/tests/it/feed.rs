//! Events: streamed where the provider streams, polled where it does not.

use crate::support::{OTHER, fast, feed, ids, simulated};
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
    assert!(
        ids(&polled).contains(&started.id.as_str()) && ids(&polled).contains(&ended.id.as_str())
    );
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
        Fault::raw(200, serde_json::json!({"events": events}).to_string())
            .with_header("content-type", "application/json")
    };
    // The stream's own request, the look that learns what is old, and the first look for news.
    sim.faults().add(Rule::on("GET", "/v1/inbound/events", list(&["old"])).nth(1).nth(2));
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
        Fault::raw(200, include_str!("../fixtures/002/notifications_pending_answer.json")),
    ));
    assert_eq!(feed(&kallyai).poll().await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_poll_has_what_waits_and_what_came_in() {
    let (sim, kallyai) = simulated(fast()).await;
    sim.faults().add(Rule::on(
        "GET",
        "/v1/notifications/pending",
        Fault::raw(200, include_str!("../fixtures/002/notifications_pending_answer.json")),
    ));
    sim.receive_call(OTHER, "Maria", false);
    let events = feed(&kallyai).poll().await.unwrap();
    let waiting = events.iter().filter(|event| event.kind == EventKind::Notification).count();
    assert_eq!((waiting, events.len()), (3, 4));
    let webhooks = kallyai.webhooks().unwrap();
    assert!(webhooks.receiver().is_none() && webhooks.subscriptions().is_none());
}

#[tokio::test]
async fn whoever_follows_hears_everything_once_over_broken_connections() {
    let (sim, kallyai) = simulated(fast()).await;
    let mut events = kallyai.client().inbound().follow();
    let first = sim.receive_call(OTHER, "Maria", true);
    let started = events.try_next().await.unwrap().unwrap();
    assert_eq!(started.call_id.as_deref(), Some(first.as_str()));
    sim.sever_connections();
    sim.faults()
        .add(Rule::on("GET", "/v1/inbound/events", Fault::answer(503, "unavailable")).nth(1));
    let second = sim.receive_call(OTHER, "Maria", false);
    // The provider tells its whole log again: what was told is not told again.
    let next = events.try_next().await.unwrap().unwrap();
    assert_eq!(next.call_id.as_deref(), Some(second.as_str()));
    let resumed = sim.requests().pop().unwrap();
    assert_eq!(resumed.header("last-event-id"), started.id.as_deref());
    assert_eq!(sim.requests().len(), 3);
}

#[tokio::test]
async fn whoever_follows_a_provider_that_does_not_stream_polls_it() {
    let (sim, kallyai) = simulated(fast()).await;
    let list = |ids: &[&str]| {
        let events: Vec<_> =
            ids.iter().map(|id| serde_json::json!({"id": id, "type": "call.missed"})).collect();
        Fault::raw(200, serde_json::json!({"events": events}).to_string())
            .with_header("content-type", "application/json")
    };
    sim.faults().add(Rule::on("GET", "/v1/inbound/events", list(&["one"])).nth(1).nth(2));
    sim.faults().add(Rule::on("GET", "/v1/inbound/events", Fault::raw(200, "<html>")).nth(1));
    sim.faults().add(Rule::on("GET", "/v1/inbound/events", list(&["one", "two"])));
    let events: Vec<_> = kallyai.client().inbound().follow().take(2).try_collect().await.unwrap();
    let ids: Vec<_> = events.iter().filter_map(|event| event.id.as_deref()).collect();
    assert_eq!(ids, ["one", "two"]);
    assert_eq!(sim.requests().len(), 4);
}

#[tokio::test]
async fn following_ends_where_asking_again_cannot_help() {
    for fault in [
        Fault::answer(403, "forbidden"),
        Fault::answer(404, "not_found"),
        Fault::raw(200, "<html>"),
    ] {
        let (sim, kallyai) = simulated(fast()).await;
        sim.faults().add(Rule::on("GET", "/v1/inbound/events", fault));
        let mut events = kallyai.client().inbound().follow();
        assert!(events.next().await.unwrap().is_err());
        assert!(events.next().await.is_none());
        assert_eq!(sim.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_provider_that_tells_its_log_and_hangs_up_is_asked_ever_more_slowly() {
    use std::{sync::Arc, sync::Mutex, time::Duration};

    use futures::future::BoxFuture;
    use switchboard_core::{Clock, SystemClock};
    use switchboard_kallyai::KallyAiClient;

    #[derive(Debug, Default)]
    struct Noting(Mutex<Vec<u64>>);

    impl Clock for Noting {
        fn now(&self) -> jiff::Timestamp {
            jiff::Timestamp::now()
        }

        fn uptime(&self) -> Duration {
            SystemClock.uptime()
        }

        fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
            self.0.lock().unwrap().push(duration.as_secs());
            Box::pin(tokio::task::yield_now())
        }
    }

    let (sim, _) = simulated(fast()).await;
    let log = |text: &str| Fault::raw(200, text).with_header("content-type", "text/event-stream");
    let one = "retry: 3000\nid: 1\ndata: {\"type\": \"call.missed\"}\n\n";
    for _ in 0..7 {
        sim.faults().add(Rule::on("GET", "/v1/inbound/events", log(one)).nth(1));
    }
    let two = format!("{one}id: 2\ndata: {{\"type\": \"call.missed\"}}\n\n");
    sim.faults().add(Rule::on("GET", "/v1/inbound/events", log(&two)));
    let clock = Arc::new(Noting::default());
    let client =
        KallyAiClient::new(&crate::support::settings(&sim), Arc::clone(&clock) as Arc<dyn Clock>)
            .unwrap();
    let events: Vec<_> = client.inbound().follow().take(2).try_collect().await.unwrap();
    assert_eq!(
        events.iter().filter_map(|event| event.id.as_deref()).collect::<Vec<_>>(),
        ["1", "2"]
    );
    assert_eq!(*clock.0.lock().unwrap(), [3, 6, 12, 24, 48, 60, 60]);
    let last = sim.requests().pop().unwrap();
    assert_eq!(last.header("last-event-id"), Some("1"));
}
