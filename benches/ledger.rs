//! What it costs to take a call in for good, beside what the disk costs.
//!
//!     cargo bench -p switchboard-benches --bench ledger
//!
//! - One caller: [`Journal::open`](switchboard::Journal::open) on SQLite beside one bare SQLite
//!   insert of as many bytes with `synchronous=FULL`, in turns.
//! - 64 callers at once, beside a bare log that writes what 64 writers bring and waits for the disk
//!   once; and beside one thread that writes 64 rows a commit into bare SQLite with an index by a
//!   hash, which finds a person again and is in no order: what no ledger with such an index goes
//!   below.
//! - One caller on a ledger of ten rows beside one of a million; `SWITCHBOARD_BENCH_ROWS=10000000`
//!   makes it ten million (about 4 GB of disk, and some minutes to fill it).
//! - A page of 50 calls of a tenant, anywhere in a ledger of 10,000 calls and in that large one; and
//!   what the index that such a page is read from costs those who take calls in.
//! - 10,000 open calls that another process left: to take them over, beside reading them.
//! - The first two in PostgreSQL as well, where `SWITCHBOARD_BENCH_POSTGRES` names an empty
//!   database as `postgres://user:password@host/database`.
//!
//! All of it in one directory, `SWITCHBOARD_BENCH_DIR` or the current one's `target/`: a disk in
//! memory would say nothing.
#![allow(clippy::print_stdout)]

use std::{
    error::Error,
    fs::{File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use futures::future::join_all;
use jiff::Timestamp;
use rusqlite::{Connection, params};
use switchboard::{
    CallId, CallRequest, Journal,
    journal::{
        CallLog, Membership, NewCall,
        server::{CallSearch, CallsFilter},
    },
};
use switchboard_benches::{Sample, Table, in_earnest};
use switchboard_ledger::{PostgresJournal, SqliteJournal};
use tokio::sync::oneshot;
use uuid::Uuid;

const TASK: &str = "Ask whether they are open on Sunday, and at which hours.";
const WRITERS: usize = 64;

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let under = std::env::var_os("SWITCHBOARD_BENCH_DIR")
        .map_or_else(|| PathBuf::from("target"), PathBuf::from);
    std::fs::create_dir_all(&under)?;
    let directory = tempfile::tempdir_in(under)?;
    let at = directory.path().to_owned();
    runtime.block_on(async move { tokio::spawn(async move { measure(&at).await }).await? })
}

async fn measure(directory: &Path) -> Result<(), Failure> {
    let rounds = if in_earnest() { 2_000 } else { 3 };
    one_caller(directory, rounds * 2).await?;
    many_callers(directory, rounds * 20).await?;
    left_behind(directory, if in_earnest() { 10_000 } else { 64 }).await?;
    let rows = match std::env::var("SWITCHBOARD_BENCH_ROWS") {
        Ok(text) => text.parse()?,
        Err(_) if in_earnest() => 1_000_000,
        Err(_) => 1_000,
    };
    full_and_empty(directory, rows, rounds).await?;
    pages(directory, rows, rounds).await?;
    without_the_index(directory, rounds).await
}

/// Calls to people whom nobody called before, made ready before anything is timed.
fn new_call(n: usize) -> Result<NewCall, Failure> {
    let now = Timestamp::now();
    let number = format!("+1{}555{:04}", ["212", "646", "718", "917"][n / 10_000 % 4], n % 10_000);
    let request = CallRequest::new(number, TASK).with(|call| call.allow_duplicate = true);
    Ok(NewCall::new(CallId::new(Uuid::now_v7()), Arc::new(request.validate(now)?), now))
}

async fn accept(journal: &dyn Journal, n: usize) -> Result<Duration, Failure> {
    let call = new_call(n)?;
    let start = Instant::now();
    journal.open(call).await?;
    Ok(start.elapsed())
}

/// The ledger in PostgreSQL, where a server was named.
async fn postgres() -> Result<Option<PostgresJournal>, Failure> {
    match std::env::var("SWITCHBOARD_BENCH_POSTGRES") {
        Ok(url) => Ok(Some(PostgresJournal::connect(&url).await?)),
        Err(_) => Ok(None),
    }
}

/// One row of as many bytes, one index, one commit.
struct Bare {
    connection: Connection,
    body: String,
}

impl Bare {
    fn new(directory: &Path) -> Result<Self, Failure> {
        let connection = Connection::open(directory.join("bare.db"))?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE rows (id BLOB PRIMARY KEY, body TEXT NOT NULL) STRICT",
        )?;
        Ok(Self { connection, body: "x".repeat(500) })
    }

    fn insert(&self) -> Result<Duration, Failure> {
        let id = Uuid::now_v7();
        let start = Instant::now();
        let mut insert = self.connection.prepare_cached("INSERT INTO rows VALUES (?1, ?2)")?;
        insert.execute(params![id.as_bytes(), self.body])?;
        Ok(start.elapsed())
    }
}

