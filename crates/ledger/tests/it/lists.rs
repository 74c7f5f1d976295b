//! Lists of numbers in both databases: what an import that was broken off leaves, what a damaged
//! list is, and how much disk a number takes.

use std::{path::PathBuf, sync::Arc};

use sqlx::Connection;
use switchboard_core::{Clock, ErrorKind, ListName, ListedNumber, SystemClock};
use switchboard_journal::{ListCache, ListNumbers, NewList, conformance::at};
use switchboard_ledger::{HashKey, Ledger};
use tempfile::TempDir;
use uuid::{NoContext, Timestamp, Uuid};

use crate::support::server::database;

const COUNT: u64 = 100_000;

/// A ledger, and the way to its tables.
struct Place {
    ledger: Ledger,
    file: Option<(TempDir, PathBuf)>,
    url: Option<String>,
}

impl Place {
    async fn all() -> Vec<Self> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("calls.db");
        let ledger = Ledger::file(&path, None).await.unwrap();
        let mut places = vec![Self { ledger, file: Some((directory, path)), url: None }];
        if let Some(url) = database().await {
            let ledger = Ledger::postgres(&url, None).await.unwrap();
            places.push(Self { ledger, file: None, url: Some(url) });
        }
        places
    }

    /// Runs a statement; `import` is bound as the first parameter, if it has one.
    async fn run(&self, sqlite: &str, postgres: &str, import: Uuid) {
        if let Some((_, path)) = &self.file {
            let raw = rusqlite::Connection::open(path).unwrap();
            let parameters = sqlite.matches("?1").count();
            match parameters {
                0 => raw.execute(sqlite, []).unwrap(),
                _ => raw.execute(sqlite, [import.as_bytes()]).unwrap(),
            };
        }
        if let Some(url) = &self.url {
            let mut raw = sqlx::PgConnection::connect(url).await.unwrap();
            let mut query = sqlx::query(sqlx::AssertSqlSafe(postgres.to_owned()));
            if postgres.contains("$1") {
                query = query.bind(import);
            }
            query.execute(&mut raw).await.unwrap();
        }
    }

    async fn number(&self, sqlite: &str, postgres: &str) -> i64 {
        if let Some((_, path)) = &self.file {
            let raw = rusqlite::Connection::open(path).unwrap();
            return raw.query_row(sqlite, [], |row| row.get(0)).unwrap();
        }
        let mut raw = sqlx::PgConnection::connect(self.url.as_ref().unwrap()).await.unwrap();
        let query = sqlx::query_scalar(sqlx::AssertSqlSafe(postgres.to_owned()));
        query.fetch_one(&mut raw).await.unwrap()
    }

    async fn blocks(&self) -> i64 {
        let count = "SELECT count(*) FROM number_list_blocks";
        self.number(count, count).await
    }

    fn list(&self, count: u64) -> NewList {
        let hasher = self.ledger.journal().list_hasher();
        let entry = |n: u64| {
            let digits = (12_125_550_000 + n).to_string();
            ListNumbers::entry(&hasher, ListedNumber::from_digits(digits.as_bytes()).unwrap(), true)
        };
        let (numbers, _) = ListNumbers::new((0..count).map(entry).collect());
        NewList::new(name(), at(1), numbers, at(2)).with(|list| list.confirmed = true)
    }
}

fn name() -> ListName {
    "US-FTC".parse().unwrap()
}

/// The id of an import that began so many seconds ago.
fn import_before(seconds: u64) -> Uuid {
    let now = SystemClock.now().as_second().unsigned_abs();
    Uuid::new_v7(Timestamp::from_unix(NoContext, now - seconds, 0))
}

