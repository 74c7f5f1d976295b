//! The journal in memory keeps the rules that every journal is held to.

use std::{sync::Arc, time::Duration};

use futures::future::BoxFuture;
use switchboard_journal::{
    Journal, MemoryJournal,
    conformance::{self, FeedStore},
};

async fn new() -> Arc<dyn Journal> {
    Arc::new(MemoryJournal::new())
}

async fn two() -> conformance::Pair {
    let one = Arc::new(MemoryJournal::shared(Duration::from_secs(60)));
    let other = Arc::new(one.another());
    let leaving = Arc::clone(&one);
    (one, other, Box::pin(async move { leaving.leave() }))
}

#[tokio::test]
async fn the_journal_in_memory_keeps_the_rules() {
    conformance::hold(new).await;
}

#[tokio::test]
async fn it_goes_by_the_time_that_it_is_told() {
    conformance::hold_by_the_callers_clock(new).await;
}

#[tokio::test]
async fn two_processes_share_it() {
    conformance::hold_shared(two).await;
}

#[tokio::test]
async fn its_feed_keeps_the_rules() {
    conformance::hold_feed(async || Arc::new(MemoryJournal::new()) as Arc<dyn FeedStore>).await;
}

#[tokio::test]
async fn two_processes_share_its_feed() {
    conformance::hold_shared_feed(async || {
        let one = MemoryJournal::shared(Duration::from_secs(60));
        let other = one.another();
        (Arc::new(one) as Arc<dyn FeedStore>, Arc::new(other) as Arc<dyn FeedStore>)
    })
    .await;
}

#[tokio::test]
async fn it_keeps_api_keys() {
    conformance::server::hold_keys(|| async { Arc::new(MemoryJournal::new()) }).await;
    conformance::server::hold_sessions(|| async { Arc::new(MemoryJournal::new()) }).await;
    conformance::server::hold_shared_keys(|| async {
        let one = Arc::new(MemoryJournal::shared(Duration::from_secs(60)));
        let other = Arc::new(one.another());
        let leaving = Arc::clone(&one);
        let gone: BoxFuture<'static, ()> = Box::pin(async move { leaving.leave() });
        (one, other, gone)
    })
    .await;
}

#[tokio::test]
async fn its_calls_are_found_page_by_page() {
    conformance::server::hold_search(|| async { Arc::new(MemoryJournal::new()) }).await;
    conformance::server::hold_spending(|| async { Arc::new(MemoryJournal::new()) }).await;
}

#[tokio::test]
async fn it_keeps_batches() {
    conformance::server::hold_batches(|| async { Arc::new(MemoryJournal::new()) }).await;
    conformance::server::hold_shared_batches(|| async {
        let one = Arc::new(MemoryJournal::shared(Duration::from_secs(60)));
        let other = Arc::new(one.another());
        (one, other)
    })
    .await;
}