fn figures(name: &str, sample: &Sample, floor: &Sample, table: &mut Table) {
    let micros = |nanos: f64| format!("{:.1}", nanos / 1e3);
    let cells = [sample.median(), sample.quantile(0.1), sample.quantile(0.9)].map(micros);
    let ratios = [sample.median() / floor.median(), sample.paired_ratio(floor)]
        .map(|ratio| format!("{ratio:.3}"));
    table.row(name, cells.into_iter().chain(ratios));
}

async fn one_caller(directory: &Path, rounds: usize) -> Result<(), Failure> {
    let bare = Bare::new(directory)?;
    let journal = SqliteJournal::open(directory.join("one.db")).await?;
    let served = postgres().await?;
    let (mut floor, mut own, mut postgres) =
        (Sample::default(), Sample::default(), Sample::default());
    // A log's file is written over once it has its length; until then each commit makes it longer,
    // which costs the disk more than the rest.
    for round in 0..rounds / 2 {
        tokio::task::block_in_place(|| bare.insert())?;
        accept(&journal, round).await?;
    }
    for round in 0..rounds {
        floor.add(tokio::task::block_in_place(|| bare.insert())?, 1);
        own.add(accept(&journal, round).await?, 1);
        if let Some(served) = &served {
            postgres.add(accept(served, round).await?, 1);
        }
    }
    let mut table =
        Table::new(&["one caller", "median µs", "p10 µs", "p90 µs", "ratio", "paired ratio"]);
    figures("bare SQLite insert, synchronous=FULL", &floor, &floor, &mut table);
    figures("Journal::open", &own, &floor, &mut table);
    if served.is_some() {
        figures("Journal::open, PostgreSQL", &postgres, &floor, &mut table);
    }
    println!("{table}\nTarget: at most 1.3 of the bare insert.\n");
    Ok(())
}

/// A log in a file: whatever waits is written together, and everybody is answered after one wait
/// for the disk.
fn bare_log(mut file: File, inbox: &mpsc::Receiver<oneshot::Sender<()>>) -> std::io::Result<()> {
    let record = [b'x'; 500];
    while let Ok(first) = inbox.recv() {
        let mut group = vec![first];
        group.extend(inbox.try_iter().take(WRITERS - 1));
        let mut bytes = Vec::with_capacity(record.len() * group.len());
        for _ in &group {
            bytes.extend_from_slice(&record);
        }
        file.write_all(&bytes)?;
        file.sync_data()?;
        for answer in group {
            let _ = answer.send(());
        }
    }
    Ok(())
}

