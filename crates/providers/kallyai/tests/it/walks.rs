//! Lists without an end, and how much is read of them.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use crate::support::{CALLEE, OTHER, rude::Rude, simple_order};
use futures::{TryStreamExt, future::BoxFuture};
use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard_core::{CallFilter, CallListsExt, ErrorKind, PageRequest, Provider, ReadTurns};
use switchboard_http::ReadLimits;
use switchboard_kallyai::wire::Paging;

/// A call to somebody else, so that no look takes it for ours and none reads its detail.
fn record(id: usize, at: Timestamp) -> Value {
    let submission = json!({"respondent_phone": OTHER, "task_description": "Something else"});
    json!({"call_id": format!("c{id}"), "status": "success", "metadata": {"created_at": at.to_string()}, "submission": submission})
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

/// A list that always has one more page of `rows` new calls, each a nanosecond older than the one
/// before.
async fn endless(rows: usize) -> Rude {
    Rude::start(move |asked| {
        let from = asked.number("offset", 0);
        let now = Timestamp::now();
        let calls: Vec<Value> = (from..from + rows)
            .map(|id| {
                record(id, now - jiff::SignedDuration::from_nanos(i64::try_from(id).unwrap()))
            })
            .collect();
        (200, json!({"calls": calls, "has_more": true}).to_string())
    })
    .await
}

#[tokio::test]
async fn a_look_for_evidence_ends_and_says_that_it_saw_not_all() {
    for rows in [1, 200, 600] {
        let server = endless(rows).await;
        let provider = server.provider();
        let turns = Arc::new(Turns::default());
        assert!(provider.take_turns(Arc::<Turns>::clone(&turns)));
        let error = provider.calls().trace(&simple_order(), Timestamp::now()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        assert!(error.message().contains("was not read to its end"), "{error}");
        let requests = server.asked().len();
        assert!(
            requests <= ReadLimits::SEARCH.requests
                && requests <= ReadLimits::SEARCH.rows / rows + 1,
            "{requests} for {rows}"
        );
        assert!(server.bytes() <= ReadLimits::SEARCH.bytes + (1 << 20), "{} bytes", server.bytes());
        assert_eq!(turns.0.load(Ordering::SeqCst), requests, "each request takes a turn");
    }
}

#[tokio::test]
async fn a_found_call_proves_nothing_where_the_list_has_no_end() {
    // The first row is ours in every respect; there may be any number of such rows behind the
    // bound.
    let order = simple_order();
    let task = order.call.task.clone();
    let server = Rude::start(move |asked| {
        let from = asked.number("offset", 0);
        let mut row = record(from, Timestamp::now());
        if from == 0 {
            row["submission"] = json!({"respondent_phone": CALLEE, "task_description": task});
        }
        (200, json!({"calls": [row], "has_more": true}).to_string())
    })
    .await;
    let error = server.provider().calls().trace(&order, Timestamp::now()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
}

#[tokio::test]
async fn large_pages_are_bounded_by_their_bytes() {
    let filler = "x".repeat(1_000_000);
    let server = Rude::start(move |asked| {
        let mut row = record(asked.number("offset", 0), Timestamp::now());
        row["highlights"] = json!(filler);
        (200, json!({"calls": [row], "has_more": true}).to_string())
    })
    .await;
    let provider = server.provider();
    provider.calls().trace(&simple_order(), Timestamp::now()).await.unwrap_err();
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
    let server = Rude::answering(200, json!({"calls": rows, "has_more": true}).to_string()).await;
    let provider = server.provider();
    let error = provider.calls().trace(&simple_order(), Timestamp::now()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(server.asked().len(), 1, "no detail of any of them is read");
}

#[tokio::test]
async fn a_list_that_repeats_its_page_is_at_its_end() {
    let row = record(1, Timestamp::now());
    let server = Rude::answering(200, json!({"calls": [row], "has_more": true}).to_string()).await;
    let provider = server.provider();
    assert_eq!(provider.calls().trace(&simple_order(), Timestamp::now()).await.unwrap(), []);
    let all: Vec<_> =
        provider.lists().unwrap().all(CallFilter::default()).try_collect().await.unwrap();
    assert_eq!(all.len(), 1);
    assert!(server.asked().len() <= 4, "{}", server.asked().len());
}

#[tokio::test]
async fn calls_that_may_be_ours_are_not_nothing() {
    // Neither number nor task, in the list or in the detail.
    let server = Rude::start(|asked| {
        let row = json!({"call_id": "c1", "status": "success", "metadata": {"created_at": Timestamp::now().to_string()}});
        match asked.path.as_str() {
            "/v1/calls" => (200, json!({"calls": [row], "total": 1}).to_string()),
            _ => (200, row.to_string()),
        }
    })
    .await;
    let error =
        server.provider().calls().trace(&simple_order(), Timestamp::now()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.message().contains("1 calls in the list may be this one"), "{error}");
}

#[tokio::test]
async fn pages_that_the_filter_empties_are_passed_over_for_a_while() {
    let server = endless(200).await;
    let filter = CallFilter { agent: Some("nobody".into()), ..CallFilter::default() };
    let page =
        server.provider().lists().unwrap().list(&filter, &PageRequest::default()).await.unwrap();
    assert!(page.items.is_empty() && page.next.is_some());
    assert!(server.asked().len() <= ReadLimits::PAGE.requests);
}

#[tokio::test]
async fn a_list_that_is_asked_for_whole_has_an_end_too() {
    let server = endless(200).await;
    let provider = server.provider();
    let error =
        provider.client().calls().all(Paging::new()).try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(server.asked().len(), ReadLimits::LIST.rows / 200 + 1);
}

#[tokio::test]
async fn a_read_that_is_sent_again_takes_a_turn_again() {
    let asked = Arc::new(AtomicUsize::new(0));
    let server = Rude::start(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 | 1 => (503, String::new()),
        _ => (200, json!({"call_id": "c1", "status": "success"}).to_string()),
    })
    .await;
    let provider = server.provider();
    let turns = Arc::new(Turns::default());
    provider.take_turns(Arc::<Turns>::clone(&turns));
    provider.calls().get(&"c1".into()).await.unwrap();
    assert_eq!((server.asked().len(), turns.0.load(Ordering::SeqCst)), (3, 3));
    // What places a call, or changes something, is no read.
    provider.stops().unwrap().stop(&"c1".into()).await.unwrap();
    provider.calls().place(&simple_order()).await.unwrap();
    assert_eq!(turns.0.load(Ordering::SeqCst), 3);
}
