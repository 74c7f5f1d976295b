//! What a list of ten million numbers costs: to read, to store, to load and to ask.
//!
//!     cargo bench -p switchboard-benches --bench lists
//!
//! - The file is as the FTC writes it, an area code and seven digits a line; the numbers are spread
//!   over 300 area codes. It is read from memory.
//! - Stored in SQLite in a directory, `SWITCHBOARD_BENCH_DIR` or the current one's `target/`; in
//!   PostgreSQL as well where the package is installed.
//! - A look-up in the list in memory stands beside `PhoneNumber::parse`, which every call pays
//!   anyway, and beside a binary search over all hashes.
//!
//! `SWITCHBOARD_BENCH_ROWS` is another number of numbers.
#![allow(clippy::print_stdout)]

use std::{
    error::Error,
    hint::black_box,
    io::Cursor,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use sqlx::Connection;
use switchboard::{
    Journal, MemoryJournal, PhoneNumber,
    core::{ListState, ListedNumber},
    journal::{ListCache, ListNumbers, NewList, NumberListStore},
};
use switchboard_benches::{Chance, Sample, Table, in_earnest};
use switchboard_ledger::{PostgresJournal, SqliteJournal};
use switchboard_lists::{Options, read};
use switchboard_testkit::PostgresServer;

/// How many numbers are looked up in a round.
const ASKED: usize = 10_000;

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let count = match std::env::var("SWITCHBOARD_BENCH_ROWS") {
        Ok(text) => text.parse()?,
        Err(_) if in_earnest() => 10_000_000,
        Err(_) => 10_000,
    };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let file = file(count);
    println!("{count} lines, {} MB\n", file.len() / 1_000_000);
    runtime.block_on(async move { tokio::spawn(async move { stores(file).await }).await? })?;
    runtime.block_on(asked(count))
}

/// A line for each number.
fn file(count: usize) -> Vec<u8> {
    let mut file = Vec::with_capacity(count * 13);
    for n in 0..count {
        let (area, rest) = (201 + n % 300, n / 300);
        // No area code ends with 11.
        let area = if area % 100 == 11 { 601 + area / 100 } else { area };
        let line = format!("{area},2{:02}{:04}\r\n", rest / 10_000 % 100, rest % 10_000);
        file.extend_from_slice(line.as_bytes());
    }
    file
}

async fn stores(file: Vec<u8>) -> Result<(), Failure> {
    let under = std::env::var_os("SWITCHBOARD_BENCH_DIR")
        .map_or_else(|| PathBuf::from("target"), PathBuf::from);
    std::fs::create_dir_all(&under)?;
    let directory = tempfile::tempdir_in(under)?;
    let path = directory.path().join("lists.db");
    let mut table = Table::new(&[
        "an import",
        "read s",
        "stored s",
        "replaced s",
        "loaded s",
        "bytes a number",
    ]);

    let sqlite: Arc<dyn Journal> = Arc::new(SqliteJournal::open(&path).await?);
    let empty = std::fs::metadata(&path)?.len();
    let figures = import(&sqlite, &file).await?;
    // Blocks of the list that was replaced are free pages of the file.
    let used = {
        let pages = rusqlite::Connection::open(&path)?;
        let size = |name: &str| pages.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        u64::try_from((size("page_count")? - size("freelist_count")?) * size("page_size")?)?
    };
    table.row("SQLite", row(figures, used - empty.min(used)));

    if let Some(server) = PostgresServer::start("")? {
        let url = server.database()?;
        let postgres: Arc<dyn Journal> = Arc::new(PostgresJournal::connect(&url).await?);
        let figures = import_once(&postgres, &file).await?;
        let size = "SELECT pg_total_relation_size('number_list_blocks')";
        let mut asks = sqlx::PgConnection::connect(&url).await?;
        let bytes: i64 = sqlx::query_scalar(size).fetch_one(&mut asks).await?;
        table.row("PostgreSQL", row(figures, u64::try_from(bytes)?));
    }
    println!("{table}");
    Ok(())
}

/// The times of an import, and the number of numbers.
struct Figures {
    times: [Duration; 4],
    count: u64,
}

fn row(figures: Figures, bytes: u64) -> Vec<String> {
    let times = figures.times.iter().map(|time| format!("{:.2}", time.as_secs_f64()));
    times.chain([format!("{:.2}", bytes as f64 / figures.count as f64)]).collect()
}