async fn many_callers(directory: &Path, count: usize) -> Result<(), Failure> {
    let each = count.div_ceil(WRITERS);
    let journal: Arc<dyn Journal> = Arc::new(SqliteJournal::open(directory.join("many.db")).await?);
    let served = postgres().await?.map(|journal| Arc::new(journal) as Arc<dyn Journal>);
    let file = OpenOptions::new().create(true).append(true).open(directory.join("bare.log"))?;
    let (log, inbox) = mpsc::channel::<oneshot::Sender<()>>();
    let writer = std::thread::spawn(move || bare_log(file, &inbox));
    let (mut floor, mut indexed) = (Sample::default(), Sample::default());
    let (mut own, mut postgres) = (Sample::default(), Sample::default());
    // Three rounds in turns: what is slow for a moment is slow for both.
    for round in 0..3 {
        let start = Instant::now();
        let writers = (0..WRITERS).map(|_| {
            let log = log.clone();
            tokio::spawn(async move {
                for _ in 0..each {
                    let (answer, written) = oneshot::channel();
                    if log.send(answer).is_err() || written.await.is_err() {
                        return false;
                    }
                }
                true
            })
        });
        if !join_all(writers).await.into_iter().all(|done| done.unwrap_or(false)) {
            return Err("the bare log failed".into());
        }
        floor.add(start.elapsed(), each * WRITERS);

        let groups = tokio::task::block_in_place(|| bare_groups(directory, round, each * WRITERS))?;
        indexed.add(groups, each * WRITERS);
        own.add(flood(&journal, round, each).await?, each * WRITERS);
        if let Some(served) = &served {
            postgres.add(flood(served, round, each).await?, each * WRITERS);
        }
    }
    drop(log);
    writer.join().map_err(|_| "the bare log panicked")??;
    let mut table = Table::new(&["64 callers at once", "a second", "µs each", "share of the log"]);
    let own = [
        ("bare log, one fdatasync for all that wait", &floor),
        ("bare SQLite, 64 rows a commit, one index by a hash", &indexed),
        ("Journal::open", &own),
    ];
    let served = served.map(|_| ("Journal::open, PostgreSQL", &postgres));
    for (name, sample) in own.into_iter().chain(served) {
        let nanos = sample.median();
        let share = floor.median() / nanos;
        table.row(
            name,
            [format!("{:.0}", 1e9 / nanos), format!("{:.1}", nanos / 1e3), format!("{share:.3}")],
        );
    }
    println!("{table}\nTarget: at least 0.5 of the log's throughput.\n");
    Ok(())
}

/// Bare rows in an order, each with a hash in none, 64 a commit.
fn bare_groups(directory: &Path, round: usize, count: usize) -> Result<Duration, Failure> {
    let connection = Connection::open(directory.join(format!("groups-{round}.db")))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; \
         CREATE TABLE rows (id BLOB PRIMARY KEY, hash BLOB NOT NULL, body TEXT NOT NULL) STRICT; CREATE INDEX by_hash ON rows (hash)",
    )?;
    let body = "x".repeat(500);
    let start = Instant::now();
    for _ in 0..count.div_ceil(WRITERS) {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for _ in 0..WRITERS {
            let mut insert =
                connection.prepare_cached("INSERT INTO rows VALUES (?1, randomblob(32), ?2)")?;
            insert.execute(params![Uuid::now_v7().as_bytes(), body])?;
        }
        connection.execute_batch("COMMIT")?;
    }
    Ok(start.elapsed())
}

/// So many calls by each of the callers at once.
async fn flood(journal: &Arc<dyn Journal>, round: usize, each: usize) -> Result<Duration, Failure> {
    let mut calls = Vec::with_capacity(WRITERS);
    for writer in 0..WRITERS {
        let first = (round * WRITERS + writer) * each;
        calls.push((first..first + each).map(new_call).collect::<Result<Vec<_>, _>>()?);
    }
    let start = Instant::now();
    let callers = calls.into_iter().map(|calls| {
        let journal = Arc::clone(journal);
        tokio::spawn(async move {
            for call in calls {
                // As of a call that comes in now: ids grow in the order in which calls are taken
                // in.
                let id = CallId::new(Uuid::now_v7());
                journal.open(NewCall { id, ..call }).await?;
            }
            Ok::<_, switchboard::Error>(())
        })
    });
    for done in join_all(callers).await {
        done??;
    }
    Ok(start.elapsed())
}

