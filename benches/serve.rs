//! What the HTTP API costs, beside floors that are measured in the same run.
//!
//!     cargo bench -p switchboard-benches --bench serve
//!
//! - `POST /v1/calls` over 64 connections, beside a bare axum route that does what cannot be left
//!   out: it parses and checks the request, and waits twice for the same journal. Both on SQLite, in
//!   turns.
//! - The same, one at a time from one client, beside `Engine::accept` in this process and beside a
//!   bare route: what the API adds to the time of one call, and what of it is the connection.
//! - `GET /v1/me` beside a route that answers as many bytes: the key, the limits, the routing and the
//!   headers.
//! - The same calls with a webhook endpoint that gets each of them, beside calls without one.
//! - Deliveries to eight endpoints whose receivers answer after 20 ms, beside the same client without
//!   a ledger.
//! - 1,000 streams of events: how long a new call takes to reach all of them, and the memory that an
//!   idle stream takes.
//!
//! The clients run in this process too, and their time counts on both sides. The calls are due in an
//! hour, so that no provider is asked. The ledgers are in `SWITCHBOARD_BENCH_DIR` or `target/`.
#![allow(clippy::print_stdout)]

#[path = "serve/client.rs"]
mod client;
#[path = "serve/floor.rs"]
mod floor;
#[path = "serve/receiver.rs"]
mod receiver;
#[path = "serve/server.rs"]
mod server;

use std::{
    error::Error,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use client::{Client, Connection, Load};
use futures::future::try_join_all;
use receiver::Receiver;
use server::Server;
use switchboard_benches::{Chance, Sample, Table, in_earnest};
use tokio::sync::mpsc;

const CONNECTIONS: usize = 64;

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
    let rounds = if in_earnest() { 7 } else { 1 };
    let server = Server::start(&directory.join("api.db")).await?;
    accepting(&server, directory, rounds, if in_earnest() { 4_000 } else { 64 }).await?;
    one_at_a_time(&server, if in_earnest() { 1_000 } else { 5 }).await?;
    reading(&server, rounds, if in_earnest() { 40_000 } else { 64 }).await?;
    with_an_endpoint(directory, rounds, if in_earnest() { 2_000 } else { 64 }).await?;
    delivering(directory, rounds.min(3), if in_earnest() { 500 } else { 8 }).await?;
    let (streams, calls) = if in_earnest() { (1_000, 200) } else { (8, 3) };
    streaming(&server, streams, calls).await
}

/// Calls over 64 connections.
async fn accepting(
    server: &Server,
    directory: &Path,
    rounds: usize,
    calls: usize,
) -> Result<(), Failure> {
    let floor = floor::accepting(&directory.join("floor.db")).await?;
    let ways = [floor, server.address];
    let mut load = Load::new(&server.key);
    let (mut times, mut work) = ([Sample::default(), Sample::default()], Work::default());
    for round in 0..=rounds {
        for turn in 0..2 {
            let way = (turn + round) % 2;
            let requests: Vec<Vec<u8>> = (0..calls).map(|_| load.call()).collect();
            let (elapsed, spent) = spread(ways[way], requests, 201).await?;
            // The first round warms up.
            if round > 0 {
                times[way].add(elapsed, calls);
                work.add(way, spent, calls);
            }
        }
    }
    let heading = format!("POST /v1/calls, {CONNECTIONS} connections, SQLite");
    let mut table = Table::new(&[&heading, "calls/s", "CPU µs each", "rate ratio", "CPU ratio"]);
    let names = ["bare route, the same journal", "the API"];
    work.rows(&mut table, names, &times);
    println!("{table}\nTargets: rate at least 0.8 of the bare route, CPU at most 1.3 of it.\n");
    Ok(())
}