async fn import(store: &Arc<dyn Journal>, file: &[u8]) -> Result<Figures, Failure> {
    let mut figures = import_once(store, file).await?;
    let begun = Instant::now();
    store.import_list(list(&**store, file)?).await?;
    figures.times[2] = begun.elapsed();
    Ok(figures)
}

async fn import_once(store: &Arc<dyn Journal>, file: &[u8]) -> Result<Figures, Failure> {
    let begun = Instant::now();
    let list = list(&**store, file)?;
    let (read, count) = (begun.elapsed(), list.numbers.len());
    let begun = Instant::now();
    store.import_list(list).await?;
    let stored = begun.elapsed();
    let cache = ListCache::new(&**store);
    let begun = Instant::now();
    cache.refresh(&**store).await?;
    Ok(Figures { times: [read, stored, Duration::ZERO, begun.elapsed()], count })
}

/// The file as a list: read, hashed and sorted.
fn list(store: &(impl NumberListStore + ?Sized), file: &[u8]) -> Result<NewList, Failure> {
    let hasher = store.list_hasher();
    let mut entries = Vec::new();
    let report = read(Cursor::new(file), &Options::new(), |entry| {
        entries.push(ListNumbers::entry(&hasher, entry.number, entry.listed));
    })
    .map_err(|fault| fault.to_string())?;
    assert_eq!(report.refused(), 0, "every line is a number");
    let (numbers, _) = ListNumbers::new(entries);
    let now = Timestamp::now();
    Ok(NewList::new("US-FTC".parse()?, now, numbers, now).with(|list| list.covers = report.covers))
}

/// What a look-up costs.
async fn asked(count: usize) -> Result<(), Failure> {
    let store = MemoryJournal::new();
    store.import_list(list(&store, &file(count))?).await?;
    let cache = ListCache::new(&store);
    cache.refresh(&store).await?;
    let (hasher, entries) = {
        let (_, numbers) =
            store.number_list(&"US-FTC".parse()?).await?.ok_or("the list is there")?;
        (store.list_hasher(), numbers)
    };
    // Half of them are on the list.
    let mut chance = Chance::new(7);
    let texts: Vec<String> = (0..)
        .map(|_| {
            let digits = 2_000_000 + chance.below(count.div_ceil(150) as u64);
            format!("+1{}{digits}", 201 + chance.below(99))
        })
        .filter(|text| PhoneNumber::parse(text).is_ok())
        .take(ASKED)
        .collect();
    let numbers: Vec<PhoneNumber> =
        texts.iter().map(|text| PhoneNumber::parse(text)).collect::<Result<_, _>>()?;
    let is_listed =
        |number: &PhoneNumber| matches!(cache.state("US-FTC", number), ListState::Listed { .. });
    let searched = |number: &PhoneNumber| {
        let entry = ListNumbers::entry(&hasher, ListedNumber::from(number), true);
        entries.entries().binary_search(&entry).is_ok()
    };
    assert!(numbers.iter().all(|number| is_listed(number) == searched(number)));
    let listed = numbers.iter().filter(|number| is_listed(number)).count();
    let mut samples: [Sample; 3] = Default::default();
    for _ in 0..if in_earnest() { 50 } else { 1 } {
        samples[0].add(
            time(|| texts.iter().all(|text| PhoneNumber::parse(black_box(text)).is_ok())),
            ASKED,
        );
        let asked = || numbers.iter().filter(|number| is_listed(black_box(number))).count();
        samples[1].add(time(|| asked() == listed), ASKED);
        let asked = || numbers.iter().filter(|number| searched(black_box(number))).count();
        samples[2].add(time(|| asked() == listed), ASKED);
    }
    let mut table = Table::new(&["a look-up", "ns, median", "of a parse"]);
    for (name, sample) in [
        ("PhoneNumber::parse", &samples[0]),
        ("ListCache::state", &samples[1]),
        ("a binary search over all hashes", &samples[2]),
    ] {
        let figures = [sample.median(), sample.median() / samples[0].median()];
        table.row(name, figures.map(|figure| format!("{figure:.2}")));
    }
    println!("{listed} of {ASKED} numbers are listed\n{table}");
    Ok(())
}

fn time(work: impl FnOnce() -> bool) -> Duration {
    let begun = Instant::now();
    assert!(black_box(work()));
    begun.elapsed()
}
