//! A large ledger, for measuring what the commands cost over one. `large.sh` beside this file makes it and measures.
//!
//!     cargo bench -p switchboard-benches --bench large
//!
//! It writes `switchboard.toml`, `other.toml` and `ledger.db` into the directory `SWITCHBOARD_LARGE_DIR`, or `target/large`:
//! 1,000,000 calls of the last 90 days, or as many as `SWITCHBOARD_LARGE_CALLS` says, through the journal's own interface. A file
//! that is there already is kept. The calls have the plans that the configuration makes, three providers, two arms of an experiment,
//! failovers, holds of a budget, bills, summaries and tags; no transcripts.
#![allow(clippy::print_stdout)]

#[path = "large/past.rs"]
mod past;

use std::{
    error::Error,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::join_all;
use jiff::Timestamp;
use switchboard::{Config, Journal};
use switchboard_benches::in_earnest;
use switchboard_ledger::SqliteJournal;

use past::Past;

const CONFIGURATION: &str = include_str!("large/switchboard.toml");
/// As many as one commit takes.
const WRITERS: u64 = 512;
/// The time from the first to the last call.
const SPAN: Duration = Duration::from_secs(90 * 24 * 3_600);

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let calls = match std::env::var("SWITCHBOARD_LARGE_CALLS") {
        Ok(text) => text.parse()?,
        Err(_) if in_earnest() => 1_000_000,
        Err(_) => 100,
    };
    let scratch = if in_earnest() { None } else { Some(tempfile::tempdir()?) };
    let directory = match &scratch {
        Some(scratch) => scratch.path().to_owned(),
        None => std::env::var_os("SWITCHBOARD_LARGE_DIR")
            .map_or_else(|| PathBuf::from("target/large"), PathBuf::from),
    };
    std::fs::create_dir_all(&directory)?;
    runtime
        .block_on(async move { tokio::spawn(async move { make(&directory, calls).await }).await? })
}

async fn make(directory: &Path, calls: u64) -> Result<(), Failure> {
    let file = directory.join("ledger.db");
    if file.exists() {
        println!("{} is there already", file.display());
        return Ok(());
    }
    let started = Instant::now();
    // The other policy asks the dearest provider first.
    let other =
        CONFIGURATION.replace("\"north\", \"south\", \"west\"", "\"west\", \"south\", \"north\"");
    std::fs::write(directory.join("switchboard.toml"), CONFIGURATION)?;
    std::fs::write(directory.join("other.toml"), other)?;
    let past = Arc::new(Past::new(
        &Config::from_file(directory.join("switchboard.toml"))?,
        calls,
        began()?,
    )?);
    let journal: Arc<dyn Journal> = Arc::new(SqliteJournal::open(&file).await?);
    let next = Arc::new(AtomicU64::new(0));
    let writers = (0..WRITERS).map(|_| {
        let (journal, past, next) = (Arc::clone(&journal), Arc::clone(&past), Arc::clone(&next));
        tokio::spawn(async move {
            loop {
                let nth = next.fetch_add(1, Ordering::Relaxed);
                if nth >= calls {
                    return Ok::<_, Failure>(());
                }
                past.call(nth)?.write(&*journal).await?;
            }
        })
    });
    for done in join_all(writers).await {
        done??;
    }
    let took = started.elapsed().as_secs_f64();
    let bytes = std::fs::metadata(&file)?.len();
    println!(
        "{calls} calls in {}: {:.2} GB, made in {took:.0} s",
        file.display(),
        bytes as f64 / 1e9
    );
    Ok(())
}

/// When the first call came in.
fn began() -> Result<Timestamp, Failure> {
    Ok(Timestamp::now().checked_sub(SPAN)?)
}
