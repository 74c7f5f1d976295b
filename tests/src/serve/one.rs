//! One loop: servers, clients, followers, an endpoint, strikes, and the judgement.

use std::{collections::HashMap, fmt::Write, path::Path, sync::Arc, time::Duration};

use futures::{StreamExt, future::join_all, stream};
use serde_json::{Value, json};
use switchboard::{CallStatus, jiff::Timestamp, journal::server::CallsFilter};
use switchboard_testkit::SimConfig;
use tokio::time::{Instant, sleep};

use crate::{
    Which,
    fuzz::Chance,
    kill::{Books, Row, RowKind, faults},
    loops::people::{self, OptOuts},
    serve::{
        Endpoint, Follower, Operator, Options, PROVIDERS, Process, Replicas, Setting, Stage,
        Totals, UNLIMITED,
        callers::{self, Granted, Wish},
        free_address,
        judge::{self, Arrived, Feed, Limit, Told, judge_calls, judge_events, judge_limits},
        quiet::{ENDPOINT, Followers, found, last_feed, quiet, settle},
        strikes::{self, Strikes},
    },
};

const TENANTS: [&str; 2] = ["acme", "bolt"];
/// With more calls, everything takes longer.
const FEW: usize = 300;

/// What a loop leaves.
struct Ran {
    granted: Vec<Granted>,
    courses: Vec<strikes::Course>,
    problems: Vec<String>,
    resumed: u64,
    resolved: u32,
    failed_deliveries: usize,
    seconds: [u64; 3],
    feed: Feed,
    opt_outs: OptOuts,
}

pub(super) async fn one(
    options: &Options,
    number: u32,
    parent: &Path,
    program: &Path,
    books: Books,
) -> (Totals, Option<String>) {
    let seed = Chance::new(options.run.seed.rotate_left(32) ^ u64::from(number)).next();
    let wishes: Vec<Wish> =
        (0..options.calls).map(|number| Wish::new(number, TENANTS.len())).collect();
    let addresses: Vec<String> = (0..options.replicas).map(|_| free_address()).collect();
    let (limits, slack) = limits(options);
    let stage = stage(seed, parent, program, books, &addresses, &wishes, &limits).await;
    let replicas = Arc::new(Replicas::new(addresses));
    // Somebody is called more than once only here.
    let until = people::not_after();
    let people: Vec<Wish> = (wishes.len()..)
        .zip(people::calls())
        .map(|(number, call)| Wish::of_person(number, call, &until))
        .collect();
    let mut ran = act(options, seed, &stage, &replicas, &wishes, &people).await;

    let ledger = stage.ledger().await;
    ran.feed.positions = last_feed(&ledger).await;
    let calls = found(&ledger, CallsFilter { limit: 1000, ..CallsFilter::default() }).await;
    let told: Vec<Result<Told, String>> = stream::iter(calls.clone())
        .map(|call| judge::told(&ledger, call))
        .buffer_unordered(8)
        .collect()
        .await;
    let (told, unreadable): (Vec<_>, Vec<_>) = told.into_iter().partition(Result::is_ok);
    let told: Vec<Told> = told.into_iter().flatten().collect();
    ran.problems.extend(unreadable.into_iter().filter_map(Result::err));
    if let Err(problem) = stage.check().await {
        ran.problems.push(problem);
    }
    let rings = stage.sims.rings.rings();
    let found = people::judge(&ran.opt_outs, &rings, &calls);
    let granted: Vec<Granted> =
        ran.granted.iter().filter(|one| one.number < wishes.len()).cloned().collect();
    let others: Vec<_> =
        calls.iter().filter(|call| !people::is_person(call.to.e164())).cloned().collect();
    let their_rings = rings.iter().filter(|ring| !people::is_person(&ring.to)).cloned().collect();
    let judged = judge_calls(&wishes, &granted, &others, their_rings);
    let events = judge_events(&told, &ran.feed);
    let (used, broken) = judge_limits(&told, &arrived(&stage, &wishes, &people), &limits, slack);

    let sum = |of: fn(&Granted) -> u32| ran.granted.iter().map(of).sum();
    let hits = |of: fn(&strikes::Course) -> u32| ran.courses.iter().map(of).sum();
    let with = |status| calls.iter().filter(|call| call.status == status).count();
    let mut totals = Totals {
        loops: 1,
        calls: wishes.len() + people.len(),
        requests: sum(|one| one.requests),
        failures: sum(|one| one.failures),
        replays: sum(|one| one.replays),
        rings: rings.len(),
        refused: with(CallStatus::Refused),
        indeterminate: judged.indeterminate,
        resolved: ran.resolved,
        kills: hits(|one| one.kills),
        pauses: hits(|one| one.pauses),
        ends: hits(|one| one.ends),
        events: ran.feed.positions.len(),
        resumed: ran.resumed,
        failed_deliveries: ran.failed_deliveries,
        repeated_deliveries: events.repeated,
        duplicate_rings: judged.duplicate_rings,
        lost_calls: judged.lost_calls,
        given_up: judged.given_up,
        lost_events: events.lost,
        invented_events: events.invented,
        undelivered_events: events.undelivered,
        broken_limits: broken.len(),
        against_rules: found.against_rules,
        at_limit: found.at_limit,
        limits: used,
        placing_seconds: ran.seconds[0],
        settling_seconds: ran.seconds[1],
        arriving_seconds: ran.seconds[2],
        bad_loops: 0,
        skipped: false,
    };
    let against: Vec<String> = found.faults.into_iter().map(|(_, what)| what).collect();
    let faults = [ran.problems, judged.faults, events.faults, broken, against].concat();
    drop(ledger);
    if faults.is_empty() && totals.is_good() {
        return (totals, None);
    }
    totals.bad_loops = 1;
    let report = report(options, number, &faults);
    (totals, Some(format!("{report}  kept in {}\n", stage.keep().display())))
}

