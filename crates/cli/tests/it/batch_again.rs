//! `switchboard batch` on a file that somebody worked on: only what is new rings, and once.

use std::{collections::BTreeMap, process::Stdio};

use serde_json::Value;
use switchboard_testkit::{
    RingLedger,
    calls::{CallScript, Outcome},
    fault::{After, Fault, Rule},
};

use crate::common::{Harness, Ran};

const ANN: &str = "+442079460010";
const BEN: &str = "+442079460011";
const CID: &str = "+442079460012";
const DAN: &str = "+442079460013";
const EVE: &str = "+442079460014";

/// The file as it was at first.
const FILE: &str = "to,task,callee_name,language\n\
                    +442079460010,\"Ask, politely.\",Ann,en\n\
                    +442079460011,\"Ask, politely.\",Ben,en\n\
                    +442079460012,\"Ask, politely.\",Cid,en\n";

fn report(ran: &Ran) -> Value {
    let last = ran.out.lines().last().unwrap_or_else(|| panic!("nothing was printed: {}", ran.err));
    serde_json::from_str(last).unwrap()
}

fn counts(report: &Value, names: &[&str]) -> Vec<u64> {
    names
        .iter()
        .map(|name| report[*name].as_u64().unwrap_or_else(|| panic!("{name}: {report}")))
        .collect()
}

/// Who rang, and how often.
fn rings(ledger: &RingLedger) -> BTreeMap<String, usize> {
    let everybody = (10..30).map(|last| format!("+4420794600{last}"));
    everybody
        .map(|number| (number.clone(), ledger.count(&number)))
        .filter(|(_, rang)| *rang > 0)
        .collect()
}

fn once(people: &[&str]) -> BTreeMap<String, usize> {
    people.iter().map(|number| ((*number).to_owned(), 1)).collect()
}

/// What somebody did to the file.
struct Done {
    what: &'static str,
    text: String,
    /// The file's name now.
    name: &'static str,
    arguments: &'static [&'static str],
    /// Who is new in it.
    new: &'static [&'static str],
    /// Rows that were called before, with other details among them, and rows that are held back.
    before: [u64; 3],
}

impl Done {
    fn same(what: &'static str, text: String) -> Self {
        Self { what, text, name: "calls.csv", arguments: &[], new: &[], before: [3, 0, 0] }
    }
}

fn swapped(text: &str) -> String {
    let lines = text.lines().map(|line| match line.rsplit_once(',') {
        Some((rest, language)) => format!("{language},{rest}\n"),
        None => format!("{line}\n"),
    });
    lines.collect()
}

fn sorted(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    lines[1..].reverse();
    lines.join("\n")
}

