//! Events against the simulated KaiCalls: the log, its deliveries, and the feed on it.

use std::{sync::Arc, time::Duration};

use crate::support::{
    CALLEE, Server, order, plain_order, provider_at,
    sim::{SECOND, account, quick, started, until},
};
use futures::{FutureExt, StreamExt, future::BoxFuture};
use jiff::Timestamp;
use parking_lot::Mutex;
use serde_json::json;
use switchboard_core::{
    CallRequest, Clock, ErrorKind, EventKind, Outcome, Provider, ProviderState, SystemClock,
};
use switchboard_kaicalls::{
    KaiCalls,
    api::{BackfillEvents, CreateWebhook, EventQuery, Filters, ReplayEvents},
    wire::EventRecord,
};

async fn ended(provider: &KaiCalls, call: &str) -> EventRecord {
    let query = EventQuery::new().event_type("call.completed").object_id(call);
    until("the call's end", async || {
        provider.client().events().list(&query).await.unwrap().items.into_iter().next()
    })
    .await
}

#[tokio::test]
async fn the_events_of_a_call() {
    let (simulator, provider) = started(quick()).await;
    let placed = provider.calls().place(&plain_order()).await.unwrap();
    let end = ended(&provider, placed.id.as_str()).await;
    assert_eq!(end.object_type.as_deref(), Some("call"));
    assert_eq!(end.business_id.as_deref(), Some(simulator.business_id()));
    assert_eq!(end.data.as_ref().unwrap()["status"], "completed");

    let events = provider.client().events();
    let all = events.list(&EventQuery::new()).await.unwrap();
    let types: Vec<&str> =
        all.items.iter().map(|event| event.event_type.as_deref().unwrap()).collect();
    assert_eq!(types, ["call.completed", "call.started", "call.ringing", "call.queued"]);
    let one = events.list(&EventQuery::new().limit(1_u32)).await.unwrap();
    assert_eq!((one.items.len(), one.has_more), (1, Some(true)));
    for (query, count) in [
        (EventQuery::new().event_id(end.id.clone().unwrap()), 1),
        (EventQuery::new().event_id("evt_none"), 0),
        (EventQuery::new().object_type("lead"), 0),
        (EventQuery::new().business_id(simulator.business_id()).status("recorded"), 4),
        (EventQuery::new().from("2020-01-01").to("2020-12-31T00:00:00Z"), 0),
        (EventQuery::new().from("2020-01-01"), 4),
    ] {
        assert_eq!(
            events.list(&query).await.unwrap().items.len(),
            count,
            "{:?}",
            serde_json::to_string(&query)
        );
    }
    let wrong = events.list(&EventQuery::new().from("yesterday")).await.unwrap_err();
    assert_eq!((wrong.kind(), wrong.code()), (ErrorKind::InvalidRequest, Some("invalid_request")));
}