fn report(options: &Options, number: u32, faults: &[String]) -> String {
    let Options { run, calls, replicas } = options;
    let again = run.again(number);
    let mut report = format!("--replicas {replicas} --calls {calls} {again}\n");
    for fault in faults.iter().take(40) {
        let _ = writeln!(report, "  {fault}");
    }
    if faults.len() > 40 {
        let _ = writeln!(report, "  and {} more", faults.len() - 40);
    }
    report
}

/// Limits that a run like this meets now and then, and how far from its slot a request may be. A
/// claim that was not sent within ten seconds, because its process was paused, is not sent at all.
fn limits(options: &Options) -> ([Limit; 4], Duration) {
    let (window, slack) = match options.run.postgres {
        false => (Duration::from_secs(4), Duration::from_secs(2)),
        true => (Duration::from_secs(20), Duration::from_secs(10)),
    };
    let (some, at_once) = match options.calls {
        ..=FEW => ((options.calls / 4).max(10), 25),
        _ => (options.calls / 20, 120),
    };
    let limits = [
        Limit::Provider("kaicalls", some, window),
        Limit::Provider("kallyai", some, window),
        Limit::Caller("acme", some, window),
        Limit::UnderWay("acme", at_once),
    ];
    (limits, slack)
}

/// The requests that place calls, as they arrived at the providers.
fn arrived(stage: &Stage, wishes: &[Wish], people: &[Wish]) -> Vec<Arrived> {
    let tenants: HashMap<&str, &'static str> =
        wishes.iter().map(|wish| (wish.to.as_str(), TENANTS[wish.tenant])).collect();
    let of = |which: Which| {
        let posts = stage.sims.sim(which).requests().into_iter();
        posts.filter(move |one| one.method == "POST" && one.path == which.path())
    };
    let mut arrived = Vec::new();
    for which in Which::BOTH {
        for request in of(which) {
            let at: Timestamp = request.at.parse().unwrap();
            let body = request.body.to_string();
            let to = body.find("\"+").and_then(|from| body.get(from + 1..from + 13));
            let of_person = |wish: &&Wish| body.contains(&wish.to) && body.contains(&wish.task);
            let person = people.iter().find(of_person).map(|wish| TENANTS[wish.tenant]);
            arrived.push(Arrived {
                at: at.as_microsecond(),
                provider: which.id(),
                tenant: person
                    .or_else(|| to.and_then(|to| tenants.get(to)).copied())
                    .unwrap_or_default(),
            });
        }
    }
    assert!(arrived.iter().all(|one| !one.tenant.is_empty()), "each is for one of ours");
    arrived
}

