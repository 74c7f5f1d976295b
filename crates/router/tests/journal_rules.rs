//! The journal in memory keeps the rules that every journal is held to.

use std::{sync::Arc, time::Duration};

use switchboard_router::{Journal, MemoryJournal, journal_rules};

async fn new() -> Arc<dyn Journal> {
    Arc::new(MemoryJournal::new())
}

async fn two() -> journal_rules::Pair {
    let one = Arc::new(MemoryJournal::shared(Duration::from_secs(60)));
    let other = Arc::new(one.another());
    let leaving = Arc::clone(&one);
    (one, other, Box::pin(async move { leaving.leave() }))
}

#[tokio::test]
async fn the_journal_in_memory_keeps_the_rules() {
    journal_rules::hold(new).await;
}

#[tokio::test]
async fn it_goes_by_the_time_that_it_is_told() {
    journal_rules::hold_by_the_callers_clock(new).await;
}

#[tokio::test]
async fn two_processes_share_it() {
    journal_rules::hold_shared(two).await;
}
