//! The feed of the ledger in a file.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use switchboard_journal::{
    Journal,
    conformance::{self, FeedStore, at, open, request},
    server::{EventFeed, FeedQuery},
};
use switchboard_ledger::SqliteJournal;

async fn store(path: &Path) -> Arc<dyn FeedStore> {
    Arc::new(SqliteJournal::open(path).await.unwrap())
}

/// A new path each time.
fn path(directory: &tempfile::TempDir) -> PathBuf {
    static MADE: AtomicU32 = AtomicU32::new(0);
    directory.path().join(format!("{}.db", MADE.fetch_add(1, Ordering::SeqCst)))
}

#[tokio::test]
async fn its_feed_keeps_the_rules() {
    let directory = tempfile::tempdir().unwrap();
    conformance::hold_feed(|| {
        let path = path(&directory);
        async move { store(&path).await }
    })
    .await;
}

#[tokio::test]
async fn two_processes_share_its_feed() {
    let directory = tempfile::tempdir().unwrap();
    conformance::hold_shared_feed(|| {
        let path = path(&directory);
        async move { (store(&path).await, store(&path).await) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_on_many_threads_are_followed() {
    let directory = tempfile::tempdir().unwrap();
    let path = path(&directory);
    let stores = [store(&path).await, store(&path).await, store(&path).await];
    conformance::many_writers_and_followers(&stores).await;
}

#[tokio::test]
async fn the_feed_is_there_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let path = path(&directory);
    let first = Arc::new(SqliteJournal::open(&path).await.unwrap());
    let calls: Arc<dyn Journal> = Arc::clone(&first) as Arc<dyn Journal>;
    open(&calls, request(1), 0).await;
    let query = FeedQuery { limit: 10, ..FeedQuery::default() };
    let before = first.feed(&query).await.unwrap();
    assert_eq!(first.forget(at(60)).await.unwrap(), 1);
    drop((first, calls));
    let next = Arc::new(SqliteJournal::open(&path).await.unwrap());
    assert_eq!(next.feed(&query).await.unwrap().events, []);
    let calls: Arc<dyn Journal> = Arc::clone(&next) as Arc<dyn Journal>;
    open(&calls, request(2), 1).await;
    let after = next.feed(&query).await.unwrap();
    assert_eq!((before.events[0].position, after.events[0].position), (1, 2));
    assert!(switchboard_ledger::Ledger::Sqlite(next).check().await.unwrap().is_consistent());
}

#[tokio::test]
async fn who_waits_hears_of_events_of_every_process() {
    let directory = tempfile::tempdir().unwrap();
    let path = path(&directory);
    let (waiting, other) = (store(&path).await, store(&path).await);
    for (n, writer) in (0..).zip([&waiting, &other]) {
        let calls: Arc<dyn Journal> = Arc::clone(writer) as Arc<dyn Journal>;
        let after = waiting.bounds().await.unwrap().newest;
        let start = Instant::now();
        let changed = waiting.changed(after, Duration::from_secs(60));
        tokio::join!(changed, open(&calls, request(n), 0));
        assert!(start.elapsed() < Duration::from_secs(30), "it was not told");
        assert_eq!(waiting.bounds().await.unwrap().newest, after + 1);
    }
    let start = Instant::now();
    waiting.wants_turn(Duration::from_secs(60)).await;
    assert!(start.elapsed() < Duration::from_secs(30), "it wrote and took no turn since");
}
