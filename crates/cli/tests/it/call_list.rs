//! `switchboard calls list`, and ids as short as they are unique.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use switchboard::{
    CallId, CallRequest, Ledger,
    journal::{JournalExt, NewCall, state::Fact},
};
use unicode_width::UnicodeWidthStr;
use uuid::Uuid;

use crate::common::{Harness, Ran};

/// A person, a name and a task.
const PEOPLE: [(&str, &str, &str); 4] = [
    ("+442079460018", "", "Ask whether a table for two is free on Friday at eight o'clock."),
    ("+12125550123", "東京都のレストランを予約してください", "Ask."),
    ("+4930901820", "Zoë 👩‍👩‍👧‍👦 from the café at the corner of the street", "Fragen."),
    ("+442079460019", "=cmd|' /C calc'!A1", "Ring +442079460018\nback."),
];

/// A ledger with these calls: the first two of the same moment, the others a day apart.
async fn with_calls(harness: &Harness) -> Vec<CallId> {
    let ledger = Ledger::file(harness.path().join("ledger.db"), None).await.unwrap();
    let now = Timestamp::now();
    let mut ids = Vec::new();
    for (nth, (to, name, task)) in PEOPLE.iter().enumerate() {
        let days = [3, 3, 1, 0][nth];
        let at = now - SignedDuration::from_hours(24 * days);
        let mut request = CallRequest::new(*to, *task);
        request.callee_name = (!name.is_empty()).then(|| (*name).to_owned());
        request.tenant = (nth == 2).then(|| "acme".to_owned());
        request.batch = (nth < 2).then(|| "june.csv".to_owned());
        if nth == 0 {
            request.tags.push("vip".to_owned());
        }
        let millis = u128::try_from(at.as_millisecond()).unwrap();
        let random = (0x7a5 + 0x100 * nth as u128) << 64 | 0x8000 << 48;
        let id = CallId::new(Uuid::from_u128(millis << 80 | 0x7000 << 64 | random));
        let request = Arc::new(request.validate(at).unwrap());
        ledger.journal().open(NewCall::new(id, request, at)).await.unwrap();
        ids.push(id);
    }
    let journal = ledger.journal();
    journal.record(ids[1], Fact::Scheduled, now).await.unwrap();
    ids
}