/// Open calls of a process that is gone.
async fn left_behind(directory: &Path, count: usize) -> Result<(), Failure> {
    let path = directory.join("left.db");
    let gone: Arc<dyn Journal> = Arc::new(SqliteJournal::open(&path).await?);
    flood(&gone, 0, count.div_ceil(WRITERS)).await?;
    drop(gone);
    let heir = SqliteJournal::open(&path).await?;
    let start = Instant::now();
    let open = heir.unfinished().await?.len();
    let floor = start.elapsed();
    let start = Instant::now();
    let taken = heir.take_over(Timestamp::now()).await?.len();
    let own = start.elapsed();
    if taken != open {
        return Err(format!("{taken} of {open} calls were taken over").into());
    }
    let mut table = Table::new(&["calls of a process that is gone", "ms", "ratio"]);
    for (name, took) in [("reading", floor), ("taking over", own)] {
        let ratio = took.as_secs_f64() / floor.as_secs_f64();
        table.row(format!("{name} {open}"), [took.as_millis().to_string(), format!("{ratio:.2}")]);
    }
    println!("{table}");
    Ok(())
}

/// Makes a ledger of so many rows out of one call: calls and events in equal parts.
fn fill(path: &Path, rows: usize) -> Result<(), Failure> {
    let mut connection = Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -2000000",
    )?;
    let columns = |table: &str| -> Result<Vec<String>, Failure> {
        let mut names = connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
        let found = names.query_map([table], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(found)
    };
    // Ids that grow, as those of real calls do; people whom nothing orders.
    let id = "CAST(unhex(printf('%032x', n)) AS BLOB)";
    let made = |column: &str| match column {
        "id" => id.to_owned(),
        "to_hash" => "randomblob(32)".to_owned(),
        "idempotency_key" | "provider_call_id" => "NULL".to_owned(),
        "status" => "'closed'".to_owned(),
        "outcome" => "'completed'".to_owned(),
        other => format!("one.{other}"),
    };
    let calls = columns("calls")?;
    let change = connection.transaction()?;
    let each = rows / 2;
    let numbers =
        format!("WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {each})");
    let values: Vec<String> = calls.iter().map(|column| made(column)).collect();
    change.execute_batch(&format!(
        "INSERT INTO calls ({}) {numbers} SELECT {} FROM n, (SELECT * FROM calls LIMIT 1) AS one",
        calls.join(", "),
        values.join(", "),
    ))?;
    change.execute_batch(&format!(
        "INSERT INTO events (call_id, kind, content, at) {numbers} SELECT {id}, 'admitted', printf('%300s', n), n FROM n"
    ))?;
    change.commit()?;
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(())
}

async fn full_and_empty(directory: &Path, rows: usize, rounds: usize) -> Result<(), Failure> {
    let (few, many) = (directory.join("few.db"), directory.join("many-rows.db"));
    for path in [&few, &many] {
        let journal = SqliteJournal::open(path).await?;
        for n in 0..5 {
            accept(&journal, n).await?;
        }
    }
    let filled = many.clone();
    let start = Instant::now();
    tokio::task::spawn_blocking(move || fill(&filled, rows)).await??;
    let size = std::fs::metadata(&many)?.len();
    println!("{rows} rows, {} MiB, made in {:.0} s\n", size >> 20, start.elapsed().as_secs_f64());
    let (few, many) = (SqliteJournal::open(few).await?, SqliteJournal::open(many).await?);
    let (mut floor, mut own) = (Sample::default(), Sample::default());
    for round in 0..rounds {
        floor.add(accept(&few, round).await?, 1);
        own.add(accept(&many, round).await?, 1);
    }
    let mut table = Table::new(&[
        "rows in the ledger",
        "median µs",
        "p10 µs",
        "p90 µs",
        "ratio",
        "paired ratio",
    ]);
    figures("10", &floor, &floor, &mut table);
    figures(&rows.to_string(), &own, &floor, &mut table);
    println!("{table}\nTarget: at most 1.2 apart.");
    Ok(())
}