#[tokio::test]
async fn deliveries_replay_and_backfill() {
    let (simulator, provider) = started(quick().webhook_retries([])).await;
    let client = provider.client();
    let order_made = client
        .webhooks()
        .create(&CreateWebhook::new("http://192.0.2.1/hook").events(["call.completed".to_owned()]))
        .await
        .unwrap();
    let placed = provider.calls().place(&plain_order()).await.unwrap();
    let event = ended(&provider, placed.id.as_str()).await.id.unwrap();
    let events = client.events();
    let of_event = Filters::new().with("event_id", &event).limit(50);
    let delivered = async |count: usize| {
        until("the deliveries", async || {
            let rows = events.deliveries(&of_event).await.unwrap().items;
            (rows.len() == count).then_some(rows)
        })
        .await
    };
    let first = delivered(1).await;
    assert_eq!(first[0].webhook_id, order_made.id);
    assert_eq!(
        (first[0].event_type.as_deref(), first[0].attempt, first[0].status.as_deref()),
        (Some("call.completed"), Some(1), Some("failed"))
    );

    let again = events.replay(&ReplayEvents::event(event.as_str())).await.unwrap();
    assert_eq!((again.success, again.count), (Some(true), Some(1)));
    delivered(2).await;
    events
        .replay(&ReplayEvents::events([event.as_str()]).business_id(simulator.business_id()))
        .await
        .unwrap();
    delivered(3).await;
    let by_filter = ReplayEvents::matching(EventQuery::new().event_type("call.completed"));
    assert_eq!(events.replay(&by_filter).await.unwrap().event_ids, Some(vec![event.clone()]));
    delivered(4).await;
    let time = BackfillEvents::new("2020-01-01", "2120-01-01").event_type("call.completed");
    assert_eq!(events.backfill(&time).await.unwrap().count, Some(1));
    delivered(5).await;
    assert_eq!(simulator.rings().count(CALLEE), 1, "a replay rings nobody");

    let unknown = events.replay(&ReplayEvents::event("evt_none")).await.unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
    let asked = simulator.requests().len();
    let none: [&str; 0] = [];
    for empty in [ReplayEvents::event(""), ReplayEvents::events(none)] {
        assert_eq!(events.replay(&empty).await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    }
    assert_eq!(simulator.requests().len(), asked, "nothing was sent");
}

/// A clock that a test turns: whoever sleeps on it sleeps until it is told to wake.
#[derive(Debug, Default)]
struct Turned {
    sleepers: Mutex<Vec<tokio::sync::oneshot::Sender<()>>>,
    slept: tokio::sync::Notify,
}

impl Clock for Turned {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn uptime(&self) -> Duration {
        SystemClock.uptime()
    }

    fn sleep(&self, _duration: Duration) -> BoxFuture<'static, ()> {
        let (waker, woken) = tokio::sync::oneshot::channel();
        self.sleepers.lock().push(waker);
        self.slept.notify_one();
        woken.map(drop).boxed()
    }
}

impl Turned {
    fn wake(&self) {
        for sleeper in self.sleepers.lock().drain(..) {
            sleeper.send(()).unwrap();
        }
    }
}