#[allow(clippy::too_many_arguments, reason = "the parts of one loop")]
async fn stage(
    seed: u64,
    parent: &Path,
    program: &Path,
    books: Books,
    addresses: &[String],
    wishes: &[Wish],
    limits: &[Limit; 4],
) -> Stage {
    let [
        Limit::Provider(_, kaicalls, window),
        Limit::Provider(_, kallyai, _),
        Limit::Caller(_, requests, _),
        Limit::UnderWay(_, at_once),
    ] = limits
    else {
        unreachable!("the order above");
    };
    let seconds = window.as_secs();
    let hooks = &addresses[0];
    let mut setting = Setting::new(books);
    // Shorter than most pauses, and longer than a busy machine makes a server wait.
    setting.lease_seconds = if wishes.len() > FEW { 4 } else { 2 };
    setting.rules = people::SECTION.to_owned();
    setting.routing = "max_wait_seconds = 900\nreconcile_seconds = 5\n".to_owned();
    setting.server =
        format!("settle_seconds = 1\ndrain_seconds = 3\npublic_url = \"http://{hooks}\"\n");
    setting.sections = format!(
        r#"{UNLIMITED}
[webhooks]
secret_env = "PROOF_HOOKS_SECRET"

[callers.each]
place_requests = {requests}
place_window_seconds = {seconds}
concurrent_calls = {at_once}

[providers.kaicalls.limits]
place_requests = {kaicalls}
place_window_seconds = {seconds}
read_requests = 100000
read_window_seconds = 60

[providers.kallyai.limits]
place_requests = {kallyai}
place_window_seconds = {seconds}
"#
    );
    let mut chance = Chance::new(seed ^ 0x5eed);
    let rows: Vec<Row> = wishes
        .iter()
        .map(|wish| Row { to: wish.to.clone(), tag: wish.tag, kind: RowKind::Good })
        .collect();
    let [kaicalls, kallyai] = faults::draw(&mut chance, PROVIDERS, &rows);
    let config = |script| {
        let plain = SimConfig::default().speed(setting.speed).seed(0);
        plain.limits(1_000_000, 1_000_000).credits(1_000_000).faults(script)
    };
    let (kallyai, kaicalls) = (config(kallyai), config(kaicalls));
    Stage::with(parent, program, &setting, kallyai, kaicalls).await
}

