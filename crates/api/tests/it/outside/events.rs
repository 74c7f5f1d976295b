//! Reading events page by page.

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use switchboard::{Clock as _, journal::server::EventFeed as _};
use switchboard_api::caller::Role;

use super::Outside;

#[derive(Deserialize)]
struct Page {
    data: Vec<Box<RawValue>>,
    has_more: bool,
    next_cursor: String,
}

/// Reads from a cursor on until there is no more: the JSON of each event, and the last cursor.
async fn read(
    outside: &Outside,
    key: &str,
    query: &str,
    mut after: String,
) -> (Vec<String>, String) {
    let mut all = Vec::new();
    loop {
        let cursor = if after.is_empty() { String::new() } else { format!("&after={after}") };
        let answer = outside.get(&format!("/v1/events?limit=7{query}{cursor}"), key).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let page: Page = serde_json::from_str(&answer.text).unwrap();
        assert!(page.data.len() <= 7);
        all.extend(page.data.iter().map(|event| event.get().to_owned()));
        after = page.next_cursor;
        if !page.has_more {
            return (all, after);
        }
    }
}

#[tokio::test]
async fn polling_and_streams_give_the_same_bytes_in_the_same_order() {
    let outside = Outside::start();
    let key = outside.key(Some("acme"), Role::Caller).await;
    outside.publish("acme", "call.created", 0..1).await;
    let mut stream = outside.stream("", &key, None).await;
    for number in 0..20 {
        outside.publish("acme", "call.ended", number * 2..number * 2 + 2).await;
        outside.publish("other", "call.ended", number..number + 1).await;
    }
    let streamed = stream.events(40).await;
    let (polled, end) = read(&outside, &key, "", String::new()).await;
    assert_eq!(polled.len(), 41, "from the oldest on");
    let streamed: Vec<String> = streamed.into_iter().map(|(_, json)| json).collect();
    assert_eq!(polled[1..], streamed);
    // The end of a page is a cursor too, for both.
    outside.publish("acme", "call.ended", 40..41).await;
    let (more, _) = read(&outside, &key, "", end.clone()).await;
    assert_eq!(more.len(), 1);
    assert_eq!(outside.stream(&format!("?after={end}"), &key, None).await.event().await.1, more[0]);
    let event: serde_json::Value = serde_json::from_str(&more[0]).unwrap();
    let keys: Vec<&String> = event.as_object().unwrap().keys().collect();
    assert_eq!(keys.len(), 5, "{keys:?}");
    assert_eq!((&event["type"], &event["tenant"]), (&"call.ended".into(), &"acme".into()));
    assert_eq!(event["timestamp"], "2026-03-02T09:00:00.000000Z");
    assert_eq!(event["data"]["number"], 40);
    assert!(event["id"].as_str().unwrap().starts_with("evt_"));
}

#[tokio::test]
async fn everybody_reads_their_own_events() {
    let outside = Outside::start();
    let acme = outside.key(Some("acme"), Role::Caller).await;
    let other = outside.key(Some("other"), Role::Caller).await;
    let operator = outside.key(None, Role::Operator).await;
    outside.publish("acme", "call.ended", 0..3).await;
    outside.publish("other", "call.ended", 0..2).await;
    outside.publish("other", "call.created", 0..1).await;
    let (of_acme, cursor) = read(&outside, &acme, "", String::new()).await;
    let (of_other, _) = read(&outside, &other, "", String::new()).await;
    let (of_all, _) = read(&outside, &operator, "", String::new()).await;
    assert_eq!((of_acme.len(), of_other.len(), of_all.len()), (3, 3, 6));
    assert!(of_acme.iter().all(|json| json.contains("\"tenant\":\"acme\"")));
    // Types are chosen; the same cursor works for other types.
    let (ended, _) = read(&outside, &other, "&type=call.ended", String::new()).await;
    let (both, _) =
        read(&outside, &other, "&type=call.ended&type=call.created", String::new()).await;
    assert_eq!((ended.len(), both.len()), (2, 3));
    // A cursor belongs to its tenant.
    for key in [&other, &operator] {
        let answer = outside.get(&format!("/v1/events?after={cursor}"), key).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (400, "cursor_invalid"));
    }
    let answer = outside.get("/v1/events?call=nonsense", &acme).await;
    assert_eq!(answer.body["field"], "call");
    let answer = outside.get("/v1/events?kind=call.ended", &acme).await;
    assert_eq!(answer.code(), "unknown_field");
}

#[tokio::test]
async fn whoever_comes_too_late_is_told_and_not_given_a_gap() {
    let outside = Outside::start();
    let key = outside.key(Some("acme"), Role::Caller).await;
    let mut stream = outside.stream("", &key, None).await;
    outside.publish("acme", "call.ended", 0..5).await;
    let early = stream.events(5).await;
    outside.clock.advance(Duration::from_secs(10));
    outside.publish("acme", "call.ended", 5..8).await;
    let late = stream.events(3).await;
    assert_eq!(outside.store.forget(outside.clock.now()).await.unwrap(), 5);

    let cursor = &early[2].0;
    let page = outside.get(&format!("/v1/events?after={cursor}"), &key).await;
    assert_eq!((page.status.as_u16(), page.code()), (410, "events_gone"), "{}", page.text);
    let stream = outside.get(&format!("/v1/events/stream?after={cursor}"), &key).await;
    assert_eq!((stream.status.as_u16(), stream.code()), (410, "events_gone"));
    assert_eq!(stream.body["oldest"], page.body["oldest"]);
    let oldest = page.body["oldest"].as_str().unwrap().to_owned();
    let (rest, _) = read(&outside, &key, "", oldest).await;
    let late: Vec<String> = late.into_iter().map(|(_, json)| json).collect();
    assert_eq!(rest, late);
    // The last one that was forgotten was read: nothing is missing behind it.
    let (rest, _) = read(&outside, &key, "", early[4].0.clone()).await;
    assert_eq!(rest, late);
}

#[tokio::test]
async fn the_document_is_served_with_the_operations_of_events_in_it() {
    let outside = Outside::start();
    let answer = outside.get("/v1/openapi.json", "").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.body["servers"][0]["url"], "https://calls.example.com");
    assert!(answer.body["paths"]["/v1/events/stream"]["get"].is_object());
}
