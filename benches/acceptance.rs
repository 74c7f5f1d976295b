//! What the calling rules add to taking a call in.
//!
//!     cargo bench -p switchboard-benches --bench acceptance
//!
//! Two engines, each with a ledger of its own, accept calls to people whom nobody called before: one
//! with the calling rules, one without. They take turns, so that what the disk does befalls both.
//! With the rules, what the ledger knows about the callee is read while the call is written down.
//! One caller, and 64 at once; in SQLite, and in PostgreSQL where its server programs are installed.
//!
//! The ledgers are in `SWITCHBOARD_BENCH_DIR` or the current directory's `target/`.
#![allow(clippy::print_stdout)]

use std::{
    error::Error,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant as Clock},
};

use futures::future::try_join_all;
use jiff::{Timestamp, ToSpan as _};
use switchboard::{
    CallRequest, Currency, Engine, Journal, Policy, ProviderId, ValidCall,
    core::{ProviderInfo, Purpose},
    router::{ProviderPolicy, RateDeck},
};
use switchboard_benches::{Instant, in_earnest};
use switchboard_ledger::{PostgresJournal, SqliteJournal};
use switchboard_testkit::PostgresServer;

type Failure = Box<dyn Error + Send + Sync>;

/// Two engines that differ in their rules only.
struct Pair {
    with: Engine,
    without: Engine,
}

fn main() -> Result<(), Failure> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async { tokio::spawn(measure()).await? })
}

async fn measure() -> Result<(), Failure> {
    let under = std::env::var_os("SWITCHBOARD_BENCH_DIR")
        .map_or_else(|| PathBuf::from("target"), PathBuf::from);
    std::fs::create_dir_all(&under)?;
    let directory = tempfile::tempdir_in(under)?;
    let file = async |name: &str| -> Result<Arc<dyn Journal>, Failure> {
        let journal: Arc<dyn Journal> =
            Arc::new(SqliteJournal::open(directory.path().join(name)).await?);
        Ok(journal)
    };
    compare("SQLite", &Pair::over(file("with.db").await?, file("without.db").await?)?).await?;
    let Some(server) = PostgresServer::start("")? else {
        println!("PostgreSQL is not installed here.");
        return Ok(());
    };
    let database = async || -> Result<Arc<dyn Journal>, Failure> {
        let journal: Arc<dyn Journal> =
            Arc::new(PostgresJournal::connect(&server.database()?).await?);
        Ok(journal)
    };
    compare("PostgreSQL", &Pair::over(database().await?, database().await?)?).await
}

impl Pair {
    fn over(with: Arc<dyn Journal>, without: Arc<dyn Journal>) -> Result<Self, Failure> {
        let engine = |journal, off: Option<&str>| -> Result<Engine, Failure> {
            let info = ProviderInfo::new(ProviderId::from_static("instant"));
            let account = ProviderPolicy::new(info.clone(), RateDeck::unknown(Currency::USD));
            let policy = Policy::new(vec![account], Currency::USD);
            let builder = Engine::builder(policy).provider(Arc::new(Instant::new(info)));
            let builder = match off {
                Some(why) => builder.without_calling_rules(why),
                None => builder,
            };
            Ok(builder.journal(journal).build()?)
        };
        let off = Some("they are what is measured");
        Ok(Self { with: engine(with, None)?, without: engine(without, off)? })
    }
}

/// A booking for tomorrow at noon, when every restaurant may be called.
fn booking(n: usize) -> Result<ValidCall, Failure> {
    let now = Timestamp::now();
    let tomorrow = now.checked_add(24.hours())?;
    let noon = tomorrow.strftime("%Y-%m-%dT17:00:00Z").to_string();
    let area = ["212", "646", "718", "917"][n / 10_000 % 4];
    let request =
        CallRequest::new(format!("+1{area}555{:04}", n % 10_000), "Book a table for two.").with(
            |call| {
                call.purpose = Some(Purpose::Reservation);
                call.on_behalf_of = Some("Ada Lovelace".to_owned());
                call.callback_number = Some("+12125550100".to_owned());
                call.not_before = Some(noon);
            },
        );
    Ok(request.validate(now)?)
}

/// How long it takes to accept these calls, so many at a time.
async fn accept(
    engine: &Engine,
    calls: std::ops::Range<usize>,
    at_once: usize,
) -> Result<Duration, Failure> {
    let calls: Vec<ValidCall> = calls.map(booking).collect::<Result<_, _>>()?;
    let start = Clock::now();
    for some in calls.chunks(at_once) {
        let accepted = try_join_all(some.iter().map(|call| engine.accept(call.clone()))).await?;
        // A refusal is written down too, which takes twice as long.
        if let Some(refused) = accepted.into_iter().find_map(|one| one.into_call().fault) {
            return Err(refused.message.into());
        }
    }
    Ok(start.elapsed())
}

async fn compare(ledger: &str, pair: &Pair) -> Result<(), Failure> {
    let mut begin = 0;
    for (at_once, each, rounds) in [(1, 50, 41), (64, 640, 41)] {
        let (each, rounds) = if in_earnest() { (each, rounds) } else { (at_once, 2) };
        let (mut ratios, mut usual) = (Vec::new(), Vec::new());
        for round in 0..rounds {
            let calls = begin..begin + each;
            begin += each;
            let (with, without) = if round % 2 == 0 {
                let with = accept(&pair.with, calls.clone(), at_once).await?;
                (with, accept(&pair.without, calls, at_once).await?)
            } else {
                let without = accept(&pair.without, calls.clone(), at_once).await?;
                (accept(&pair.with, calls, at_once).await?, without)
            };
            ratios.push(with.as_secs_f64() / without.as_secs_f64());
            usual.push(without.as_secs_f64() * 1e6 / each as f64);
        }
        println!(
            "{ledger}, {at_once} at once: {:.0} µs a call without the rules, and {:.3} times that with them",
            median(&mut usual),
            median(&mut ratios)
        );
    }
    Ok(())
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