/// Runs everything until it is quiet.
async fn act(
    options: &Options,
    seed: u64,
    stage: &Stage,
    replicas: &Arc<Replicas>,
    wishes: &[Wish],
    people: &[Wish],
) -> Ran {
    let mut problems = Vec::new();
    let mut servers = Vec::new();
    for (replica, address) in replicas.addresses().iter().enumerate() {
        servers.push(stage.serve(replica, address).await.unwrap());
    }
    let admin = stage.key(&["--role", "admin"]).await;
    let mut keys = Vec::new();
    for tenant in TENANTS {
        keys.push(stage.key(&["--role", "caller", "--tenant", tenant]).await);
    }
    let endpoint = Endpoint::listen(seed, 10).await;
    let body = json!({"url": endpoint.url(ENDPOINT)});
    let made = replicas.insist(&admin, "POST", "/v1/webhook-endpoints", &body).await;
    assert_eq!(made.status, 201, "{made:?}");
    let from = begin(replicas, &admin).await;
    let (acme, bolt) = (begin(replicas, &keys[0]).await, begin(replicas, &keys[1]).await);
    let followers: Followers = [
        ("stream", None, Follower::stream(replicas, &admin, from.clone())),
        ("poller", None, Follower::poll(replicas, &admin, from)),
        ("stream", Some(TENANTS[0]), Follower::stream(replicas, &keys[0], acme)),
        ("poller", Some(TENANTS[1]), Follower::poll(replicas, &keys[1], bolt)),
    ];
    let operator = Operator::start(replicas, &admin, &stage.sims.rings);

    let (at_once, pace, every) = match options.calls {
        ..=FEW => (32, Duration::from_millis(100), 200..2000),
        _ => (128, Duration::from_millis(12), 500..6000),
    };
    let strikes = Strikes { every, pause: options.run.pause, seed };
    let struck = servers.drain(..).enumerate().map(|(replica, server)| {
        let strikes = &strikes;
        async move { strikes::run(stage, replicas, replica, server, strikes).await }
    });
    let began = Instant::now();
    let placing = async {
        let all = mixed(wishes, people);
        let granted = callers::place(replicas, &keys, all, at_once, pace).await;
        // A blow after the last answer: calls are still under way.
        sleep(Duration::from_secs(2)).await;
        replicas.leave_alone();
        granted
    };
    let opting_out = opt_outs(stage, seed);
    let (granted, struck, opt_outs) = tokio::join!(placing, join_all(struck), opting_out);
    let (left, courses): (Vec<Option<Process>>, Vec<_>) = struck.into_iter().unzip();
    problems.extend(courses.iter().filter_map(|course| course.broken.clone()));

    let placed = Instant::now();
    let ledger = stage.ledger().await;
    if let Err(problem) = settle(&ledger, wishes.len() + people.len()).await {
        problems.push(problem);
    }
    let settled = Instant::now();
    let arrived = match quiet(&ledger, &followers, &endpoint).await {
        Ok(arrived) => arrived,
        Err((problem, arrived)) => {
            problems.push(problem);
            arrived
        }
    };
    let seconds = [placed - began, settled - placed, settled.elapsed()].map(|one| one.as_secs());
    drop(ledger);
    let resolved = operator.decided();
    drop(operator);
    // They end in order, with nothing left to do.
    for server in left.into_iter().flatten() {
        match server.terminate(Duration::from_secs(30)).await {
            Ok(status) if status.success() => {}
            Ok(status) => problems.push(format!("a server ended with {status}")),
            Err(problem) => problems.push(problem),
        }
    }
    let received = endpoint.received(ENDPOINT).await;
    let mut feed = Feed { arrived, received, ..Feed::default() };
    let mut resumed = 0;
    for (name, tenant, follower) in &followers {
        resumed += follower.seen.resumed.load(std::sync::atomic::Ordering::Relaxed);
        let seen = follower.seen.events.lock().await.clone();
        feed.followers.push((name, tenant.map(str::to_owned), seen));
    }
    let failed_deliveries = endpoint.failures();
    Ran {
        granted,
        courses,
        problems,
        resumed,
        resolved,
        failed_deliveries,
        seconds,
        feed,
        opt_outs,
    }
}

/// Calls to the people among the others, from the first on.
fn mixed(wishes: &[Wish], people: &[Wish]) -> Vec<Wish> {
    let mut all = wishes.to_vec();
    for (nth, one) in people.iter().enumerate() {
        all.insert((2 * nth + 1).min(all.len()), one.clone());
    }
    all
}

/// Records opt-outs while calls are under way.
async fn opt_outs(stage: &Stage, seed: u64) -> OptOuts {
    let mut chance = Chance::new(seed ^ 0x0b7);
    let ledger = stage.ledger().await;
    let mut opt_outs = OptOuts::new();
    for nth in 0..3 {
        sleep(Duration::from_millis(200 + chance.below(1500) as u64)).await;
        opt_outs.extend(people::opt_out(&ledger.journal(), nth).await);
    }
    opt_outs
}

/// A cursor near the beginning of the feed, and the events before it: that keys were made.
async fn begin(replicas: &Replicas, key: &str) -> (String, Vec<String>) {
    let page = replicas.insist(key, "GET", "/v1/events", &Value::Null).await.json();
    let ids = page["data"].as_array().unwrap().iter();
    let ids = ids.map(|event| event["id"].as_str().unwrap().to_owned()).collect();
    (page["next_cursor"].as_str().unwrap().to_owned(), ids)
}