/// Everything that spreadsheets and people do to a file.
fn all() -> Vec<Done> {
    let same = Done::same;
    let (header, rows) = FILE.split_once('\n').unwrap();
    vec![
        same("nothing", FILE.to_owned()),
        same("empty lines", FILE.replace('\n', "\n\n") + "\n,,,\n"),
        same("CRLF", FILE.replace('\n', "\r\n")),
        same("CR", FILE.replace('\n', "\r")),
        same("a byte order mark", format!("\u{feff}{FILE}")),
        same("a byte order mark and CRLF", format!("\u{feff}{}", FILE.replace('\n', "\r\n"))),
        same("no line feed at the end", FILE.trim_end().to_owned()),
        same("semicolons", FILE.replace(',', ";").replace("Ask; politely", "Ask, politely")),
        same(
            "tabs",
            FILE.replace("\",", "\"\t")
                .replace(",\"", "\t\"")
                .replace(",en", "\ten")
                .replace("task,callee_name,language", "task\tcallee_name\tlanguage")
                .replace("to,", "to\t"),
        ),
        same("sep=", format!("sep=,\n{FILE}")),
        same("sorted", sorted(FILE)),
        same("columns swapped", swapped(FILE)),
        same("header in capitals", format!("{}\n{rows}", header.to_uppercase())),
        same("header in words", format!("To,Task,Callee Name,Language\n{rows}")),
        same(
            "everything in quotes",
            FILE.replace("+4420", "\"+4420")
                .replace(",\"Ask", "\",\"Ask")
                .replace("en\n", "\"en\"\n"),
        ),
        same("numbers with spaces", FILE.replace("+442079460", "+44 20 7946 0")),
        same("numbers against formulas", FILE.replace("+4420", "'+4420")),
        same(
            "spaces around",
            FILE.replace(",\"Ask", " , \" Ask").replace("politely.\"", "politely. \""),
        ),
        same(
            "a column of remarks",
            format!("{header},metadata.remark\n{}", rows.replace("en\n", "en,\n")),
        ),
        Done { before: [3, 3, 0], ..same("other details", FILE.replace(",en", ",es")) },
        Done {
            before: [3, 0, 0],
            arguments: &["--failover-on-quota"],
            ..same("another setting of the batch", FILE.to_owned())
        },
        Done {
            before: [3, 0, 0],
            arguments: &["--again"],
            ..same("again, in the same batch", FILE.to_owned())
        },
        Done {
            before: [2, 0, 0],
            ..same(
                "one row taken out",
                FILE.replace("+442079460011,\"Ask, politely.\",Ben,en\n", ""),
            )
        },
        Done {
            new: &[DAN],
            ..same("one row appended", format!("{FILE}{DAN},\"Ask, politely.\",Dan,en\n"))
        },
        Done {
            new: &[DAN, EVE],
            ..same(
                "one row in front, one behind, sorted and saved by a spreadsheet",
                sorted(&format!("{FILE}{EVE},Tell.,Eve,en\n{DAN},Tell.,Dan,\n"))
                    .replace(',', ";")
                    .replace("Ask; politely", "Ask, politely")
                    .replace('\n', "\r\n"),
            )
        },
        Done {
            name: "renamed.csv",
            before: [0, 0, 3],
            ..same("a copy of another name", FILE.to_owned())
        },
        Done {
            name: "renamed.csv",
            before: [0, 0, 3],
            new: &[DAN],
            ..same(
                "a copy of another name, with one row more",
                format!("{FILE}{DAN},Tell.,Dan,en\n"),
            )
        },
        Done {
            name: "calls (1).csv",
            arguments: &["--name", "calls.csv"],
            ..same("a copy under the batch's name", FILE.to_owned())
        },
        Done {
            arguments: &["--name", "evening"],
            before: [0, 0, 3],
            ..same("the same file under another name", FILE.to_owned())
        },
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn only_new_rows_ring_whatever_was_done_to_the_file() {
    for done in all() {
        let harness = Harness::start(|config| config).await;
        let file = harness.write("calls.csv", FILE);
        let ran = harness.run(&["batch", &file, "--json"]).await;
        assert_eq!(
            (ran.code, rings(&harness.ledger)),
            (0, once(&[ANN, BEN, CID])),
            "{}{}",
            ran.out,
            ran.err
        );

        let file = harness.write(done.name, &done.text);
        let ran = harness.run(&[&["batch", &file, "--json"], done.arguments].concat()).await;
        let summary = report(&ran);
        let what = format!("{}: {summary}\n{}", done.what, ran.err);
        assert_eq!(rings(&harness.ledger), once(&[&[ANN, BEN, CID], done.new].concat()), "{what}");
        assert_eq!(
            counts(&summary, &["replayed", "with_other_details", "held_back"]),
            done.before,
            "{what}"
        );
        assert_eq!(summary["submitted"], done.new.len(), "{what}");
        assert_eq!(ran.code, if done.before[2] > 0 { 3 } else { 0 }, "{what}");
        assert_eq!(harness.ledger.posts(), 3 + done.new.len(), "{what}");
        assert!(!ran.err.contains("7946"), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_held_back_is_told_and_called_where_it_is_meant() {
    let harness = Harness::start(|config| config).await;
    let file = harness.write("monday.csv", FILE);
    assert_eq!(harness.run(&["batch", &file]).await.code, 0);

    let file = harness.write("tuesday.csv", FILE);
    let ran = harness.run(&["batch", &file]).await;
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.err.contains("3 rows are held back") && ran.err.contains("--again"), "{}", ran.err);
    assert!(ran.out.contains("held back") && ran.out.contains("since 20"), "{}", ran.out);
    let kept = std::fs::read_to_string(harness.path().join("tuesday.rejected.csv")).unwrap();
    assert_eq!(kept.matches("the same number and task came at 20").count(), 3, "{kept}");
    // One alone is held back for ten minutes only, and that is by the same guard.
    let call = ["call", "--to", ANN, "--task", "Ask, politely.", "--wait", "--json"];
    let ran = harness.run(&call).await;
    assert_eq!((ran.code, &ran.json()["error"]["kind"]), (3, &"possible_duplicate".into()));
    assert_eq!(rings(&harness.ledger), once(&[ANN, BEN, CID]));

    let ran = harness.run(&["batch", &file, "--again", "--json"]).await;
    assert_eq!(
        (ran.code, counts(&report(&ran), &["submitted", "held_back"])),
        (0, vec![3, 0]),
        "{}",
        ran.err
    );
    let ran = harness.run(&["batch", &file, "--again", "--json"]).await;
    assert_eq!(counts(&report(&ran), &["submitted", "replayed"]), [0, 3], "{}", ran.err);
    assert_eq!(harness.run(&[&call[..], &["--again"]].concat()).await.code, 0);
    assert_eq!([ANN, BEN].map(|number| harness.ledger.count(number)), [3, 2]);

    // What the row says itself is a word on it, too.
    let keyed = FILE.replace("language\n", "idempotency_key\n").replace(",en\n", ",\n").replacen(
        ",\n",
        ",order-17\n",
        1,
    );
    let file = harness.write("wednesday.csv", &keyed);
    let ran = harness.run(&["batch", &file, "--json"]).await;
    assert_eq!(counts(&report(&ran), &["submitted", "held_back"]), [1, 2], "{}", ran.err);
    // That key is the call, in every batch; for something else it is refused.
    let file = harness.write("thursday.csv", &keyed.replace("Ann", "Anna"));
    let ran = harness.run(&["batch", &file, "--json"]).await;
    assert_eq!(
        counts(&report(&ran), &["replayed", "with_other_details", "held_back"]),
        [1, 1, 2],
        "{}",
        ran.err
    );
    let file = harness.write("friday.csv", &keyed.replace("Ask, politely.", "Tell."));
    let ran = harness.run(&["batch", &file, "--json"]).await;
    assert_eq!(report(&ran)["reasons"]["idempotency_key_reused"], 1, "{}", ran.err);
    assert_eq!([ANN, BEN].map(|number| harness.ledger.count(number)), [4, 3]);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_interrupted_and_worked_on_is_called_once() {
    const ROWS: usize = 16;
    let person = |row: usize| format!("+4420794600{}", 10 + row);
    let slow = CallScript::new(Outcome::Completed).talking_for(std::time::Duration::from_secs(600));
    let harness = Harness::start(|config| {
        (0..ROWS).fold(config, |config, row| config.outcome(person(row), slow))
    })
    .await;
    let rows: String =
        (0..ROWS - 2).map(|row| format!("{},\"Ask, politely.\",{row}\n", person(row))).collect();
    let file = harness.write("calls.csv", &format!("to,task,metadata.row\n{rows}"));
    let mut command = tokio::process::Command::from(harness.command(&[
        "batch",
        &file,
        "--json",
        "--at-once",
        "4",
    ]));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    harness.ledger.wait_for_rings(3).await;
    let pid = child.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let stopped = Ran::of(child.wait_with_output().await.unwrap());
    let summary = report(&stopped);
    assert!(
        summary["not_started"].as_u64() > Some(0) && summary["batch"] == "calls.csv",
        "{summary}"
    );
    if summary["not_sent"] != 0 {
        assert!(
            stopped.err.contains("switchboard calls cancel --batch calls.csv"),
            "{}",
            stopped.err
        );
    }

    // Sorted, with the columns in another order and named otherwise, other numbers of rows, and two
    // people more.
    let rows: String = (0..ROWS)
        .rev()
        .map(|row| format!("{};{};\"Ask, politely.\"\r\n\r\n", ROWS - row, person(row)))
        .collect();
    let file = harness.write("calls.csv", &format!("\u{feff}metadata.row;TO;Task\r\n{rows}"));
    let ran = harness.run(&["batch", &file, "--json"]).await;
    let summary = report(&ran);
    assert_eq!(
        (ran.code, &summary["settled"]["closed"]),
        (0, &ROWS.into()),
        "{summary}{}",
        ran.err
    );
    assert_eq!(summary["with_other_details"], summary["replayed"], "{summary}");
    let everybody: Vec<String> = (0..ROWS).map(person).collect();
    let everybody: Vec<&str> = everybody.iter().map(String::as_str).collect();
    assert_eq!((rings(&harness.ledger), harness.ledger.posts()), (once(&everybody), ROWS));
}

/// So many rows to as many people.
fn people(rows: usize) -> String {
    let rows = (0..rows).map(|row| format!("+44207946{row:04},Ask.\n"));
    format!("to,task\n{}", rows.collect::<String>())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_refusal_again_and_again_pauses_the_batch() {
    let harness = Harness::start(|config| config).await;
    harness.kallyai.faults().add(
        Rule::on("POST", "/v1/calls", Fault::answer(403, "suppression_violation"))
            .after(After::Nothing),
    );
    let file = harness.write("calls.csv", &people(70));
    let mut posts = 0;
    for run in 0..2 {
        let ran = harness.run(&["batch", &file, "--yes", "--json", "--at-once", "4"]).await;
        let summary = report(&ran);
        assert_eq!(ran.code, 3, "{summary}{}", ran.err);
        assert!(
            ran.err.contains(
                "paused after 20 identical refusals in a row (kallyai: blocked (suppression_violation))"
            ),
            "{}",
            ran.err
        );
        assert!(ran.err.contains("run the same command again"), "{}", ran.err);
        assert_eq!(summary["paused_by"], "kallyai: blocked (suppression_violation)");
        let [submitted, replayed, left] =
            counts(&summary, &["submitted", "replayed", "not_started"])[..]
        else {
            panic!()
        };
        assert!((20..=32).contains(&submitted), "{summary}");
        assert_eq!(
            (submitted + replayed + left, replayed > 0),
            (70, run > 0),
            "no number is called twice: {summary}"
        );
        posts += submitted;
    }
    // `--no-pause` continues.
    let ran = harness.run(&["batch", &file, "--yes", "--json", "--no-pause"]).await;
    let summary = report(&ran);
    assert_eq!(
        (ran.code, counts(&summary, &["replayed", "not_started"])),
        (3, vec![posts, 0]),
        "{summary}"
    );
    assert_eq!(summary["settled"]["refused"], 70, "{summary}");
    assert_eq!(harness.ledger.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_that_are_not_in_a_row_pause_nothing() {
    let harness = Harness::start(|config| {
        let refused = (0..45).filter(|row| row % 15 != 14);
        refused.fold(config, |config, row| {
            config.refuse(format!("+44207946{row:04}"), "suppression_violation")
        })
    })
    .await;
    let file = harness.write("calls.csv", &people(45));
    let ran = harness.run(&["batch", &file, "--yes", "--json", "--at-once", "1"]).await;
    let summary = report(&ran);
    assert_eq!(
        (&summary["settled"]["refused"], &summary["settled"]["closed"]),
        (&42.into(), &3.into()),
        "{summary}"
    );
    assert!(summary["paused_by"].is_null(), "{summary}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_credential_is_told_and_its_rows_are_tried_again() {
    let harness = Harness::start(|config| config).await;
    harness.kallyai.faults().add(
        Rule::on("POST", "/v1/calls", Fault::answer(401, "unauthorized")).after(After::Nothing),
    );
    let file = harness.write("calls.csv", FILE);
    let ran = harness.run(&["batch", &file, "--json"]).await;
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert_eq!(report(&ran)["credentials_refused"], serde_json::json!(["kallyai"]));
    assert_eq!(ran.err.matches("kallyai refused its credential").count(), 1, "{}", ran.err);
    assert_eq!(harness.ledger.len(), 0);

    harness.kallyai.faults().clear();
    for tried_again in [3, 0] {
        let ran = harness.run(&["batch", &file, "--json"]).await;
        let summary = report(&ran);
        assert_eq!(
            (ran.code, &summary["tried_again"]),
            (0, &tried_again.into()),
            "{summary}{}",
            ran.err
        );
        assert_eq!(
            rings(&harness.ledger),
            once(&[ANN, BEN, CID]),
            "no phone rang before, and each rings once now"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_read_as_they_are_dialled_in_a_country() {
    let harness = Harness::start(|config| config).await;
    let text = "to,task,default_country\n020 7946 0010,Ask.,\n00442079460011,Ask.,\n+442079460012,Ask.,\n0044 20 7946 0013,Ask.,DE\n12,Ask.,\n";
    let file = harness.write("calls.csv", text);
    let shown =
        harness.run(&["batch", &file, "--default-country", "GB", "--dry-run", "--json"]).await;
    assert_eq!(shown.code, 3, "{}{}", shown.out, shown.err);
    let rows: Vec<Value> =
        shown.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let read = |row: usize| {
        (
            rows[row]["country"].clone(),
            rows[row]["default_country_used"].as_bool().unwrap(),
            rows[row]["line"].as_u64().unwrap(),
        )
    };
    assert_eq!(
        [0, 1, 2, 3].map(read),
        [(true, 2), (true, 3), (false, 4), (true, 5)].map(|(dialled, line)| (
            "GB".into(),
            dialled,
            line
        ))
    );
    assert!(rows[4]["detail"].is_string() && rows[4]["to"].is_null(), "{}", rows[4]);
    assert!(!shown.out.contains("7946001") && harness.ledger.posts() == 0, "{}", shown.out);
    assert!(!harness.path().join("ledger.db").exists(), "nothing was opened for it");

    let ran = harness.run(&["batch", &file, "--default-country", "GB", "--json"]).await;
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    assert_eq!(rings(&harness.ledger), once(&[ANN, BEN, CID, DAN]));
    assert_eq!(report(&ran)["default_country_used"], serde_json::json!({"GB": 3}));
    // Written in full they are the same people.
    let file = harness.write(
        "calls.csv",
        &text.replace("020 7946", "+44 20 7946").replace("00442", "+442").replace(",DE", ","),
    );
    let ran = harness.run(&["batch", &file, "--json"]).await;
    assert_eq!(counts(&report(&ran), &["submitted", "replayed"]), [0, 3], "{}{}", ran.out, ran.err);
}