#[tokio::test]
async fn the_feed_tells_each_event_once() {
    let (_simulator, provider) = started(quick()).await;
    let feed = provider.webhooks().unwrap().feed().unwrap();
    assert!(feed.poll().await.unwrap().is_empty());
    let placed = provider.calls().place(&plain_order()).await.unwrap();
    ended(&provider, placed.id.as_str()).await;
    let told = feed.poll().await.unwrap();
    let kinds: Vec<&EventKind> = told.iter().map(|event| &event.kind).collect();
    assert_eq!(kinds.len(), 4);
    assert!(kinds.contains(&&EventKind::Call(ProviderState::Queued)));
    assert!(kinds.contains(&&EventKind::Call(ProviderState::InProgress)));
    let end = told
        .iter()
        .find(|event| event.kind == EventKind::Call(ProviderState::Ended(Outcome::Completed)))
        .unwrap();
    assert_eq!(end.call.as_ref(), Some(&placed.id));
    assert_eq!(end.duration, Some(Duration::from_secs(1)));
    assert!(end.at.is_some() && end.id.starts_with("evt_"));
    assert!(feed.poll().await.unwrap().is_empty(), "nothing twice");
    assert!(provider.clone().webhooks().unwrap().feed().unwrap().poll().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_stream_tells_what_is_new_and_outlives_a_failure() {
    let (simulator, _) = started(quick()).await;
    let clock = Arc::new(Turned::default());
    let provider = KaiCalls::new(account(&simulator), Arc::<Turned>::clone(&clock)).unwrap();
    let before = provider.calls().place(&plain_order()).await.unwrap();
    ended(&provider, before.id.as_str()).await;
    let mut stream = provider.webhooks().unwrap().feed().unwrap().stream().await.unwrap();

    let after = provider.calls().place(&order(CallRequest::new(SECOND, "Confirm"))).await.unwrap();
    ended(&provider, after.id.as_str()).await;
    let (event, ()) = futures::join!(stream.next(), async {
        clock.slept.notified().await;
        clock.wake();
    });
    assert_eq!(
        event.unwrap().unwrap().call.as_ref(),
        Some(&after.id),
        "what was before is not told"
    );
    for _ in 0..3 {
        assert_eq!(stream.next().await.unwrap().unwrap().call.as_ref(), Some(&after.id));
    }

    simulator.revoke(simulator.credential());
    let (event, ()) = futures::join!(stream.next(), async {
        clock.slept.notified().await;
        clock.wake();
    });
    assert_eq!(event.unwrap().unwrap_err().kind(), ErrorKind::Unauthorized);
    assert!(stream.next().now_or_never().is_none(), "it goes on waiting");
}

#[tokio::test]
async fn a_busy_log_is_read_in_slices_in_either_direction() {
    let start: Timestamp = Timestamp::now() - jiff::SignedDuration::from_mins(30);
    let rows: Vec<_> = (0..450_i64)
        .map(|nth| {
            let at = (start + jiff::SignedDuration::from_secs(nth / 40))
                .strftime("%Y-%m-%dT%H:%M:%SZ")
                .to_string();
            json!({"id": format!("evt_{nth}"), "event_type": "call.started", "object_type": "call", "object_id": "c", "created_at": at})
        })
        .collect();
    for newest_first in [true, false] {
        for says_more in [true, false] {
            let mut rows = rows.clone();
            if newest_first {
                rows.reverse();
            }
            let server = Server::start(move |asked| {
                let within = |row: &serde_json::Value| {
                    let at = row["created_at"].as_str().unwrap();
                    asked.get("from").is_none_or(|from| at >= from)
                        && asked.get("to").is_none_or(|to| at < to)
                };
                let mut shown = rows.iter().filter(|row| within(row));
                let page: Vec<_> = shown.by_ref().take(100).collect();
                let mut body = json!({"events": page});
                if says_more {
                    body["has_more"] = json!(shown.next().is_some());
                }
                (200, body.to_string())
            })
            .await;
            let provider = provider_at(&server);
            let feed = provider.webhooks().unwrap().feed().unwrap();
            let told = feed.poll().await.unwrap();
            assert_eq!(told.len(), 450, "newest first: {newest_first}, says more: {says_more}");
            assert!(told.is_sorted_by_key(|event| event.at));
            assert!(feed.poll().await.unwrap().is_empty());
        }
    }
}

#[tokio::test]
async fn an_events_own_status_is_not_the_calls() {
    let rows = json!({"events": [
        {"id": "e1", "event_type": "call.completed", "object_type": "call", "object_id": "c1", "status": "failed", "created_at": 1_771_165_800},
        {"id": "e2", "type": "lead.created", "object_type": "lead", "object_id": "l1", "payload": {"id": "l1"}},
        {"id": "e3", "event_type": "call.completed", "data": {"call": {"id": "c3", "status": "busy"}}},
        {"event_type": "call.failed", "data": {"call_id": "c4", "error": "no_answer"}},
    ]});
    let server = Server::answering(200, rows.to_string()).await;
    let provider = provider_at(&server);
    let told = provider.webhooks().unwrap().feed().unwrap().poll().await.unwrap();
    let find = |id: &str| told.iter().find(|event| event.id == id).unwrap();
    assert_eq!(find("e1").kind, EventKind::Call(ProviderState::Ended(Outcome::Completed)));
    assert_eq!(find("e1").call.as_ref().unwrap().as_str(), "c1");
    assert_eq!(
        (&find("e2").kind, &find("e2").call),
        (&EventKind::Other("lead.created".to_owned()), &None)
    );
    assert_eq!(find("e3").kind, EventKind::Call(ProviderState::Ended(Outcome::Busy)));
    assert_eq!(find("e3").call.as_ref().unwrap().as_str(), "c3");
    let unnamed = told
        .iter()
        .find(|event| event.call.as_ref().is_some_and(|call| call.as_str() == "c4"))
        .unwrap();
    assert_eq!(unnamed.kind, EventKind::Call(ProviderState::Ended(Outcome::NoAnswer)));
    assert!(!unnamed.id.is_empty());
}
