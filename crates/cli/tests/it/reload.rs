//! A changed configuration while calls are placed: loaded completely, or not at all.

#![cfg(unix)]

use std::{collections::BTreeMap, fs, process::Stdio};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines},
    process::{Child, ChildStderr},
};

use crate::common::{Harness, Ran};

const ROWS: usize = 40;

/// A batch that begins one row after the other.
struct Batch {
    child: Child,
    notes: Lines<BufReader<ChildStderr>>,
}

impl Batch {
    async fn start(harness: &Harness) -> Self {
        let rows = (0..ROWS).map(|row| format!("+121255501{row:02},Ask for table {row}.\n"));
        let file = harness.write("calls.csv", &format!("to,task\n{}", rows.collect::<String>()));
        let mut command = tokio::process::Command::from(
            harness.command(&["batch", &file, "--yes", "--rate", "300", "--json"]),
        );
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let notes = BufReader::new(child.stderr.take().unwrap()).lines();
        harness.ledger.wait_for_rings(3).await;
        Self { child, notes }
    }

    /// Reads what it tells until it tells this.
    async fn tells(&mut self, what: &str) -> String {
        loop {
            let line = self.notes.next_line().await.unwrap();
            let line = line.unwrap_or_else(|| panic!("it ended and never printed {what:?}"));
            if line.contains(what) {
                return line;
            }
        }
    }

    async fn end(mut self) {
        let mut out = String::new();
        let mut stdout = self.child.stdout.take().unwrap();
        let (ended, _, ()) =
            tokio::join!(self.child.wait(), stdout.read_to_string(&mut out), async {
                while self.notes.next_line().await.unwrap().is_some() {}
            });
        assert_eq!(ended.unwrap().code(), Some(0), "{out}");
    }
}

/// How many closed calls each provider had.
async fn by_provider(harness: &Harness) -> BTreeMap<String, usize> {
    let listed = harness.run(&["calls", "list", "--limit", "100", "--json"]).await.json();
    let mut counts = BTreeMap::new();
    for call in listed["calls"].as_array().unwrap() {
        assert_eq!(call["status"], "closed", "{call}");
        let provider = call["provider"].as_str().unwrap_or_else(|| panic!("{call}"));
        *counts.entry(provider.to_owned()).or_default() += 1;
    }
    counts
}

fn switch_off_kaicalls(harness: &Harness) {
    let text = fs::read_to_string(harness.config()).unwrap();
    fs::write(
        harness.config(),
        text.replace("kind = \"kaicalls\"", "kind = \"kaicalls\"\nenabled = false"),
    )
    .unwrap();
}

async fn reload(harness: &Harness) -> Ran {
    harness.run(&["reload", "--by", "ada", "--json"]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_batch_takes_up_what_reload_asks_for_and_loses_no_call() {
    let harness = Harness::start(|config| config).await;
    let mut batch = Batch::start(&harness).await;
    switch_off_kaicalls(&harness);
    let ran = reload(&harness).await;
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let answer = ran.json();
    assert_eq!(answer["answers"].as_array().map(Vec::len), Some(1), "{answer}");
    assert_eq!(
        (&answer["answers"][0]["applied"], &answer["answers"][0]["version"]),
        (&Value::Bool(true), &answer["version"])
    );
    batch.tells("loaded").await;
    batch.end().await;
    let counts = by_provider(&harness).await;
    assert!(counts["kaicalls"] >= 3 && counts["kallyai"] > 0, "{counts:?}");
    assert_eq!(
        (counts.values().sum::<usize>(), harness.ledger.len()),
        (ROWS, ROWS),
        "everybody once"
    );

    // The plan of each call says by which configuration it was made.
    let listed = harness.run(&["calls", "list", "--limit", "100", "--json"]).await.json();
    let calls = listed["calls"].as_array().unwrap();
    let last = calls[calls.len() - 1]["id"].as_str().unwrap();
    let shown = harness.run(&["calls", "show", last, "--json"]).await;
    assert!(shown.out.contains(answer["version"].as_str().unwrap()), "{}", shown.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_wrong_changes_nothing_and_says_why() {
    let harness = Harness::start(|config| config).await;
    let mut batch = Batch::start(&harness).await;
    let right = fs::read_to_string(harness.config()).unwrap();
    fs::write(
        harness.config(),
        right.replace("default_agent = \"desk\"", "default_agent = \"dusk\""),
    )
    .unwrap();
    let ran = reload(&harness).await;
    assert_eq!(ran.code, 2, "no process is asked to load a wrong file: {}", ran.out);
    assert!(ran.out.contains("routing.default_agent"), "{}", ran.out);

    let process = batch.child.id().unwrap().to_string();
    let hung_up =
        tokio::process::Command::new("kill").args(["-HUP", &process]).status().await.unwrap();
    assert!(hung_up.success());
    let note = batch.tells("was not loaded").await;
    assert!(note.contains("nothing changed"), "{note}");
    batch.end().await;
    fs::write(harness.config(), right).unwrap();
    assert_eq!(by_provider(&harness).await, BTreeMap::from([("kaicalls".to_owned(), ROWS)]));
    assert_eq!(harness.ledger.len(), ROWS);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_a_new_start_can_change_is_refused() {
    let harness = Harness::start(|config| config).await;
    let mut batch = Batch::start(&harness).await;
    harness.configure("[webhooks]\npublic_url = \"https://calls.example.com\"\nsecret_env = \"TEST_KAICALLS_KEY\"");
    let process = batch.child.id().unwrap().to_string();
    tokio::process::Command::new("kill").args(["-HUP", &process]).status().await.unwrap();
    let note = batch.tells("was not loaded").await;
    assert!(note.contains("webhooks") && note.contains("restart it"), "{note}");
    batch.end().await;
    assert_eq!(harness.ledger.len(), ROWS);
}