/// One call each 5 ms on the average. The pauses are drawn, because the feed takes its turns at
/// fixed ones, and would meet always the same calls. A bare route that answers as many bytes says
/// what the connection alone takes: on an idle machine, each side has to be woken up.
async fn one_at_a_time(server: &Server, calls: usize) -> Result<(), Failure> {
    let mut load = Load::new(&server.key);
    let mut connection = Connection::open(server.address).await?;
    let length = connection.ask(&load.call(), 201).await?.len();
    let mut bare = Client::open(floor::answering(length).await?)?;
    let bare_request = client::get("/v1/me", &server.key);
    let mut api = Client::open(server.address)?;
    let mut chance = Chance::new(0);
    let mut pause = move || tokio::time::sleep(Duration::from_micros(2_000 + chance.below(6_000)));
    let mut samples = [Sample::default(), Sample::default(), Sample::default()];
    for _ in 0..calls {
        pause().await;
        let request = load.call();
        let (took, client) = asked(api, request, 201).await?;
        samples[2].add(took, 1);
        api = client;
        pause().await;
        let valid = load.valid()?;
        let start = Instant::now();
        server.switchboard.engine().accept(valid).await?;
        samples[0].add(start.elapsed(), 1);
        pause().await;
        let (took, client) = asked(bare, bare_request.clone(), 200).await?;
        samples[1].add(took, 1);
        bare = client;
    }
    let mut table = Table::new(&["one at a time, 5 ms apart", "p50 µs", "p99 µs"]);
    let names = ["Engine::accept", "bare route, as many bytes", "POST /v1/calls"];
    for (name, sample) in names.iter().zip(&samples) {
        let micros = |part| format!("{:.0}", sample.quantile(part) / 1e3);
        table.row(*name, [micros(0.5), micros(0.99)]);
    }
    let [accept, connection, post] = samples.map(|sample| sample.median() / 1e3);
    println!(
        "{table}\nAdded: {:.0} µs to Engine::accept, of which the connection takes {connection:.0}; {:.0} µs are the API's. \
         Target: at most 150 µs added.\n",
        post - accept,
        post - accept - connection
    );
    Ok(())
}

/// Asks on another thread.
async fn asked(
    mut client: Client,
    request: Vec<u8>,
    expected: u16,
) -> Result<(Duration, Client), Failure> {
    let asked = move || client.ask(&request, expected).map(|took| (took, client));
    tokio::task::spawn_blocking(asked).await?
}

/// The key, limits, routing and headers.
async fn reading(server: &Server, rounds: usize, requests: usize) -> Result<(), Failure> {
    let me = client::get("/v1/me", &server.key);
    let length = Connection::open(server.address).await?.ask(&me, 200).await?.len();
    let bare = floor::answering(length).await?;
    let ways = [bare, server.address];
    let (mut times, mut work) = ([Sample::default(), Sample::default()], Work::default());
    for round in 0..=rounds {
        for turn in 0..2 {
            let way = (turn + round) % 2;
            let (elapsed, spent) = spread(ways[way], vec![me.clone(); requests], 200).await?;
            if round > 0 {
                times[way].add(elapsed, requests);
                work.add(way, spent, requests);
            }
        }
    }
    let heading = format!("GET /v1/me, {CONNECTIONS} connections");
    let mut table = Table::new(&[&heading, "requests/s", "CPU µs each", "rate ratio", "CPU ratio"]);
    work.rows(&mut table, ["bare route, as many bytes", "the API"], &times);
    let added = (work.each(1) - work.each(0)) / 1e3;
    println!("{table}\nAdded CPU: {added:.1} µs. Target: at most 25 µs.\n");
    Ok(())
}

