//! What a call costs while it is under way: memory here, requests at the provider, and time at the
//! next start.
//!
//!     cargo bench -p switchboard-benches --bench flight
//!
//! - 10,000 calls in flight at once over a ledger in SQLite: by how much the process grew, for each
//!   call. The operating system's figure, which counts what the allocator keeps as well.
//! - 1,000 KaiCalls calls that are under way, followed for some rounds: how many requests each
//!   round sends. One for each call would be a thousand, and KaiCalls allows 300 a minute.
//! - 10,000 calls whose process is gone between sending and hearing: how long the next one takes
//!   from opening the ledger until every one of them is written down as in doubt, which is when it
//!   is ready.
#![allow(clippy::print_stdout)]

use std::{error::Error, path::Path, sync::Arc, time::Duration};

use futures::{StreamExt, stream};
use jiff::Timestamp;
use switchboard::{
    Attempt, CallId, CallRequest, CallStatus, Currency, Engine, Policy, Provider, ProviderId,
    SystemClock,
    core::{AttemptId, RequestLimit},
    journal::{CallLog, NewCall, Write, state::Fact},
    kaicalls::{KaiCalls, KaiCallsConfig},
    router::{ProviderPolicy, RateDeck},
};
use switchboard_benches::{Instant, in_earnest};
use switchboard_ledger::SqliteJournal;
use switchboard_testkit::{SimConfig, SimKaiCalls};
use uuid::Uuid;

const TASK: &str = "Ask whether they are open on Sunday, and at which hours.";
const HOUR: Duration = Duration::from_secs(3600);

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async { tokio::spawn(measure()).await? })
}

async fn measure() -> Result<(), Failure> {
    let directory = tempfile::tempdir()?;
    memory(directory.path(), if in_earnest() { 10_000 } else { 50 }).await?;
    restart(directory.path(), if in_earnest() { 10_000 } else { 50 }).await?;
    follow(if in_earnest() { 1_000 } else { 20 }).await
}

fn request(n: usize) -> Result<switchboard::ValidCall, Failure> {
    let number = format!("+1{}555{:04}", ["212", "646", "718", "917"][n / 10_000 % 4], n % 10_000);
    Ok(CallRequest::new(number, TASK).validate(Timestamp::now())?)
}

/// Kilobytes of memory that the process has.
fn resident() -> Result<usize, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.split_whitespace().nth(1).ok_or("no figure")?.parse()?)
}

fn router(provider: Arc<dyn Provider>, poll_every: Duration) -> switchboard::engine::EngineBuilder {
    let most = RequestLimit { requests: 1_000_000, window: Duration::from_secs(60) };
    let mut account =
        ProviderPolicy::new(provider.info().clone(), RateDeck::unknown(Currency::USD));
    account.limits.placing = Some(most);
    account.limits.reading = Some(most);
    let mut policy = Policy::new(vec![account], Currency::USD);
    policy.timings.poll_every = poll_every;
    Engine::builder(policy).without_calling_rules("no person is called").provider(provider)
}

async fn submit(router: &Engine, calls: std::ops::Range<usize>) -> Result<(), Failure> {
    let mut under_way = Vec::new();
    for n in calls {
        under_way.push(router.submit(request(n)?).await?.id);
    }
    for id in under_way {
        let call = router.decided(id).await?;
        if call.status != CallStatus::InProgress {
            return Err(format!("the call {id} is {}", call.status).into());
        }
    }
    Ok(())
}

