//! Webhooks of providers: forged ones cost nothing, and real ones are acknowledged at once.

use std::time::{Duration, Instant};

use futures::future::join_all;
use serde_json::Value;
use switchboard_testkit::{
    SimConfig,
    fault::{Fault, FaultScript, Rule},
};
use switchboard_tests::{
    KAICALLS_PATH, binary, callee,
    kill::Books,
    serve::{
        Process, Setting, Stage, free_address,
        http::{Connection, request},
    },
    wait::eventually,
};

use crate::support::{get, place, postgres, query, settled};

/// Memory that may come and go with connections and buffers.
const SLACK_KIB: u64 = 24 * 1024;
const CONNECTIONS: usize = 16;

fn hooked(setting: &mut Setting, address: &str) {
    setting.server.push_str(&format!("public_url = \"http://{address}\"\n"));
    setting.sections.push_str("[webhooks]\nsecret_env = \"PROOF_HOOKS_SECRET\"\n");
}

/// The path of the webhooks of a call that is over.
async fn path_of_a_call(stage: &Stage, address: &str, key: &str) -> (String, Value) {
    // By tag, so that it is the provider that sends webhooks.
    let placed = place(address, key, "hooked", &callee(1)).await.unwrap().json();
    let id = placed["id"].as_str().unwrap().to_owned();
    settled(address, key, &id).await;
    let url = eventually("a webhook", || async {
        stage.sims.kaicalls.webhook_attempts().first().map(|attempt| attempt.url.clone())
    })
    .await;
    let path = url.split_once(address).unwrap().1.to_owned();
    // Bills and transcripts come a little later.
    let quiet = eventually("the call to be quiet", || async {
        let before = get(address, key, &format!("/v1/calls/{id}")).await.json();
        tokio::time::sleep(Duration::from_millis(700)).await;
        let after = get(address, key, &format!("/v1/calls/{id}")).await.json();
        (before == after).then_some(after)
    })
    .await;
    (path, quiet)
}

/// Sends so many forged webhooks, shared out to some connections.
async fn forge(address: &str, path: &str, count: usize) {
    let (path, mac) = path.rsplit_once('.').unwrap();
    let one = |connection: usize| async move {
        let mut stream = Connection::open(address).await.unwrap();
        for number in (connection..count).step_by(CONNECTIONS) {
            // Another address each time, well formed, with a MAC of the right length.
            let number = format!("{number:08x}");
            let path = format!("{path}.{number}{}", &mac[number.len()..]);
            let body = serde_json::json!({"event": "call.completed", "call_id": number});
            let answer = stream.exchange(&request("POST", &path, &[], &body)).await.unwrap();
            assert_eq!(answer.status, 404, "{answer:?}");
        }
    };
    join_all((0..CONNECTIONS).map(one)).await;
}

async fn forged(count: usize) {
    let address = free_address();
    let Some((stage, url)) = postgres(|setting| hooked(setting, &address)).await else {
        return;
    };
    let server: Process = stage.serve(0, &address).await.unwrap();
    let key = stage.key(&["--role", "caller", "--tenant", "acme"]).await;
    let (path, call) = path_of_a_call(&stage, &address, &key).await;
    forge(&address, &path, 500).await;
    // Statistics of the database are up to date when a connection has been idle for a moment.
    let commits = || {
        let sql = "SELECT sum(xact_commit + xact_rollback) FROM pg_stat_database WHERE datname = current_database()";
        query(&url, sql).parse::<u64>().unwrap()
    };
    let (memory, before, began) = (server.resident_kib(), commits(), Instant::now());
    forge(&address, &path, count).await;
    // What a server asks by itself: leases, turns of the feed, deliveries, calls of others.
    let by_itself = (began.elapsed().as_secs() + 3) * 30;
    let asked = commits() - before;
    assert!(
        asked < by_itself,
        "{asked} queries for {count} forged webhooks, {by_itself} by itself"
    );
    assert!((by_itself as usize) < count, "it would not be seen");
    let grown = server.resident_kib().saturating_sub(memory);
    assert!(grown < SLACK_KIB, "{grown} KiB more");
    let id = call["id"].as_str().unwrap();
    assert_eq!(get(&address, &key, &format!("/v1/calls/{id}")).await.json(), call);
    assert_eq!(query(&url, "SELECT count(*) FROM inbox WHERE handled_at IS NULL"), "0");
    println!(
        "{count} forged webhooks in {:?}: {asked} transactions, {grown} KiB more",
        began.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_webhooks_ask_nothing_and_change_nothing() {
    forged(6_000).await;
}

/// `cargo test -p switchboard-tests --test serve -- --ignored --nocapture million`
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn a_million_forged_webhooks_ask_nothing_and_change_nothing() {
    forged(1_000_000).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_of_a_slow_provider_is_acknowledged_within_a_second() {
    let address = free_address();
    let mut setting = Setting::new(Books::Sqlite);
    hooked(&mut setting, &address);
    // Reads of calls take five seconds.
    let slow = Rule::on("GET", format!("{KAICALLS_PATH}*"), Fault::Pass).delay_ms(5_000);
    let config = || SimConfig::default().speed(100.0).seed(0);
    let kaicalls = config().faults(FaultScript::default().rule(slow));
    let (parent, program) = (std::env::temp_dir(), binary::switchboard());
    let stage = Stage::with(&parent, program, &setting, config(), kaicalls).await;
    let _server = stage.serve(0, &address).await.unwrap();
    let key = stage.key(&["--role", "caller", "--tenant", "acme"]).await;
    place(&address, &key, "slow", &callee(1)).await.unwrap();
    let attempt = eventually("a webhook", || async {
        stage.sims.kaicalls.webhook_attempts().into_iter().find(|one| one.status.is_some())
    })
    .await;
    assert_eq!((attempt.attempt, attempt.status), (1, Some(200)));
    let path = attempt.url.split_once(&address).unwrap().1.to_owned();
    let mut connection = Connection::open(&address).await.unwrap();
    for number in 0..3 {
        let body = serde_json::json!({"event": "call.completed", "number": number});
        let began = Instant::now();
        let answer = connection.exchange(&request("POST", &path, &[], &body)).await.unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    }
}
