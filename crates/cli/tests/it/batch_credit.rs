//! A batch over two providers, of which one runs out of credit: nothing is lost, and the rest goes
//! over or waits, as the caller asked.

use std::{fs, path::Path, process::Stdio};

use serde_json::Value;
use switchboard_testkit::fault::{Fault, Rule};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};

use crate::common::{Harness, Ran};

/// Calls that are undecided at the same time.
const AT_ONCE: usize = 32;

/// A number in the United States, which both providers call.
fn number(row: usize) -> String {
    format!("+1{}555{:04}", 212 + 101 * (row / 10_000), row % 10_000)
}

fn table(rows: usize) -> String {
    let lines = (0..rows).map(|row| format!("{},Ask for table {row}.\n", number(row)));
    format!("to,task\n{}", lines.collect::<String>())
}

/// Both providers take as many calls and reads as come: by their documents, following thousands of
/// calls would take an hour. KallyAI has so much credit.
async fn harness(credits: u32) -> Harness {
    let harness = Harness::start(|config| config.limits(100_000, 100_000).credits(credits)).await;
    for provider in ["kallyai", "kaicalls"] {
        harness.configure(&format!(
            "[providers.{provider}.limits]\nplace_requests = 100000\nplace_window_seconds = 60\n\
             read_requests = 100000\nread_window_seconds = 60"
        ));
    }
    harness.configure(
        "[[routes]]\nname = \"all\"\nstrategy = \"priority\"\nproviders = [\"kallyai\", \"kaicalls\"]",
    );
    harness
}

fn report(ran: &Ran) -> Value {
    serde_json::from_str(ran.out.lines().last().unwrap_or_default()).unwrap()
}

fn rang_once(harness: &Harness, rows: usize) {
    for row in 0..rows {
        assert_eq!(harness.ledger.count(&number(row)), 1, "row {}", row + 1);
    }
    assert_eq!(harness.ledger.len(), rows);
}

fn providers(results: &Path) -> (usize, usize) {
    let mut table = csv::Reader::from_path(results).unwrap();
    let at = table.headers().unwrap().iter().position(|name| name == "call_provider").unwrap();
    let names: Vec<String> = table.records().map(|row| row.unwrap()[at].to_owned()).collect();
    let count = |wanted: &str| names.iter().filter(|name| *name == wanted).count();
    (count("kallyai"), count("kaicalls"))
}

async fn goes_over(rows: usize) {
    let credits = u32::try_from(rows / 4).unwrap();
    let harness = harness(credits).await;
    let file = harness.write("calls.csv", &table(rows));
    let batch = ["batch", &file, "--yes", "--json", "--failover-on-quota", "--at-once"];
    let at_once = AT_ONCE.to_string();
    let batch = [&batch[..], &[&at_once]].concat();
    let begun = std::time::Instant::now();
    let ran = harness.run(&batch).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let summary = report(&ran);
    assert_eq!((&summary["rows"], &summary["settled"]["closed"]), (&rows.into(), &rows.into()));
    assert_eq!((&summary["rang_twice"], &summary["rejected"]), (&0.into(), &0.into()));
    assert!(ran.err.contains("kallyai is out of credit"), "the bar says so: {}", ran.err);
    rang_once(&harness, rows);
    let (kallyai, kaicalls) = providers(&harness.path().join("calls.results.csv"));
    // A call is billed when it is over, so that as many as are under way may come on top.
    assert!((1..=rows / 4 + AT_ONCE).contains(&kallyai), "{kallyai} with {credits} credits");
    assert_eq!(kallyai + kaicalls, rows);
    println!(
        "{rows} rows: {kallyai} at kallyai, {kaicalls} went over to kaicalls, {:.0} s",
        begun.elapsed().as_secs_f64()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rest_goes_over_to_the_next_provider() {
    goes_over(60).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn five_thousand_rows_go_over_to_the_next_provider() {
    goes_over(5_000).await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn without_leave_to_go_over_the_rest_waits_and_is_not_lost() {
    const ROWS: usize = 40;
    let harness = harness(10_000).await;
    let file = harness.write("calls.csv", &table(ROWS));
    let batch = ["batch", &file, "--yes", "--json", "--at-once", "4"];
    let mut command = tokio::process::Command::from(harness.command(&batch));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    harness.ledger.wait_for_rings(6).await;
    let credit = Rule::on("POST", "/v1/calls", Fault::answer(402, "quota_exceeded"));
    harness.kallyai.faults().add(credit);
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    loop {
        let line = lines.next_line().await.unwrap().expect("it ended before it said why it waits");
        // It says who waits for what, and until when.
        if line.contains(" wait: kallyai out of credit until ") {
            break;
        }
    }
    let pid = child.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let mut out = String::new();
    let mut stdout = child.stdout.take().unwrap();
    let rest = async { while let Ok(Some(_)) = lines.next_line().await {} };
    let (ended, _, ()) = tokio::join!(child.wait(), stdout.read_to_string(&mut out), rest);
    assert!([1, 5].contains(&ended.unwrap().code().unwrap()), "{out}");
    let rung = harness.ledger.len();
    assert!((6..ROWS).contains(&rung), "{rung}");
    let results = fs::read_to_string(harness.path().join("calls.results.csv")).unwrap();
    assert!(results.contains(",not_started,"), "{results}");

    // With credit again, the same command places the rest.
    harness.kallyai.faults().clear();
    let ran = harness.run(&batch).await;
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert_eq!(report(&ran)["settled"]["closed"], ROWS);
    rang_once(&harness, ROWS);
}
