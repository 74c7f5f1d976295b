//! The feed of the ledger in PostgreSQL, asked of a real server.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::join_all;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use switchboard_journal::{
    Journal,
    conformance::{self, FeedStore, at, open, request},
    server::{EventFeed, FeedQuery},
};
use switchboard_ledger::PostgresJournal;
use uuid::Uuid;

use crate::support::server::database;

async fn store(url: &str) -> Arc<dyn FeedStore> {
    Arc::new(PostgresJournal::connect(url).await.unwrap())
}

async fn raw(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

async fn run(connection: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.unwrap();
}

#[tokio::test]
async fn its_feed_keeps_the_rules() {
    if database().await.is_none() {
        return;
    }
    conformance::hold_feed(|| async { store(&database().await.unwrap()).await }).await;
}

#[tokio::test]
async fn two_processes_share_its_feed() {
    if database().await.is_none() {
        return;
    }
    conformance::hold_shared_feed(|| async {
        let url = database().await.unwrap();
        (store(&url).await, store(&url).await)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_on_many_threads_are_followed() {
    let Some(url) = database().await else { return };
    let stores = [store(&url).await, store(&url).await, store(&url).await];
    conformance::many_writers_and_followers(&stores).await;
    let ledger = switchboard_ledger::Ledger::postgres(&url, None).await.unwrap();
    assert_eq!(ledger.check().await.unwrap().problems, []);
}

#[tokio::test]
async fn who_waits_hears_of_events_of_every_process() {
    let Some(url) = database().await else { return };
    let (waiting, other) = (store(&url).await, store(&url).await);
    for (n, writer) in (0..).zip([&waiting, &other]) {
        let calls: Arc<dyn Journal> = Arc::clone(writer) as Arc<dyn Journal>;
        let after = waiting.bounds().await.unwrap().newest;
        let start = Instant::now();
        let writing = async {
            open(&calls, request(n), 0).await;
            writer.wants_turn(Duration::from_secs(60)).await;
            writer.sequence(at(1)).await.unwrap();
        };
        tokio::join!(waiting.changed(after, Duration::from_secs(60)), writing);
        assert!(start.elapsed() < Duration::from_secs(30), "it was not told");
        assert_eq!(waiting.bounds().await.unwrap().newest, after + 1);
    }
}

/// Commits that are held up: numbers are taken in one order and become visible in another.
async fn held_up_writer(url: &str, writer: u32, over: &AtomicBool, written: &AtomicU64) {
    let mut connection = raw(url).await;
    for n in 0..WRITES {
        let mut change = connection.begin().await.unwrap();
        sqlx::query("INSERT INTO outbox (id, kind, at, data, published) VALUES ($1, 'call.created', 0, '{}', FALSE)")
            .bind(Uuid::from_u128(u128::from(writer * WRITES + n)))
            .execute(&mut *change)
            .await
            .unwrap();
        // The server waits, so that nothing here sleeps.
        let pause = f64::from((writer * 7 + n * 13) % 20) / 1_000.0;
        sqlx::query("SELECT pg_sleep($1)").bind(pause).execute(&mut *change).await.unwrap();
        change.commit().await.unwrap();
        if written.fetch_add(1, Ordering::SeqCst) + 1 == u64::from(WRITERS * WRITES) {
            over.store(true, Ordering::SeqCst);
        }
    }
}

const WRITERS: u32 = 24;
const WRITES: u32 = 25;

/// Reads the identity column on from the last number that it saw, as one who knows no better.
async fn follow_numbers(url: &str, over: &AtomicBool) -> usize {
    let mut connection = raw(url).await;
    // What is moved is deleted, so a copy of everything that was written is followed.
    let (mut last, mut seen) = (0_i64, 0);
    loop {
        let is_last = over.load(Ordering::SeqCst);
        let rows = sqlx::query("SELECT number FROM written WHERE number > $1 ORDER BY number")
            .bind(last)
            .fetch_all(&mut connection)
            .await
            .unwrap();
        for row in rows {
            last = row.try_get(0).unwrap();
            seen += 1;
        }
        if is_last {
            return seen;
        }
    }
}

/// Follows the feed, and takes turns as every process does.
async fn follow_positions(store: &dyn EventFeed, over: &AtomicBool) -> Vec<(u64, Uuid)> {
    let (mut seen, mut query) = (Vec::new(), FeedQuery { limit: 50, ..FeedQuery::default() });
    loop {
        let is_last = over.load(Ordering::SeqCst);
        while store.sequence(at(1)).await.unwrap() {}
        loop {
            let page = store.feed(&query).await.unwrap();
            query.after = page.read_up_to;
            seen.extend(page.events.into_iter().map(|one| (one.position, one.event.id)));
            if !page.has_more {
                break;
            }
        }
        // Another may have had the turn.
        if is_last && seen.len() == (WRITERS * WRITES) as usize {
            return seen;
        }
        assert!(seen.len() <= (WRITERS * WRITES) as usize);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn commits_that_are_held_up_are_seen_once_and_in_order() {
    let Some(url) = database().await else { return };
    let stores = [store(&url).await, store(&url).await, store(&url).await];
    let mut raw = raw(&url).await;
    run(
        &mut raw,
        "CREATE TABLE written (number BIGINT); CREATE FUNCTION copy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         INSERT INTO written VALUES (NEW.number); RETURN NEW; END $$; \
         CREATE TRIGGER copy AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION copy()",
    )
    .await;
    let (over, written) = (AtomicBool::new(false), AtomicU64::new(0));
    let writing = join_all((0..WRITERS).map(|n| held_up_writer(&url, n, &over, &written)));
    let following = join_all(stores.iter().map(|store| follow_positions(&**store, &over)));
    let (_, seen, by_number) = tokio::join!(writing, following, follow_numbers(&url, &over));
    let all: Vec<u64> = (1..=u64::from(WRITERS * WRITES)).collect();
    for seen in &seen {
        assert_eq!(seen.iter().map(|(position, _)| *position).collect::<Vec<_>>(), all);
        assert_eq!(*seen, *stores_seen(&stores[0]).await);
    }
    let ids: BTreeSet<Uuid> = seen[0].iter().map(|(_, id)| *id).collect();
    assert_eq!(ids.len(), all.len(), "each event once");
    assert!(by_number < all.len(), "following the numbers lost nothing: the test sees nothing");
}

async fn stores_seen(store: &Arc<dyn FeedStore>) -> Vec<(u64, Uuid)> {
    let query = FeedQuery { limit: 10_000, ..FeedQuery::default() };
    let page = store.feed(&query).await.unwrap();
    page.events.into_iter().map(|one| (one.position, one.event.id)).collect()
}