fn ids(ran: &Ran) -> Vec<String> {
    let listed = ran.json();
    let calls = listed["calls"].as_array().unwrap();
    calls.iter().map(|call| call["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_fits_eighty_columns_whatever_is_in_it() {
    let harness = Harness::start(|config| config).await;
    let ids = with_calls(&harness).await;
    let ran = harness.run(&["calls", "list"]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 1 + PEOPLE.len(), "a line for each call: {}", ran.out);
    let place = |line: &str, word: &str| line.split(word).next().unwrap().width();
    let status = place(lines[0], "status");
    for (line, word) in lines[1..].iter().zip(["received", "scheduled", "received", "received"]) {
        assert!(line.width() <= 80, "{} columns: {line}", line.width());
        assert!(!line.contains("20794600") && !line.contains('\u{1b}'), "{line}");
        assert_eq!(place(line, word), status, "a column is broken:\n{}", ran.out);
    }
    assert!(lines[1].contains("+44…18") && lines[1].contains("Ask whether"), "{}", ran.out);
    assert!(lines[2].contains("東京"), "{}", ran.out);

    // What is printed as an id is one.
    for (line, id) in lines[1..].iter().zip(&ids) {
        let short = line.split(' ').next().unwrap();
        assert!(short.len() < 36, "{line}");
        let shown = harness.run(&["calls", "show", short, "--json"]).await;
        assert_eq!(shown.json()["call"]["id"], id.to_string(), "{line}: {}", shown.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_beginning_of_an_id_stands_for_it_unless_it_is_ambiguous() {
    let harness = Harness::start(|config| config).await;
    let ids = with_calls(&harness).await;
    // The first two were received in the same millisecond.
    let both = ids[0].to_string()[..13].to_owned();
    for command in ["show", "watch", "cancel"] {
        let refused = harness.run(&["calls", command, &both]).await;
        assert_eq!(refused.code, 2, "{command}: {}", refused.err);
        for id in &ids[..2] {
            assert!(refused.err.contains(&id.to_string()), "{command}: {}", refused.err);
        }
        assert!(!refused.err.contains("79460018"), "{}", refused.err);
        assert!(!refused.err.contains(&ids[2].to_string()), "{}", refused.err);
    }
    let missing = harness.run(&["calls", "show", "ffff"]).await;
    assert_eq!(missing.code, 1, "{}", missing.err);
    let third = ids[2].to_string().replace('-', "").to_uppercase();
    let cancelled = harness.run(&["calls", "cancel", &third[..9], "--json"]).await;
    assert_eq!(cancelled.code, 0, "{}", cancelled.err);
    assert_eq!(cancelled.json()["call"], ids[2].to_string());

    // Its caller took it back: no provider and no rule refused it.
    let listed = harness.run(&["calls", "list"]).await;
    let line = listed.out.lines().nth(3).unwrap();
    assert!(line.contains("cancelled") && !line.contains("refused"), "{}", listed.out);
    let watched = harness.run(&["calls", "watch", &ids[2].to_string()]).await;
    assert!(watched.out.contains("the call is refused: cancelled"), "{}", watched.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_selected_by_what_people_know_of_them() {
    let harness = Harness::start(|config| config).await;
    let all: Vec<String> = with_calls(&harness).await.iter().map(ToString::to_string).collect();
    let three_days_ago = Timestamp::now() - SignedDuration::from_hours(72);
    let three_days_ago = three_days_ago.to_string()[..10].to_owned();
    for (arguments, expected) in [
        (&[][..], &[0, 1, 2, 3][..]),
        (&["--last", "2"], &[2, 3]),
        (&["--limit", "1"], &[3]),
        (&["--status", "scheduled"], &[1]),
        (&["--outcome", "completed"], &[]),
        (&["--provider", "kallyai"], &[]),
        (&["--tag", "vip", "--tag", "other"], &[0]),
        (&["--tenant", "acme"], &[2]),
        (&["--batch", "june.csv"], &[0, 1]),
        (&["--number", "+44 20 7946 0019"], &[3]),
        (&["--to", "+12125550123"], &[1]),
        (&["--experiment", "e"], &[]),
        (&["--since", "2h"], &[3]),
        (&["--since", "yesterday"], &[2, 3]),
        (&["--since", "2020-01-01", "--until", "2h ago"], &[0, 1, 2]),
        (&["--since", &three_days_ago, "--until", &three_days_ago], &[0, 1]),
        (&["--until", "2020-01-01T00:00:00Z"], &[]),
    ] {
        let ran = harness.run(&[&["calls", "list", "--json"], arguments].concat()).await;
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.err);
        let expected: Vec<String> = expected.iter().map(|at: &usize| all[*at].clone()).collect();
        assert_eq!(ids(&ran), expected, "{arguments:?}");
    }
    for (arguments, problem) in [
        (["--since", "noon"], "is not a time: use 2026-11-29"),
        (["--outcome", "great"], "is not an outcome"),
        (["--to", "12"], "--to"),
        (["--columns", "id,colour"], "colour"),
    ] {
        let ran = harness.run(&[&["calls", "list"], &arguments[..]].concat()).await;
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.out);
        assert!(ran.err.contains(problem), "{arguments:?}: {}", ran.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_has_the_columns_and_the_format_that_are_asked_for() {
    let harness = Harness::start(|config| config).await;
    let all = with_calls(&harness).await;
    let columns = ["--columns", "batch,id,status"];
    let ran = harness.run(&[&["calls", "list", "-o", "csv"], &columns[..]].concat()).await;
    let mut lines = ran.out.lines();
    assert_eq!(lines.next(), Some("batch,id,status"), "{}", ran.err);
    assert_eq!(lines.next(), Some(format!("june.csv,{},received", all[0]).as_str()));

    let ran = harness.run(&["calls", "list", "-o", "csv"]).await;
    let mut table = csv::Reader::from_reader(ran.out.as_bytes());
    let header = table.headers().unwrap().clone();
    let rows: Vec<_> = table.records().map(Result::unwrap).collect();
    let at = |name: &str| header.iter().position(|one| one == name).unwrap();
    assert_eq!((rows.len(), &rows[3][at("to")]), (4, "+44…19"));
    assert!(rows[3][at("name")].starts_with("'=cmd"), "{:?}", rows[3]);
    assert!(!ran.out.contains("79460018"), "{}", ran.out);

    let wide = harness.run(&["calls", "list", "-o", "wide"]).await.out;
    assert!(all.iter().all(|id| wide.contains(&id.to_string())), "{wide}");
    assert_eq!(wide.lines().count(), 2 + all.len(), "{wide}");
    let json = harness.run(&["calls", "list", "-o", "json"]).await;
    assert_eq!(json.json(), harness.run(&["calls", "list", "--json"]).await.json());
}

#[tokio::test(flavor = "multi_thread")]
async fn times_are_those_of_this_machine() {
    let harness = Harness::start(|config| config).await;
    with_calls(&harness).await;
    let list = ["calls", "list", "-o", "csv", "--columns", "received", "--last", "1"];
    let mut command = tokio::process::Command::from(harness.command(&list));
    let ran = Ran::of(command.env("TZ", "Asia/Kathmandu").output().await.unwrap());
    assert!(ran.out.trim_end().ends_with("+05:45"), "{}{}", ran.out, ran.err);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_shown_on_a_terminal_alone_and_the_audit_log_says_to_whom() {
    use crate::common::pty;
    let harness = Harness::start(|config| config).await;
    let all = with_calls(&harness).await;
    let id = all[0].to_string();
    for arguments in [&["calls", "list", "--reveal"][..], &["calls", "show", &id, "--reveal"]] {
        let refused = harness.run(arguments).await;
        assert_eq!(refused.code, 2, "{arguments:?}: {}", refused.out);
        assert!(refused.err.contains("--reveal: shows whole phone numbers"), "{}", refused.err);
        assert!(!refused.out.contains("79460018"), "{}", refused.out);
    }
    let list = pty::run(harness.command(&["calls", "list", "--reveal"]), 80, "");
    assert_eq!(list.code, 0, "{}", list.text);
    assert!(list.text.contains("+442079460018"), "{}", list.text);
    assert!(list.lines().iter().all(|line| line.width() <= 80), "{}", list.text);
    let one = pty::run(harness.command(&["calls", "show", &id, "--reveal"]), 100, "");
    assert!(one.code == 0 && one.text.contains("+442079460018"), "{}", one.text);

    let ledger = Ledger::file(harness.path().join("ledger.db"), None).await.unwrap();
    let topic = switchboard::router::AuditTopic::Call;
    let entries = ledger.journal().audit_entries(topic, 0).await.unwrap();
    let seen: Vec<(&str, &str, &Value)> = entries
        .iter()
        .map(|(_, entry)| (entry.subject.as_str(), entry.by.as_str(), &entry.what["reveal"]))
        .collect();
    let numbers = Value::from("numbers");
    assert_eq!(seen, [("calls list", "ada", &numbers), (id.as_str(), "ada", &numbers)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_without_calls_is_an_empty_list() {
    let harness = Harness::start(|config| config).await;
    for empty in ["no ledger", "an empty ledger"] {
        if empty == "an empty ledger" {
            Ledger::file(harness.path().join("ledger.db"), None).await.unwrap();
        }
        let ran = harness.run(&["calls", "list"]).await;
        assert_eq!((ran.code, ran.out.as_str()), (0, "no calls\n"), "{empty}: {}", ran.err);
        let ran = harness.run(&["calls", "list", "--json"]).await;
        assert_eq!((ran.code, ids(&ran).len()), (0, 0), "{empty}: {}", ran.err);
        let ran = harness.run(&["calls", "list", "-o", "csv", "--columns", "id"]).await;
        assert_eq!((ran.code, ran.out.as_str()), (0, "id\n"), "{empty}: {}", ran.err);
        assert_eq!(ran.err.contains("does not exist"), empty == "no ledger", "{}", ran.err);
    }
    let ran = harness.run(&["calls", "list", "--ledger", "nowhere.db"]).await;
    assert_eq!(ran.code, 2, "a ledger that was named has to be there: {}", ran.out);
}