/// Accepting calls while an endpoint gets an event of each, beside calls that nobody hears of.
async fn with_an_endpoint(directory: &Path, rounds: usize, calls: usize) -> Result<(), Failure> {
    let receiver = Receiver::start(Duration::ZERO).await?;
    let servers = [
        Server::start(&directory.join("silent.db")).await?,
        Server::start(&directory.join("heard.db")).await?,
    ];
    let endpoint = client::endpoint(&receiver.url, &servers[1].key);
    Connection::open(servers[1].address).await?.ask(&endpoint, 201).await?;
    let mut loads = servers.each_ref().map(|server| Load::new(&server.key));
    let (mut times, mut work) = ([Sample::default(), Sample::default()], Work::default());
    for round in 0..=rounds {
        for turn in 0..2 {
            let way = (turn + round) % 2;
            let requests: Vec<Vec<u8>> = (0..calls).map(|_| loads[way].call()).collect();
            let (elapsed, spent) = spread(servers[way].address, requests, 201).await?;
            if round > 0 {
                times[way].add(elapsed, calls);
                work.add(way, spent, calls);
            }
            // What is still to be delivered does not count against the next turn.
            receiver.has(if way == 1 { (round + 1) * calls } else { receiver.got() }).await;
        }
    }
    let heading = format!("POST /v1/calls, {CONNECTIONS} connections, SQLite");
    let mut table = Table::new(&[&heading, "calls/s", "CPU µs each", "rate ratio", "CPU ratio"]);
    work.rows(&mut table, ["no endpoint", "one endpoint that gets them"], &times);
    println!(
        "{table}\nTarget: rate at least 0.9. Its deliveries go on meanwhile, on the same processors.\n"
    );
    Ok(())
}

/// Endpoints that are delivered to.
const ENDPOINTS: usize = 8;
/// What one endpoint gets at once.
const AT_ONCE: usize = 8;

/// Deliveries in a second.
async fn delivering(directory: &Path, rounds: usize, calls: usize) -> Result<(), Failure> {
    let receiver = Receiver::start(Duration::from_millis(20)).await?;
    let server = Server::start(&directory.join("delivering.db")).await?;
    let mut connection = Connection::open(server.address).await?;
    for _ in 0..ENDPOINTS {
        connection.ask(&client::endpoint(&receiver.url, &server.key), 201).await?;
    }
    let (mut load, client) = (Load::new(&server.key), receiver::client()?);
    let deliveries = calls * ENDPOINTS;
    let mut times = [Sample::default(), Sample::default()];
    for round in 0..=rounds {
        let before = receiver.got();
        let begun = Instant::now();
        let posting = (0..ENDPOINTS * AT_ONCE).map(|worker| {
            let (client, url) = (client.clone(), receiver.url.clone());
            tokio::spawn(async move {
                for _ in (worker..deliveries).step_by(ENDPOINTS * AT_ONCE) {
                    let body = vec![b'x'; 1_000].into();
                    client.post(&url, &[], body).await.map_err(|why| why.as_str())?;
                }
                Ok::<(), Failure>(())
            })
        });
        for posted in posting.collect::<Vec<_>>() {
            posted.await??;
        }
        let bare = begun.elapsed();
        receiver.has(before + deliveries).await;
        let requests: Vec<Vec<u8>> = (0..calls).map(|_| load.call()).collect();
        let begun = Instant::now();
        spread(server.address, requests, 201).await?;
        receiver.has(before + 2 * deliveries).await;
        if round > 0 {
            times[0].add(bare, deliveries);
            times[1].add(begun.elapsed(), deliveries);
        }
    }
    let heading = format!("{ENDPOINTS} endpoints, answers after 20 ms");
    let mut table = Table::new(&[&heading, "deliveries/s", "rate ratio"]);
    for (name, sample) in ["the client alone", "events, until they are received"].iter().zip(&times)
    {
        let rate = format!("{:.0}", 1e9 / sample.median());
        table.row(*name, [rate, format!("{:.2}", times[0].paired_ratio(sample))]);
    }
    println!("{table}\nTarget: at least 0.6. The time to accept the calls counts too.\n");
    Ok(())
}