async fn memory(directory: &Path, calls: usize) -> Result<(), Failure> {
    let journal = Arc::new(SqliteJournal::open(directory.join("flight.db")).await?);
    let config = KaiCallsConfig::new("kc_live_bench");
    let mut info = KaiCalls::new(config, Arc::new(SystemClock))?.info().clone();
    // No agent is asked for, and none answers.
    info.needs_agent = false;
    let router = router(Arc::new(Instant::new(info)), HOUR).journal(journal).build()?;
    // The pool of readers, the page caches and the allocator's own needs are there before anything
    // is counted.
    let warm_up = calls / 10;
    submit(&router, 0..warm_up).await?;
    let before = resident()?;
    submit(&router, warm_up..warm_up + calls).await?;
    let grown = resident()?.saturating_sub(before);
    println!(
        "{calls} calls in flight: the process grew by {grown} KiB, {:.2} KiB a call. Target: at most 4 KiB.",
        grown as f64 / calls as f64
    );
    Ok(())
}

/// A call that was sent, and whose answer nobody heard.
async fn sent(journal: &SqliteJournal, n: usize) -> Result<(), Failure> {
    let (now, id, attempt) =
        (Timestamp::now(), CallId::new(Uuid::now_v7()), AttemptId::new(Uuid::now_v7()));
    let new = NewCall::new(id, Arc::new(request(n)?), now);
    journal.open(new).await?;
    let admitted = Fact::Admitted { estimated_cost: None, experiment: None, plan: None };
    let intended = Attempt::new(attempt, ProviderId::from_static("kaicalls"), Uuid::now_v7(), now);
    let facts = vec![
        admitted,
        Fact::Intended(Box::new(intended)),
        Fact::Claimed(attempt),
        Fact::Sent(attempt),
    ];
    let write = Write { facts, ..Write::default() };
    journal.write(id, write, now).await?;
    Ok(())
}

async fn restart(directory: &Path, calls: usize) -> Result<(), Failure> {
    let path = directory.join("restart.db");
    let journal = Arc::new(SqliteJournal::open(&path).await?);
    let mut writing = stream::iter(0..calls)
        .map(|n| {
            let journal = Arc::clone(&journal);
            async move { sent(&journal, n).await }
        })
        .buffer_unordered(64);
    while let Some(written) = writing.next().await {
        written?;
    }
    drop(writing);
    drop(journal);
    let mut info =
        KaiCalls::new(KaiCallsConfig::new("kc_live_bench"), Arc::new(SystemClock))?.info().clone();
    info.needs_agent = false;
    let provider = Arc::new(Instant::new(info));
    let start = std::time::Instant::now();
    let journal = Arc::new(SqliteJournal::open(&path).await?);
    let router = router(provider, HOUR).journal(journal).build()?;
    let recovered = router.recover().await?;
    let took = start.elapsed();
    println!(
        "{calls} open calls at the start: ready after {:.2} s, {} of them written down as in doubt. Target: within 2 s.",
        took.as_secs_f64(),
        recovered.uncertain
    );
    router.stop_now();
    Ok(())
}

async fn follow(calls: usize) -> Result<(), Failure> {
    // Time as it is: every call is under way for minutes.
    let simulator =
        SimKaiCalls::start(SimConfig::default().seed(0).limits(10_000_000, 10_000_000)).await?;
    let mut config = KaiCallsConfig::new(simulator.credential());
    config.base_url = simulator.url().parse()?;
    config.agent_id = Some(simulator.agent_id().into());
    let router =
        router(Arc::new(KaiCalls::new(config, Arc::new(SystemClock))?), Duration::from_secs(3))
            .build()?;
    submit(&router, 0..calls).await?;
    let placed = simulator.posts_to("/api/v1/calls");
    let reads = || simulator.requests().iter().filter(|request| request.method == "GET").count();
    let (rounds, before) = (4, reads());
    tokio::time::sleep(Duration::from_secs(3) * rounds + Duration::from_millis(500)).await;
    let (after, in_progress) = (reads(), router.calls().await?);
    let open = in_progress.iter().filter(|call| call.status == CallStatus::InProgress).count();
    let each = (after - before) as f64 / f64::from(rounds);
    println!(
        "{placed} calls placed, {open} still under way after {rounds} rounds of 3 s: {} reads, {each:.1} a round, {:.0} a minute. \
         Target: about ten a round.",
        after - before,
        each * 20.0
    );
    Ok(())
}
