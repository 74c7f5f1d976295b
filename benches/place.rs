//! What placing a call through the router costs, beside one bare POST to the same simulator.
//!
//!     cargo bench -p switchboard-benches --bench place
//!
//! Five ways of placing the same call take turns, each round in another order, so that what is slow
//! for a moment is slow for all:
//!
//! - a bare reqwest POST with the backend's settings: a new connection for each call (no idle
//!   pool), HTTP/1.1, no redirects, no proxy, no resending, no referer; the answer is read to its
//!   end and not looked at;
//! - KaiCalls' typed client, which reads the answer;
//! - `Engine::place`: the plan, the journal (in memory), the rate limit, the request, the state
//!   machine;
//! - `Switchboard::place`: the same, and the request checked, phone number and all;
//! - `Engine::place` over a provider that takes the call at once and sends nothing: the router's
//!   own share.
//!
//! All of it on one thread first, then on two: the difference is what it costs to wake another
//! thread. The simulator has a thread of its own, its limit is lifted, its ledger is in memory and
//! its calls end within milliseconds. The router asks for news once an hour. The window of its own
//! limiter is shortened to 10 ms, so that it holds about as many calls as at a full 57 a minute.
#![allow(clippy::print_stdout)]

use std::{error::Error, future::Future, sync::Arc, time::Duration};

use jiff::Timestamp;
use switchboard::{
    CallRequest, CallStatus, Clock, Currency, Engine, PhoneNumber, Policy, Provider, Switchboard,
    SystemClock,
    core::RequestLimit,
    kaicalls::{KaiCalls, KaiCallsConfig, api::CreateCall},
    router::{ProviderPolicy, RateDeck},
};
use switchboard_benches::{Instant, Sample, Table, in_earnest};
use switchboard_testkit::{SimConfig, SimKaiCalls};

const TASK: &str = "Ask whether they are open on Sunday, and at which hours.";
const HOUR: Duration = Duration::from_secs(3600);
const WAYS: [&str; 5] = [
    "bare reqwest POST",
    "typed client",
    "Engine::place",
    "Switchboard::place",
    "Engine::place, nothing sent",
];

type Failure = Box<dyn Error + Send + Sync>;

/// Where the calls go.
#[derive(Clone)]
struct Account {
    url: String,
    key: String,
    agent: String,
}

/// Everything that a round needs.
struct Bench {
    account: Account,
    bare: reqwest::Client,
    kaicalls: Arc<KaiCalls>,
    switchboard: Switchboard,
    alone: Engine,
}

fn main() -> Result<(), Failure> {
    let rounds = if in_earnest() { 600 } else { 3 };
    let (ready, account) = std::sync::mpsc::channel();
    let simulator = std::thread::spawn(move || simulate(&ready));
    let Ok(account) = account.recv() else {
        return simulator.join().map_err(|_| "the simulator panicked")?;
    };
    for threads in [1, 2] {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads)
            .enable_all()
            .build()?;
        // As a task, because that is how a server places calls.
        let bench = account.clone();
        let samples = runtime.block_on(async {
            tokio::spawn(async move { measure(Bench::new(bench)?, rounds).await }).await?
        })?;
        println!("{rounds} calls each way, in turns; worker threads: {threads}\n");
        println!("{}", table(&samples));
    }
    println!("Target: Engine::place at most 1.05 of the bare POST.");
    Ok(())
}

fn table(samples: &[Sample]) -> Table {
    let mut table = Table::new(&["", "median µs", "p10 µs", "p90 µs", "ratio", "paired ratio"]);
    for (name, sample) in WAYS.iter().zip(samples) {
        let micros = |nanos: f64| format!("{:.1}", nanos / 1e3);
        let figures = [sample.median(), sample.quantile(0.1), sample.quantile(0.9)].map(micros);
        let ratios = [sample.median() / samples[0].median(), sample.paired_ratio(&samples[0])]
            .map(|ratio| format!("{ratio:.3}"));
        table.row(*name, figures.into_iter().chain(ratios));
    }
    table
}

/// Runs the simulator until the process ends.
fn simulate(ready: &std::sync::mpsc::Sender<Account>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let config = SimConfig::default().seed(0).speed(100_000.0).limits(10_000_000, 10_000_000);
        let simulator = SimKaiCalls::start(config).await?;
        let account = Account {
            url: simulator.url().to_owned(),
            key: simulator.credential().to_owned(),
            agent: simulator.agent_id().to_owned(),
        };
        ready.send(account)?;
        std::future::pending().await
    })
}