/// From a call that was accepted to every stream that follows.
async fn streaming(server: &Server, streams: usize, calls: usize) -> Result<(), Failure> {
    let before = resident()?;
    let (sender, mut arrived) = mpsc::unbounded_channel();
    let follow = client::get("/v1/events/stream?type=call.created", &server.key);
    let mut opening = Vec::new();
    for _ in 0..streams {
        opening.push(client::Stream::open(server.address, &follow));
    }
    let open = try_join_all(opening).await?;
    let idle = resident()?.saturating_sub(before) / streams as u64;
    for stream in open {
        tokio::spawn(stream.follow(sender.clone()));
    }
    drop(sender);
    let mut load = Load::new(&server.key);
    let mut connection = Connection::open(server.address).await?;
    let mut pace = tokio::time::interval(Duration::from_millis(100));
    let mut sample = Sample::default();
    for _ in 0..calls {
        pace.tick().await;
        let call = load.call();
        connection.ask(&call, 201).await?;
        // The answer says that the call is durable.
        let durable = Instant::now();
        for _ in 0..streams {
            let at: Instant = arrived.recv().await.ok_or("a stream ended")?;
            sample.add(at.saturating_duration_since(durable), 1);
        }
    }
    let heading = format!("{streams} streams, {calls} calls, 10 a second");
    let mut table = Table::new(&[&heading, "p50 ms", "p99 ms"]);
    let millis = |part| format!("{:.1}", sample.quantile(part) / 1e6);
    table.row("from durable to the stream's reader", [millis(0.5), millis(0.99)]);
    println!("{table}\nTarget: p99 at most 100 ms.");
    println!(
        "An idle stream: {:.1} KiB, its client's end included. Target: at most 16.",
        idle as f64 / 1024.0
    );
    Ok(())
}

/// Sends requests over all connections, and says how long it took and what it cost.
async fn spread(
    address: std::net::SocketAddr,
    requests: Vec<Vec<u8>>,
    expected: u16,
) -> Result<(Duration, Duration), Failure> {
    let share = requests.len().div_ceil(CONNECTIONS);
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(Connection::open(address).await?);
    }
    let requests: Vec<Arc<[Vec<u8>]>> = requests.chunks(share).map(Arc::from).collect();
    let (start, spent) = (Instant::now(), cpu()?);
    let tasks = requests.into_iter().zip(connections).map(|(requests, mut connection)| {
        tokio::spawn(async move {
            for request in requests.iter() {
                connection.ask(request, expected).await?;
            }
            Ok::<(), Failure>(())
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await??;
    }
    Ok((start.elapsed(), cpu()?.saturating_sub(spent)))
}

/// What two ways of doing something cost.
#[derive(Default)]
struct Work([(Duration, usize); 2]);

impl Work {
    fn add(&mut self, way: usize, spent: Duration, count: usize) {
        self.0[way].0 += spent;
        self.0[way].1 += count;
    }

    /// Nanoseconds of CPU each.
    fn each(&self, way: usize) -> f64 {
        self.0[way].0.as_secs_f64() * 1e9 / self.0[way].1.max(1) as f64
    }

    fn rows(&self, table: &mut Table, names: [&str; 2], times: &[Sample; 2]) {
        for (way, name) in names.into_iter().enumerate() {
            let rate = format!("{:.0}", 1e9 / times[way].median());
            let each = format!("{:.1}", self.each(way) / 1e3);
            let faster = format!("{:.2}", times[0].paired_ratio(&times[way]));
            let dearer = format!("{:.2}", self.each(way) / self.each(0));
            table.row(name, [rate, each, faster, dearer]);
        }
    }
}

/// What this process has used of the processors, to a hundredth of a second.
fn cpu() -> Result<Duration, Failure> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> =
        stat.rsplit_once(')').map_or(Vec::new(), |(_, rest)| rest.split_whitespace().collect());
    let ticks = |at: usize| -> Result<u64, Failure> {
        Ok(fields.get(at).ok_or("the kernel says nothing of the time")?.parse()?)
    };
    // utime and stime, in hundredths of a second.
    Ok(Duration::from_millis((ticks(11)? + ticks(12)?) * 10))
}

/// The memory of this process, in bytes.
fn resident() -> Result<u64, Failure> {
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    let pages: u64 = statm.split(' ').nth(1).ok_or("the kernel says nothing of memory")?.parse()?;
    Ok(pages * 4096)
}
