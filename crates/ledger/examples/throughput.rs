//! What the ledger costs on this disk, beside what the disk itself costs. Prints figures and judges nothing.
//!
//! `cargo run --release -p switchboard-ledger --example throughput -- [directory] [postgres://…]`

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used)]

use std::{
    fs::OpenOptions,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use futures::StreamExt;
use jiff::Timestamp;
use rusqlite::Connection;
use switchboard_core::{CallId, CallRequest};
use switchboard_ledger::{PostgresJournal, SqliteJournal};
use switchboard_router::{Journal, NewCall};
use uuid::Uuid;

const LONG: Duration = Duration::from_secs(3);

fn say(what: &str, count: u32, took: Duration) {
    let rate = f64::from(count) / took.as_secs_f64();
    println!("{what:<44} {rate:>9.0}/s {:>9.1} µs", 1e6 / rate);
}

/// A kilobyte, and wait until it is on the disk.
fn fdatasync(directory: &Path) {
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(directory.join("bare.log"))
        .unwrap();
    let (start, mut count) = (Instant::now(), 0);
    while start.elapsed() < LONG {
        file.write_all(&[b'x'; 1024]).unwrap();
        file.sync_data().unwrap();
        count += 1;
    }
    say("bare fdatasync of 1 KiB", count, start.elapsed());
}

/// One row, one index, one commit.
fn bare_insert(directory: &Path) {
    let connection = Connection::open(directory.join("bare.db")).unwrap();
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE rows (id BLOB PRIMARY KEY, body TEXT) STRICT")
        .unwrap();
    let body = "x".repeat(500);
    let (start, mut count) = (Instant::now(), 0);
    while start.elapsed() < LONG {
        let mut insert = connection.prepare_cached("INSERT INTO rows VALUES (?1, ?2)").unwrap();
        insert.execute((Uuid::now_v7().as_bytes(), &body)).unwrap();
        count += 1;
    }
    say("bare SQLite insert, synchronous=FULL", count, start.elapsed());
}

async fn accept(name: &str, journal: &Arc<dyn Journal>, writers: u32) {
    let start = Instant::now();
    let work = (0..writers).map(|writer| {
        let journal = Arc::clone(journal);
        tokio::spawn(async move {
            let mut count = 0;
            while start.elapsed() < LONG {
                let number = format!("+1512{:07}", 5_550_000 + writer * 1_000 + count % 1_000);
                let request = CallRequest {
                    allow_duplicate: true,
                    ..CallRequest::new(number, "Ask whether they are open on Sunday, and until when.")
                };
                let at = Timestamp::UNIX_EPOCH;
                let new = NewCall {
                    id: CallId::new(Uuid::now_v7()),
                    request: Arc::new(request.validate(at).unwrap()),
                    at,
                };
                journal.open(new).await.unwrap();
                count += 1;
            }
            count
        })
    });
    let counts = futures::future::join_all(work).await;
    let count = counts.into_iter().map(Result::unwrap).sum();
    say(&format!("{name}, calls accepted by {writers}"), count, start.elapsed());
}

const LEFT: u32 = 10_000;

/// Calls that a process left open.
async fn leave(journal: &Arc<dyn Journal>) {
    let at = Timestamp::UNIX_EPOCH;
    let opening = (0..LEFT).map(|n| {
        let request = CallRequest::new(format!("+1512{:07}", 5_500_000 + n), "Ask whether they are open on Monday.");
        journal.open(NewCall {
            id: CallId::new(Uuid::now_v7()),
            request: Arc::new(request.validate(at).unwrap()),
            at,
        })
    });
    let mut opening = futures::stream::iter(opening).buffer_unordered(64);
    while let Some(opened) = opening.next().await {
        opened.unwrap();
    }
}

async fn take_over(name: &str, heir: &Arc<dyn Journal>) {
    let start = Instant::now();
    let taken = heir.take_over(Timestamp::UNIX_EPOCH).await.unwrap();
    println!("{name}, {} calls taken over: {:?}", taken.len(), start.elapsed());
    let start = Instant::now();
    assert!(heir.take_over(Timestamp::UNIX_EPOCH).await.unwrap().is_empty());
    println!("{name}, and looking again: {:?}", start.elapsed());
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let directory = tempfile::tempdir_in(directory).unwrap();
    fdatasync(directory.path());
    bare_insert(directory.path());
    let sqlite: Arc<dyn Journal> = Arc::new(SqliteJournal::open(directory.path().join("calls.db")).await.unwrap());
    for writers in [1, 64] {
        accept("SQLite", &sqlite, writers).await;
    }
    let path = directory.path().join("left.db");
    let gone: Arc<dyn Journal> = Arc::new(SqliteJournal::open(&path).await.unwrap());
    leave(&gone).await;
    let heir: Arc<dyn Journal> = Arc::new(SqliteJournal::open(&path).await.unwrap());
    drop(gone);
    take_over("SQLite", &heir).await;
    if let Some(url) = arguments.next() {
        let postgres: Arc<dyn Journal> = Arc::new(PostgresJournal::connect(&url).await.unwrap());
        for writers in [1, 64] {
            accept("PostgreSQL", &postgres, writers).await;
        }
        let gone = Arc::new(PostgresJournal::connect(&url).await.unwrap());
        let journal: Arc<dyn Journal> = Arc::clone(&gone) as Arc<dyn Journal>;
        leave(&journal).await;
        gone.close().await;
        take_over("PostgreSQL", &postgres).await;
    }
}