#[tokio::test]
async fn what_was_broken_off_is_no_list_and_is_removed_after_a_day() {
    for place in Place::all().await {
        let store = place.ledger.journal();
        let first = store.import_list(place.list(10_000)).await.unwrap();
        let blocks = place.blocks().await;
        for seconds in [90_000, 60] {
            place
                .run(
                    "INSERT INTO number_list_blocks VALUES (?1, 0, zeroblob(800))",
                    "INSERT INTO number_list_blocks VALUES ($1, 0, decode(repeat('00', 800), 'hex'))",
                    import_before(seconds),
                )
                .await;
        }
        assert_eq!(place.blocks().await, blocks + 2);
        assert_eq!(
            store.number_list(&name()).await.unwrap().unwrap().0,
            first,
            "the old list stays"
        );
        assert!(place.ledger.check().await.unwrap().is_consistent());
        store.import_list(place.list(10_000)).await.unwrap();
        assert_eq!(place.blocks().await, blocks + 1, "the younger one may be under way");
        assert!(store.remove_list(&name()).await.unwrap().is_some());
        assert_eq!(place.blocks().await, 1);
    }
}

#[tokio::test]
async fn a_damaged_list_is_an_error_and_not_a_smaller_list() {
    let lose = "DELETE FROM number_list_blocks WHERE number = 1";
    // Two hashes in the wrong order.
    let mix = [
        "UPDATE number_list_blocks SET numbers = zeroblob(length(numbers)) WHERE number = 0",
        "UPDATE number_list_blocks SET numbers = decode(repeat('00', octet_length(numbers)), 'hex') WHERE number = 0",
    ];
    for place in Place::all().await {
        let store = place.ledger.journal();
        let cache = ListCache::new(&*store);
        for (sqlite, postgres, found) in [(lose, lose, true), (mix[0], mix[1], false)] {
            store.import_list(place.list(10_000)).await.unwrap();
            place.run(sqlite, postgres, Uuid::nil()).await;
            let error = store.number_list(&name()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Journal);
            assert_eq!(cache.refresh(&*store).await.unwrap_err().kind(), ErrorKind::Journal);
            let other = place.list(1).with(|list| list.name = "other".parse().unwrap());
            store.import_list(other).await.unwrap();
            assert!(cache.refresh(&*store).await.is_err());
            let names = cache.heads().into_iter().map(|head| head.name.to_string());
            assert_eq!(names.collect::<Vec<_>>(), ["other"], "the others are there");
            assert_eq!(!place.ledger.check().await.unwrap().is_consistent(), found);
        }
        store.import_list(place.list(10)).await.unwrap();
        assert!(place.ledger.check().await.unwrap().is_consistent(), "a new import mends it");
    }
}

#[tokio::test]
async fn a_number_takes_at_most_sixteen_bytes_of_disk() {
    for place in Place::all().await {
        let store = place.ledger.journal();
        store.import_list(place.list(COUNT)).await.unwrap();
        let bytes = place
            .number(
                "SELECT sum(pgsize) FROM dbstat WHERE name LIKE '%number_list_blocks%'",
                "SELECT pg_total_relation_size('number_list_blocks')",
            )
            .await;
        let each = bytes as f64 / COUNT as f64;
        assert!((8.0..=9.5).contains(&each), "{each} bytes a number");
    }
}

#[tokio::test]
async fn hashes_depend_on_the_key_of_the_ledger() {
    let directory = tempfile::tempdir().unwrap();
    let open = async |name: &str, key: u8| {
        let path = directory.path().join(name);
        Ledger::file(path, Some(HashKey::new([key; 32]))).await.unwrap().journal()
    };
    let number = ListedNumber::from_digits(b"12125550123").unwrap();
    let hash = async |name: &str, key| open(name, key).await.list_hasher().hash(number);
    assert_eq!(hash("a", 1).await, hash("b", 1).await);
    assert_ne!(hash("a", 1).await, hash("c", 2).await);
    let store: Arc<dyn switchboard_journal::Journal> = open("a", 1).await;
    assert_eq!(format!("{:?}", store.list_hasher()), "ListHasher(..)");
}
