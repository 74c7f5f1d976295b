//! `switchboard batch`: every row is one call, whatever happens to the process.

use std::{fs, process::Stdio};

use serde_json::Value;
use switchboard_testkit::{
    calls::{CallScript, Outcome},
    fault::{After, Fault, Rule},
};

use crate::common::{Harness, Ran};

fn london(last: usize) -> String {
    format!("+4420794600{last:02}")
}

/// A table of so many calls to London, each to another person.
fn table(rows: usize) -> String {
    let lines =
        (0..rows).map(|row| format!("{},\"Ask, politely, for table {row}.\",b;a\n", london(row)));
    format!("to,task,tags\n{}", lines.collect::<String>())
}

/// The last line, which is the report.
fn report(ran: &Ran) -> Value {
    let last = ran.out.lines().last().unwrap_or_else(|| panic!("nothing was printed: {}", ran.err));
    serde_json::from_str(last).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_becomes_one_call_and_a_second_run_places_none() {
    let harness = Harness::start(|config| config.outcome(london(1), Outcome::Busy)).await;
    let file = harness.write("calls.csv", &table(5));
    let ran = harness.run(&["batch", &file, "--json"]).await;
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let first = report(&ran);
    let count = |report: &Value, names: &[&str]| {
        names.iter().map(|name| report[*name].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(
        count(&first, &["rows", "submitted", "replayed", "rejected", "rang_twice", "not_started"]),
        [5, 5, 0, 0, 0, 0]
    );
    assert_eq!((&first["settled"]["closed"], &first["outcomes"]["busy"]), (&5.into(), &1.into()));
    assert_eq!(first["cost"]["currency"], "USD");
    assert_eq!(ran.out.lines().count(), 6, "a line for each row, and the report: {}", ran.out);
    for (number, line) in ran.out.lines().take(5).enumerate() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line["row"].is_u64() && line["call"].is_string(), "line {number}: {line}");
    }

    let ran = harness.run(&["batch", &file]).await;
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(
        ran.out.contains("calls of an earlier run") && !ran.out.contains("207946"),
        "{}",
        ran.out
    );
    assert_eq!((harness.ledger.len(), harness.ledger.posts()), (5, 5));

    // Under the same name only what is new is called, whatever the file is called and what else is
    // in it.
    let longer =
        format!("to,task,tags\n{},Ask.,\n{}", london(50), table(5).split_once('\n').unwrap().1);
    let other = harness.write("others.csv", &longer);
    let ran = harness.run(&["batch", &other, "--name", "calls.csv", "--json"]).await;
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert_eq!(count(&report(&ran), &["rows", "submitted", "replayed"]), [6, 1, 5], "{}", ran.err);
    assert_eq!((harness.ledger.len(), harness.ledger.count(&london(50))), (6, 1));
}

/// Waits until every row's call is closed, but for some that may have rung and did not. None of
/// them would ever be decided by itself.
async fn doubtful(harness: &Harness, rows: usize) -> Vec<String> {
    loop {
        let listed = harness.run(&["calls", "list", "--limit", "100", "--json"]).await.json();
        let calls = listed["calls"].as_array().unwrap();
        let open: Vec<&Value> = calls.iter().filter(|call| call["status"] != "closed").collect();
        let rang = |call: &Value| harness.ledger.count(call["to"].as_str().unwrap()) > 0;
        let doubtful = |call: &Value| call["attempts"][0]["state"] == "reconciling" && !rang(call);
        if calls.len() == rows && !open.is_empty() && open.iter().all(|call| doubtful(call)) {
            return open.iter().map(|call| call["id"].as_str().unwrap().to_owned()).collect();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_is_killed_goes_on_and_never_rings_twice() {
    const ROWS: usize = 40;
    let slow = CallScript::new(Outcome::Completed).talking_for(std::time::Duration::from_secs(300));
    let harness = Harness::start(|config| {
        (0..ROWS).fold(config, |config, row| config.outcome(london(row), slow))
    })
    .await;
    let file = harness.write("calls.csv", &table(ROWS));
    for rings in [3, 12, 25] {
        let mut command =
            tokio::process::Command::from(harness.command(&["batch", &file, "--yes"]));
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        harness.ledger.wait_for_rings(rings).await;
        child.kill().await.unwrap();
    }
    let ran = loop {
        let mut command =
            tokio::process::Command::from(harness.command(&["batch", &file, "--yes", "--json"]));
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        tokio::select! {
            ended = child.wait_with_output() => break Ran::of(ended.unwrap()),
            doubtful = doubtful(&harness, ROWS) => for call in doubtful {
                // Killed between writing down that it sends and sending: an operator looks at the
                // provider, and it goes on.
                let resolve = ["calls", "resolve", &call, "--verdict", "not-placed", "--note", "the provider has no such call", "--by", "ada"];
                let ran = harness.run(&resolve).await;
                assert_eq!(ran.code, 0, "{}", ran.err);
            },
        }
    };
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let report = report(&ran);
    assert_eq!((&report["rows"], &report["settled"]["closed"]), (&ROWS.into(), &ROWS.into()));
    assert!(report["replayed"].as_u64() >= Some(25), "{report}");
    for row in 0..ROWS {
        assert_eq!(harness.ledger.count(&london(row)), 1, "row {}", row + 1);
    }
    assert_eq!(harness.ledger.posts(), ROWS, "nothing was sent twice");
    assert_eq!(harness.run(&["ledger", "check"]).await.code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_rows_are_kept_with_their_reasons() {
    let harness = Harness::start(|config| {
        config.refuse(london(3), "suppression_violation").outcome(london(1), Outcome::Completed)
    })
    .await;
    let text = format!(
        "Phone;Script;Notes;urgent\n{};Ask.;vip;\n911;Report a fire.;;\n{};Ask.;again;\n{};Sell.;;\n{};Ask.;;perhaps\n",
        london(1),
        london(1),
        london(3),
        london(4),
    );
    let file = harness.write("people.csv", &text);
    let names = ["--column", "to=Phone", "--column", "task=Script", "--column", "ignore=Notes"];
    let ran = harness.run(&[&["batch", &file, "--json"], &names[..]].concat()).await;
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    let summary = report(&ran);
    assert_eq!(
        (&summary["submitted"], &summary["rejected"], &summary["settled"]["refused"]),
        (&2.into(), &3.into(), &1.into())
    );
    for reason in ["emergency_number", "possible_duplicate", "blocked", "invalid_request"] {
        assert_eq!(summary["reasons"][reason], 1, "{reason}: {summary}");
    }
    assert_eq!(harness.ledger.len(), 1);
    assert!(!ran.err.contains("79460"), "{}", ran.err);

    let rejected = harness.path().join("people.rejected.csv");
    let mut kept = csv::Reader::from_path(&rejected).unwrap();
    assert_eq!(
        kept.headers().unwrap(),
        vec!["Phone", "Script", "Notes", "urgent", "rejected_row", "rejected_reason"]
    );
    let mut rows: Vec<_> = kept.records().map(Result::unwrap).collect();
    rows.sort_by_key(|row| row[4].to_owned());
    assert_eq!(rows.iter().map(|row| row[4].to_owned()).collect::<Vec<_>>(), ["2", "3", "4", "5"]);
    assert!(rows[1][5].contains("same as row 1") && rows[1][2] == *"again", "{rows:?}");
    assert!(rows[3][5].contains("urgent: is neither true nor false"), "{rows:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&rejected).unwrap().permissions().mode() & 0o077, 0);
    }

    // Mended, it is a batch, with the column's former name too.
    let corrected = fs::read_to_string(&rejected).unwrap().replace("perhaps", "yes");
    let corrected = corrected.replace("rejected_reason", "rejected_because");
    let corrected = harness.write("corrected.csv", &corrected);
    harness.write("corrected.rejected.csv", "Phone,rejected_row,rejected_because\n");
    let ran = harness.run(&[&["batch", &corrected, "--json"], &names[..]].concat()).await;
    assert_eq!((ran.code, harness.ledger.count(&london(4))), (3, 1), "{}{}", ran.out, ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_rejected_rows_that_was_cut_short_is_replaced() {
    let harness = Harness::start(|config| config).await;
    let file = harness.write("people.csv", "to,task\n911,Report a fire.\n");
    let rejected = harness.path().join("people.rejected.csv");
    let ran = harness.run(&["batch", &file]).await;
    let whole = fs::read_to_string(&rejected).unwrap();
    assert!(whole.starts_with("to,task,rejected_row,rejected_reason\n"), "{whole}{}", ran.err);

    // A process may be killed after any byte of the header, or of the first row.
    for length in 0..=whole.len() {
        fs::write(&rejected, &whole[..length]).unwrap();
        let again = harness.run(&["batch", &file]).await;
        assert_eq!(again.code, ran.code, "cut after {length}: {}", again.err);
        assert_eq!(fs::read_to_string(&rejected).unwrap(), whole, "cut after {length}");
    }
    for other in ["t\n", "to,task\n", "to,task,rejected_row,rejected_reasons\n", "to,cost"] {
        fs::write(&rejected, other).unwrap();
        let refused = harness.run(&["batch", &file]).await;
        assert_eq!(refused.code, 2, "{other}: {}", refused.err);
        assert_eq!(fs::read_to_string(&rejected).unwrap(), other);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_makes_no_sense_sends_nothing() {
    let harness = Harness::start(|config| config).await;
    let good = harness.write("good.csv", &table(1));
    for (name, text, arguments, problem) in [
        ("empty.csv", "to,task\n", &[][..], "contains no call"),
        ("colour.csv", "to,task,colour\n+442079460018,Ask.,red\n", &[], "colour"),
        ("alone.csv", "to\n+442079460018\n", &[], "\"task\""),
        ("twice.csv", "to,To,task\n+442079460018,,Ask.\n", &[], "twice"),
        ("named.csv", "to,task\n+442079460018,Ask.\n", &["--column", "to=Phone"], "no column"),
        (
            "field.csv",
            "to,task\n+442079460018,Ask.\n",
            &["--column", "fone=to"],
            "not start with a field",
        ),
        ("near.csv", "to,taks\n+442079460018,Ask.\n", &[], "did you mean \"task\"?"),
        (
            "quote.csv",
            "to,task\n+442079460018,\"Ask.\n+442079460019,Ask.\n",
            &[],
            "line 2: opens a quote",
        ),
        ("batch.csv", "to,task\n+442079460018,Ask.\n", &["--name", "a\nb"], "control character"),
        ("rate.csv", "to,task\n+442079460018,Ask.\n", &["--rate", "0"], "--rate"),
        (
            "mine.csv",
            "to,task\n+442079460018,Ask.\n",
            &["--rejected", good.as_str()],
            "was not written by a batch",
        ),
    ] {
        let file = harness.write(name, text);
        let ran = harness.run(&[&["batch", &file], arguments].concat()).await;
        assert_eq!(ran.code, 2, "{name}: {}", ran.err);
        assert!(ran.err.contains(problem) && !ran.err.contains("79460018"), "{name}: {}", ran.err);
    }
    assert_eq!((harness.ledger.posts(), fs::read_to_string(good).unwrap()), (0, table(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_is_looked_for() {
    let harness = Harness::start(|config| {
        (0..3).fold(config, |config, row| config.outcome(london(row), Outcome::Completed))
    })
    .await;
    harness
        .kallyai
        .faults()
        .add(Rule::on("POST", "/v1/calls", Fault::Reset).after(After::Ring).to(london(1).as_str()));
    let file = harness.write("calls.csv", &table(3));
    let ran = harness.run(&["batch", &file, "--json"]).await;
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert_eq!(report(&ran)["outcomes"]["completed"], 3);
    assert_eq!((harness.ledger.len(), harness.ledger.posts()), (3, 3));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_begins_no_more_rows_and_loses_none() {
    const ROWS: usize = 30;
    let slow = CallScript::new(Outcome::Completed).talking_for(std::time::Duration::from_secs(600));
    let harness = Harness::start(|config| {
        (0..ROWS).fold(config, |config, row| config.outcome(london(row), slow))
    })
    .await;
    let file = harness.write("calls.csv", &table(ROWS));
    let command = harness.command(&["batch", &file, "--yes", "--json", "--rate", "600"]);
    let mut command = tokio::process::Command::from(command);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    harness.ledger.wait_for_rings(4).await;
    let pid = child.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let ran = Ran::of(child.wait_with_output().await.unwrap());
    assert!([1, 5].contains(&ran.code), "{}: {}", ran.code, ran.err);
    assert!(ran.err.contains("no more rows are started"), "{}", ran.err);
    let stopped = report(&ran);
    assert!(stopped["not_started"].as_u64() > Some(0), "{stopped}");
    let rung = harness.ledger.len();
    assert!(rung < ROWS, "{rung} rang");

    let ran = harness.run(&["batch", &file, "--yes", "--json"]).await;
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert_eq!(report(&ran)["settled"]["closed"], ROWS);
    assert_eq!((harness.ledger.len(), harness.ledger.posts()), (ROWS, ROWS));
}

/// Turns the calling rules on as they are built in: nothing is sent by these tests.
fn with_built_in_rules(harness: &Harness) {
    let text = fs::read_to_string(harness.config()).unwrap();
    let text = text.replace("off = \"no person is called in a test\"", "");
    fs::write(harness.config(), text).unwrap();
    if !fs::read_to_string(harness.config()).unwrap().contains("[rules]") {
        harness.configure("[rules]");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_counts_what_the_calling_rules_say() {
    let harness = Harness::start(|config| config).await;
    with_built_in_rules(&harness);
    let row = |number: String, more: &str| format!("{number},Ask.,{more}\n");
    let table = [
        "to,task,purpose,on_behalf_of,not_before\n".to_owned(),
        row(london(1), "reservation,Ada,2099-06-01T12:00:00Z"),
        row(london(2), "reservation,Ada,2099-06-01T02:00:00Z"),
        row(london(3), "reservation,Ada,2099-06-01T03:00:00Z"),
        row("+12125550104".to_owned(), "marketing,Ada,2099-06-01T15:00:00Z"),
        row(london(5), ",Ada,2099-06-01T12:00:00Z"),
    ];
    let file = harness.write("calls.csv", &table.concat());
    let ran = harness.run(&["batch", &file, "--dry-run"]).await;
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    for told in [
        "no rule stops 1 of 4 rows",
        "2 of 4 wait until 2099-06-01 08:00 in Europe/London",
        "1 of 4 is refused:",
        "1 has no consent record (US-TCPA-A2, 2026-11-29)",
        "4 of 5 rows are valid",
        "are of 2026-11-29",
    ] {
        let told = told.replace("are of 2026-11-29", "tables 2026-11-29");
        assert!(ran.err.contains(&told), "{told}: {}", ran.err);
    }
    assert!(ran.out.contains("waits until 2099-06-01T07:00:00Z"), "{}", ran.out);
    let ran = harness.run(&["batch", &file, "--dry-run", "--json"]).await;
    let mut rows: Vec<Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let summary = rows.pop().unwrap();
    assert_eq!(summary["summary"]["refused_by_rules"], 1, "{summary}");
    let verdicts: Vec<_> = rows.iter().map(|row| row["rules"]["verdict"].clone()).collect();
    assert_eq!(
        verdicts,
        ["allow".into(), "wait".into(), "wait".into(), "refuse".into(), Value::Null]
    );
    assert_eq!(rows[4]["reason"], "invalid_request");
    assert!(rows[3]["rules"]["stopped_by"].as_array().unwrap().contains(&"US-TCPA-A2".into()));
    assert_eq!((harness.ledger.len(), harness.ledger.posts()), (0, 0));

    // What the whole batch lifts opens the hours of the rows that it is about.
    let lifted = |rule: &'static str| {
        [
            "--override",
            rule,
            "--override-reason",
            "Ada.",
            "--override-until",
            "2100-01-01T00:00Z",
            "--override-by",
            "ada",
        ]
    };
    let lifting = [&["batch", &file, "--dry-run"][..], &lifted("P-HOURS-RESERVATION")].concat();
    let ran = harness.run(&lifting).await;
    assert!(ran.err.contains("no rule stops 3 of 4 rows"), "{}", ran.err);
    for dry_run in [&["--dry-run"][..], &[]] {
        let ran = harness.run(&[&["batch", &file][..], dry_run, &lifted("P-AI")].concat()).await;
        assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
        assert!(ran.err.contains("--override: P-AI may not be lifted by anybody"), "{}", ran.err);
    }
    assert_eq!(harness.ledger.posts(), 0);

    let off = harness.write("off.toml", "");
    let text = fs::read_to_string(harness.config()).unwrap();
    fs::write(&off, text.replace("[rules]", "[rules]\noff = \"our own phones\"")).unwrap();
    let ran = harness.run(&["batch", &file, "--dry-run", "--config", &off]).await;
    assert!(ran.err.contains("the calling rules are off (our own phones)"), "{}", ran.err);
}
