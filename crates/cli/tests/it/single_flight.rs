//! One renewal for all: 64 calls in four processes, of one login whose token has ended.

#![cfg(unix)]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    process::{Child, ChildStdout, Command, Stdio},
    sync::Arc,
};

use futures::future::join_all;
use switchboard::{
    Clock, Config, SystemClock,
    core::{CallFilter, PageRequest},
};
use switchboard_testkit::{
    SimConfig,
    fault::{Fault, Rule},
};

use crate::common::browser::Office;

const CONFIG: &str = "SWITCHBOARD_TEST_READER";
const PROCESSES: usize = 4;
const READS: usize = 16;

/// What each of the processes does. In the test run itself it is nothing.
#[test]
fn reader() {
    let Some(config) = std::env::var_os(CONFIG) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let provider = runtime.block_on(async {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        Config::from_file(config).unwrap().provider("kallyai", |_| None, &clock).unwrap()
    });
    println!("ready");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    let reads = (0..READS).map(|_| {
        let provider = Arc::clone(&provider);
        runtime.spawn(async move {
            provider.lists().unwrap().list(&CallFilter::default(), &PageRequest::default()).await
        })
    });
    for read in runtime.block_on(join_all(reads.collect::<Vec<_>>())) {
        read.unwrap().unwrap();
    }
    println!("read");
}

struct Reader {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Reader {
    fn start(config: &std::path::Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "single_flight::reader", "--nocapture"])
            .env(CONFIG, config)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut reader = Self { child, out };
        let mut line = String::new();
        while !line.contains("ready") {
            line.clear();
            assert!(reader.out.read_line(&mut line).unwrap() > 0, "a reader did not begin");
        }
        reader
    }

    fn go(&mut self) {
        self.child.stdin.take().unwrap().write_all(b"go\n").unwrap();
    }

    fn end(mut self) -> String {
        let mut said = String::new();
        self.out.read_to_string(&mut said).unwrap();
        assert!(self.child.wait().unwrap().success(), "{said}");
        said
    }
}

async fn office_with_an_ended_token() -> Office {
    let office =
        Office::with("token_store = \"file:tokens.json\"", SimConfig::default().seed(3)).await;
    office.logged_in();
    office.sim.expire_tokens();
    // Long enough for everybody to find the token ended while the first renewal is under way.
    office.sim.faults().add(Rule::on("POST", "/v1/auth/refresh", Fault::Pass).delay_ms(700));
    office
}

async fn read_by_all(says_when: bool) {
    let office = office_with_an_ended_token().await;
    let mut stored: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(office.tokens()).unwrap()).unwrap();
    let before = stored["access_token"].clone();
    stored["expires_at"] =
        if says_when { "2026-01-01T00:00:00Z".into() } else { serde_json::Value::Null };
    fs::write(office.tokens(), stored.to_string()).unwrap();

    let config = office.directory.path().join("switchboard.toml");
    let mut readers: Vec<Reader> = (0..PROCESSES).map(|_| Reader::start(&config)).collect();
    readers.iter_mut().for_each(Reader::go);
    for reader in readers {
        assert!(reader.end().contains("read"));
    }
    let answered = office.sim.requests();
    let reads =
        answered.iter().filter(|one| one.path == "/v1/calls" && one.status == Some(200)).count();
    assert_eq!(reads, PROCESSES * READS);
    assert_eq!(office.sim.posts_to("/v1/auth/refresh"), 1, "says when: {says_when}");
    let after: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(office.tokens()).unwrap()).unwrap();
    assert_ne!(after["access_token"], before);
    assert_eq!(after["signed_in_at"], stored["signed_in_at"], "a renewal is no login");
}

/// The same harness without a common store, to know that it counts.
#[tokio::test(flavor = "multi_thread")]
async fn with_a_store_each_every_process_renews() {
    let office = office_with_an_ended_token().await;
    let configs = (0..PROCESSES).map(|turn| {
        let directory = office.directory.path().join(turn.to_string());
        fs::create_dir(&directory).unwrap();
        for file in ["switchboard.toml", "tokens.json"] {
            fs::copy(office.directory.path().join(file), directory.join(file)).unwrap();
        }
        directory.join("switchboard.toml")
    });
    let mut readers: Vec<Reader> = configs.map(|config| Reader::start(&config)).collect();
    readers.iter_mut().for_each(Reader::go);
    for reader in readers {
        assert!(reader.end().contains("read"));
    }
    assert_eq!(office.sim.posts_to("/v1/auth/refresh"), PROCESSES);
}

#[tokio::test(flavor = "multi_thread")]
async fn before_it_ends_one_of_64_calls_in_4_processes_renews_the_token() {
    read_by_all(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_401_one_of_64_calls_in_4_processes_renews_the_token() {
    read_by_all(false).await;
}
