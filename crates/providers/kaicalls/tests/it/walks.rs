//! Lists without an end, and how much is read of them.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use crate::support::{Server, plain_order, provider_at};
use futures::{TryStreamExt, future::BoxFuture};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use switchboard_core::{
    CallFilter, CallListsExt, ErrorKind, PageRequest, Provider, ReadTurns, UsageFilter,
};
use switchboard_http::ReadLimits;

fn sent() -> Timestamp {
    "2026-02-15T14:30:00Z".parse().unwrap()
}

/// Counts turns, and lets everybody have one.
#[derive(Debug, Default)]
struct Turns(AtomicUsize);

impl ReadTurns for Turns {
    fn turn(&self) -> BoxFuture<'static, ()> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::ready(()))
    }
}

/// Whatever the cursor says, rows that are new, each a nanosecond older than the one before, and
/// more of them.
fn stepping(told: &AtomicUsize, name: &str, rows: usize, filler: &str) -> (u16, String) {
    let from = told.fetch_add(rows, Ordering::SeqCst);
    let rows: Vec<Value> = (from..from + rows)
        .map(|id| {
            let at = sent() - SignedDuration::from_nanos(i64::try_from(id).unwrap());
            json!({"id": format!("row-{id}"), "call_id": format!("call-{id}"), "agent_id": "uuid-abc123", "method": "POST",
                "endpoint": "/v1/calls", "status_code": 201, "created_at": at.to_string(), "x": filler})
        })
        .collect();
    (200, json!({name: rows, "has_more": true}).to_string())
}

async fn endless(rows: usize, filler: usize) -> Server {
    let (filler, told) = ("x".repeat(filler), AtomicUsize::new(0));
    Server::start(move |asked| match asked.path.as_str() {
        "/api/v1/usage" => stepping(&told, "usage", rows, &filler),
        "/api/v1/events" => stepping(&told, "events", rows, &filler),
        "/api/v1/transcripts" => stepping(&told, "transcripts", rows, &filler),
        _ if asked.get("id").is_some() => {
            (200, json!({"id": asked.get("id"), "status": "completed"}).to_string())
        }
        _ => stepping(&told, "calls", rows, &filler),
    })
    .await
}

#[tokio::test]
async fn a_look_for_evidence_ends_and_says_that_it_saw_not_all() {
    for rows in [1, 100, 500] {
        let server = endless(rows, 0).await;
        let provider = provider_at(&server);
        let turns = Arc::new(Turns::default());
        assert!(provider.take_turns(Arc::<Turns>::clone(&turns)));
        let looked = provider.calls().trace(&plain_order(), sent()).await;
        let requests = server.asked().len();
        assert!(requests <= ReadLimits::SEARCH.requests, "{requests} for {rows}");
        assert!(requests <= ReadLimits::SEARCH.rows / rows + 1, "{requests} for {rows}");
        assert_eq!(turns.0.load(Ordering::SeqCst), requests, "each request takes a turn");
        let error = looked.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    }
}

#[tokio::test]
async fn large_pages_are_bounded_by_their_bytes() {
    let server = endless(2, 500_000).await;
    provider_at(&server).calls().trace(&plain_order(), sent()).await.unwrap_err();
    assert!(server.bytes() <= ReadLimits::SEARCH.bytes + (1 << 20), "{}", server.bytes());
    assert!(
        server.asked().len() <= ReadLimits::SEARCH.bytes / 1_000_000 + 1,
        "{}",
        server.asked().len()
    );
}

#[tokio::test]
async fn a_page_of_any_number_of_rows_is_one_page() {
    // As many as fit into the largest answer that is read.
    let rows: Vec<Value> = (0..60_000).map(|id| json!({"id": format!("{id:05}")})).collect();
    let server =
        Server::answering(200, json!({"calls": rows, "usage": [], "has_more": true}).to_string())
            .await;
    let error = provider_at(&server).calls().trace(&plain_order(), sent()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(server.asked().len(), 1, "no record of any of them is read");
}

#[tokio::test]
async fn a_usage_log_without_an_end_proves_nothing() {
    let told = AtomicUsize::new(0);
    let server = Server::start(move |asked| match asked.path.as_str() {
        "/api/v1/usage" => stepping(&told, "usage", 500, ""),
        _ if asked.get("id").is_some() => {
            (200, json!({"id": asked.get("id"), "status": "completed"}).to_string())
        }
        _ => (
            200,
            json!({"calls": [{"id": "c1", "created_at": sent().to_string()}], "has_more": false})
                .to_string(),
        ),
    })
    .await;
    let provider = provider_at(&server);
    let error = provider.calls().trace(&plain_order(), sent()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    assert!(server.asked().len() <= ReadLimits::SEARCH.requests, "{}", server.asked().len());
    let before = server.asked().len();
    let records = provider.usage().unwrap().records(&UsageFilter::default()).await.unwrap();
    assert!(!records.is_empty(), "what was read of a log counts");
    assert!(server.asked().len() - before <= 100);
}

#[tokio::test]
async fn a_list_that_repeats_its_page_is_at_its_end() {
    let row = json!({"id": "c1", "agent_id": "uuid-abc123", "status": "completed", "created_at": sent().to_string()});
    let server = Server::answering(
        200,
        json!({"calls": [row], "usage": [], "id": "c1", "has_more": true}).to_string(),
    )
    .await;
    let provider = provider_at(&server);
    provider.calls().trace(&plain_order(), sent()).await.unwrap();
    let all: Vec<_> =
        provider.lists().unwrap().all(CallFilter::default()).try_collect().await.unwrap();
    assert_eq!(all.len(), 1);
    assert!(server.asked().len() <= 8, "{}", server.asked().len());
}

#[tokio::test]
async fn pages_events_and_transcripts_have_an_end_too() {
    let server = endless(100, 0).await;
    let provider = provider_at(&server);
    let filter = CallFilter { agent: Some("nobody".into()), ..CallFilter::default() };
    provider.lists().unwrap().list(&filter, &PageRequest::default()).await.unwrap_err();
    assert!(server.asked().len() <= ReadLimits::PAGE.requests, "{}", server.asked().len());
    let before = server.asked().len();
    drop(provider.webhooks().unwrap().feed().unwrap().poll().await);
    assert!(server.asked().len() - before <= ReadLimits::SEARCH.requests);
    let before = server.asked().len();
    // Not among those that are read: that is not to say that there is none.
    assert_ne!(
        provider.transcripts().unwrap().transcript(&"c".into()).await.unwrap_err().kind(),
        ErrorKind::Timeout
    );
    assert!(server.asked().len() - before <= 21);
}

#[tokio::test]
async fn a_list_that_is_asked_for_whole_has_an_end_too() {
    let server = endless(100, 0).await;
    let provider = provider_at(&server);
    let all = provider.lists().unwrap().all(CallFilter::default()).try_collect::<Vec<_>>().await;
    assert_eq!(all.map(|calls| calls.len()).map_err(|error| error.kind()), Err(ErrorKind::Decode));
    assert!(server.asked().len() <= 2_000, "{}", server.asked().len());
}