async fn measure(bench: Bench, rounds: usize) -> Result<Vec<Sample>, Failure> {
    let mut samples = vec![Sample::default(); WAYS.len()];
    // Numbers that nobody was called at before: a person takes one call at a time.
    let mut numbers = ["212", "646", "718", "917"]
        .into_iter()
        .flat_map(|area| (0..10_000).map(move |line| format!("+1{area}555{line:04}")))
        .filter_map(|text| PhoneNumber::parse(&text).ok());
    let warm_up = rounds / 10 + 1;
    for round in 0..warm_up + rounds {
        for turn in 0..WAYS.len() {
            let way = (turn + round) % WAYS.len();
            let to = numbers.next().ok_or("the numbers have run out")?;
            let elapsed = bench.once(way, &to).await?;
            if round >= warm_up {
                samples[way].add(elapsed, 1);
            }
        }
    }
    Ok(samples)
}

/// The simulator speaks plain http; the client cannot be built without any TLS.
fn no_tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth())
}

impl Bench {
    fn new(account: Account) -> Result<Self, Failure> {
        let bare = reqwest::Client::builder()
            .user_agent("bench")
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(30))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .pool_max_idle_per_host(0)
            .referer(false)
            .no_proxy()
            .http1_only()
            .tls_backend_preconfigured(no_tls()?)
            .build()?;
        let mut config = KaiCallsConfig::new(account.key.as_str());
        config.base_url = account.url.parse()?;
        config.agent_id = Some(account.agent.as_str().into());
        let kaicalls = Arc::new(KaiCalls::new(config, Arc::new(SystemClock))?);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let switchboard = Switchboard::new(router(kaicalls.clone())?, clock);
        let alone = router(Arc::new(Instant::new(kaicalls.info().clone())))?;
        Ok(Self { account, bare, kaicalls, switchboard, alone })
    }

    /// Places a call, and says how long it took. What is made ready before is not counted.
    async fn once(&self, way: usize, to: &PhoneNumber) -> Result<Duration, Failure> {
        let request = CallRequest::new(to.e164(), TASK);
        match way {
            0 => {
                let url = format!("{}/api/v1/calls", self.account.url);
                let body = serde_json::json!({"agent_id": self.account.agent, "to": to.e164(), "context": TASK, "max_duration": 600});
                timed(async {
                    let post = self.bare.post(url).bearer_auth(&self.account.key).json(&body);
                    let answer = post.send().await?.error_for_status()?;
                    Ok(!answer.bytes().await?.is_empty())
                })
                .await
            }
            1 => {
                let call = CreateCall::new(self.account.agent.as_str(), to.e164())
                    .context(TASK)
                    .max_duration(600_u64);
                timed(async {
                    Ok(self.kaicalls.client().calls().create(&call).await?.id.is_some())
                })
                .await
            }
            2 => {
                let call = request.validate(Timestamp::now())?;
                timed(async {
                    Ok(self.switchboard.engine().place(call).await?.status
                        == CallStatus::InProgress)
                })
                .await
            }
            3 => {
                timed(async {
                    Ok(self.switchboard.place(&request).await?.status == CallStatus::InProgress)
                })
                .await
            }
            _ => {
                let call = request.validate(Timestamp::now())?;
                timed(async { Ok(self.alone.place(call).await?.status == CallStatus::InProgress) })
                    .await
            }
        }
    }
}

fn router(provider: Arc<dyn Provider>) -> switchboard::Result<Engine> {
    let mut account =
        ProviderPolicy::new(provider.info().clone(), RateDeck::unknown(Currency::USD));
    account.limits.placing = Some(RequestLimit { requests: 57, window: Duration::from_millis(10) });
    let mut policy = Policy::new(vec![account], Currency::USD);
    policy.timings.poll_every = HOUR;
    Engine::builder(policy).without_calling_rules("no person is called").provider(provider).build()
}

async fn timed(
    placing: impl Future<Output = Result<bool, Failure>> + Send,
) -> Result<Duration, Failure> {
    let start = std::time::Instant::now();
    let placed = placing.await?;
    let elapsed = start.elapsed();
    if placed { Ok(elapsed) } else { Err("a call was not placed".into()) }
}