/// Pages of fifty calls, each from another place in the ledger.
async fn pages(directory: &Path, rows: usize, rounds: usize) -> Result<(), Failure> {
    let few = directory.join("pages.db");
    let calls = if in_earnest() { 10_000 } else { 100 };
    {
        let journal = SqliteJournal::open(&few).await?;
        accept(&journal, 0).await?;
    }
    let filled = few.clone();
    tokio::task::spawn_blocking(move || fill(&filled, calls * 2)).await??;
    let few = SqliteJournal::open(few).await?;
    let many = SqliteJournal::open(directory.join("many-rows.db")).await?;
    let tenant = new_call(0)?.request.tenant.clone();
    let page = async |journal: &SqliteJournal, round: usize, calls: usize| {
        // Spread over the whole ledger, from its first third on.
        let place = calls / 3 + round.wrapping_mul(7_919) % (calls / 2);
        let filter = CallsFilter {
            tenant: Some(tenant.clone()),
            before: Some(CallId::new(Uuid::from_u128(place as u128))),
            limit: if in_earnest() { 50 } else { 10 },
            ..CallsFilter::default()
        };
        let start = Instant::now();
        let page = journal.find(&filter).await?;
        let took = start.elapsed();
        if page.calls.len() != filter.page_size() {
            return Err(Failure::from(format!("{} calls in a page", page.calls.len())));
        }
        Ok(took)
    };
    let (mut floor, mut own) = (Sample::default(), Sample::default());
    for round in 0..rounds {
        floor.add(page(&few, round, calls).await?, 1);
        own.add(page(&many, round, rows / 2).await?, 1);
    }
    let mut table = Table::new(&[
        "a page of a tenant's calls, of",
        "median µs",
        "p10 µs",
        "p90 µs",
        "ratio",
        "paired ratio",
    ]);
    figures(&format!("{calls} calls"), &floor, &floor, &mut table);
    figures(&format!("{} calls", rows / 2), &own, &floor, &mut table);
    println!("{table}\nTarget: at most 1.5 apart.\n");
    Ok(())
}

/// One caller and 64 at once, with the index of a tenant's calls and without it.
async fn without_the_index(directory: &Path, rounds: usize) -> Result<(), Failure> {
    let mut journals = Vec::new();
    for name in ["unindexed.db", "indexed.db"] {
        let journal = Arc::new(SqliteJournal::open(directory.join(name)).await?);
        journals.push(journal as Arc<dyn Journal>);
    }
    Connection::open(directory.join("unindexed.db"))?
        .execute_batch("DROP INDEX calls_of_tenant")?;
    let mut one = [Sample::default(), Sample::default()];
    for round in 0..rounds * 2 {
        for (journal, sample) in journals.iter().zip(&mut one) {
            sample.add(accept(&**journal, round).await?, 1);
        }
    }
    let mut many = [Sample::default(), Sample::default()];
    let each = (rounds * 4).div_ceil(WRITERS);
    for round in 0..5 {
        for (journal, sample) in journals.iter().zip(&mut many) {
            sample.add(flood(journal, round, each).await?, each * WRITERS);
        }
    }
    for (callers, sample) in [("one caller", &one), ("64 callers at once", &many)] {
        let mut table =
            Table::new(&[callers, "median µs", "p10 µs", "p90 µs", "ratio", "paired ratio"]);
        figures("without the index of a tenant's calls", &sample[0], &sample[0], &mut table);
        figures("with it", &sample[1], &sample[0], &mut table);
        println!("{table}\n");
    }
    Ok(())
}
