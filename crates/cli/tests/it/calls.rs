//! `switchboard calls`: what runs of the binary against simulated providers left in the ledger, for
//! people and for programs.

use std::{fs, process::Stdio};

use serde_json::Value;
use switchboard::journal::JournalExt;
use switchboard_testkit::{
    calls::{CallScript, Outcome},
    fault::{After, Fault, Rule},
};

use crate::common::{Harness, Ran};

const LONDON: &str = "+442079460018";
const NEW_YORK: &str = "+12125550123";
const CHICAGO: &str = "+13125550188";
const TASK: &str = "Ask for a table.";

/// Three calls: one that talked, one that was busy, one that missing takes.
async fn three() -> Harness {
    let harness = Harness::start(|config| {
        let config = config.outcome(LONDON, Outcome::Completed).outcome(NEW_YORK, Outcome::Busy);
        config.refuse(CHICAGO, "number_on_dnc")
    })
    .await;
    for (to, code) in [(LONDON, 0), (NEW_YORK, 0), (CHICAGO, 3)] {
        let ran = harness.run(&["call", "--to", to, "--task", TASK, "--wait"]).await;
        assert_eq!(ran.code, code, "{}", ran.err);
    }
    harness
}

fn ids(ran: &Ran) -> Vec<String> {
    let listed = ran.json();
    let calls = listed["calls"].as_array().unwrap();
    calls.iter().map(|call| call["id"].as_str().unwrap().to_owned()).collect()
}

/// What a former run left, as the ledger has it.
async fn left(harness: &Harness, to: &str, batch: Option<&str>) -> String {
    use switchboard::{CallId, CallRequest, Ledger, journal::NewCall};
    let now = jiff::Timestamp::now();
    let mut request = CallRequest::new(to, TASK);
    request.batch = batch.map(str::to_owned);
    let id = CallId::new(uuid::Uuid::now_v7());
    let ledger = Ledger::file(harness.path().join("ledger.db"), None).await.unwrap();
    let new = NewCall::new(id, std::sync::Arc::new(request.validate(now).unwrap()), now);
    ledger.journal().open(new).await.unwrap();
    id.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_rings_its_own_phone_alone_and_what_others_left_is_taken_back() {
    let harness = Harness::start(|config| config.outcome(LONDON, Outcome::Completed)).await;
    let batch = left(&harness, NEW_YORK, Some("calls.csv")).await;
    let other = left(&harness, CHICAGO, None).await;
    let ran = harness.run(&["call", "--to", LONDON, "--task", TASK, "--wait"]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("2 calls were never sent"), "{}", ran.err);
    assert_eq!(harness.ledger.len(), 1, "one phone rang");

    let ran = harness.run(&["calls", "cancel", "--batch", "calls.csv", "--json"]).await;
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let result = ran.json();
    assert_eq!((&result["call"], &result["result"]), (&batch.clone().into(), &"withdrawn".into()));
    let ran = harness.run(&["calls", "cancel", "--status", "received"]).await;
    assert!(ran.code == 0 && ran.out.contains(&other) && !ran.out.contains(&batch), "{}", ran.out);
    for id in [&batch, &other] {
        let shown = harness.run(&["calls", "show", id, "--json"]).await.json();
        assert_eq!(
            (&shown["call"]["status"], &shown["call"]["fault"]["kind"]),
            (&"refused".into(), &"withdrawn".into())
        );
        let told = harness.run(&["calls", "show", id]).await.out;
        let by: Vec<_> = told.lines().filter(|line| line.contains("taken back")).collect();
        assert!(by.iter().any(|line| line.contains("caller")), "{told}");
        assert!(!by.iter().any(|line| line.contains("router")), "{told}");
        let again = harness.run(&["calls", "cancel", id]).await;
        assert_eq!(again.code, 1, "{}", again.out);
    }
    assert_eq!(harness.run(&["calls", "cancel"]).await.code, 2);
    assert_eq!(harness.run(&["calls", "cancel", "--status", "closed"]).await.code, 2);
    assert_eq!(harness.ledger.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_outlive_the_process_that_placed_them() {
    let harness = three().await;
    let ran = harness.run(&["calls", "list"]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out.contains("completed") && ran.out.contains("busy") && ran.out.contains("refused"),
        "{}",
        ran.out
    );
    for number in ["2079460018", "2125550123", "3125550188"] {
        assert!(!ran.out.contains(number), "a whole number is shown: {}", ran.out);
    }

    let all = ids(&harness.run(&["calls", "list", "--json"]).await);
    assert_eq!(all.len(), 3);
    assert_eq!(
        ids(&harness.run(&["calls", "list", "--limit", "2", "--json"]).await),
        all[1..],
        "the latest, oldest first"
    );
    assert_eq!(
        ids(&harness.run(&["calls", "list", "--status", "refused", "--json"]).await),
        all[2..]
    );
    let closed = harness
        .run(&["calls", "list", "--status", "closed", "--status", "stalled", "--json"])
        .await;
    assert_eq!(ids(&closed), all[..2]);
    assert_eq!(
        ids(&harness.run(&["calls", "list", "--since", "2020-01-01T00:00:00Z", "--json"]).await),
        all
    );
    assert!(
        ids(&harness.run(&["calls", "list", "--since", "2100-01-01T00:00:00Z", "--json"]).await)
            .is_empty()
    );
    assert!(
        harness
            .run(&["calls", "list", "--since", "2100-01-01T00:00:00Z"])
            .await
            .out
            .contains("no calls")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_shown_with_everything_that_happened_to_it() {
    let harness = three().await;
    let all = ids(&harness.run(&["calls", "list", "--json"]).await);
    let ran = harness.run(&["calls", "show", &all[0]]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let order: Vec<_> = ["received", "admitted", "intended", "claimed", "sent", "answered"]
        .iter()
        .map(|what| ran.out.find(what).unwrap_or_else(|| panic!("{what} is missing: {}", ran.out)))
        .collect();
    assert!(order.is_sorted(), "{}", ran.out);
    assert!(
        ran.out.contains("router") && ran.out.contains("provider") && ran.out.contains("answer"),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains("2079460018"), "{}", ran.out);

    let shown = harness.run(&["calls", "show", &all[2], "--json"]).await.json();
    assert_eq!(
        (&shown["call"]["to"], &shown["call"]["status"]),
        (&CHICAGO.into(), &"refused".into())
    );
    let history = shown["history"].as_array().unwrap();
    let kinds: Vec<_> = history.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.first(), Some(&"received"));
    assert!(kinds.contains(&"failed"), "{kinds:?}");
    let failed = history.iter().find(|event| event["kind"] == "failed").unwrap();
    assert!(
        failed["at"].is_string()
            && failed["attempt"].is_string()
            && failed["content"]["error"]["code"] == "number_on_dnc",
        "{failed}"
    );

    let missing = harness.run(&["calls", "show", "018f3b1e-0000-7000-8000-000000000001"]).await;
    assert_eq!(missing.code, 1);
    assert!(missing.err.contains("there is no call"), "{}", missing.err);
    let watched = harness.run(&["calls", "watch", &all[1]]).await;
    assert_eq!(watched.code, 0, "{}", watched.err);
    assert!(
        watched.out.contains("answered") && watched.out.ends_with("the call is closed: busy\n"),
        "{}",
        watched.out
    );
    assert_eq!(harness.run(&["calls", "watch", &all[2], "--json"]).await.code, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_has_every_call_whole() {
    let harness = three().await;
    let ran = harness.run(&["calls", "export"]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let mut table = csv::Reader::from_reader(ran.out.as_bytes());
    let header = table.headers().unwrap().clone();
    let rows: Vec<_> = table.records().map(Result::unwrap).collect();
    let column = |name: &str| {
        let at = header.iter().position(|one| one == name).unwrap();
        rows.iter().map(|row| row[at].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(column("to"), [LONDON, NEW_YORK, CHICAGO]);
    assert_eq!(column("outcome"), ["completed", "busy", ""]);
    assert_eq!(column("fault")[2], "blocked");
    assert!(
        !column("cost")[1].is_empty() && column("cost")[2].is_empty(),
        "an unknown cost is not zero"
    );

    let file = harness.path().join("calls.jsonl");
    let file = file.to_str().unwrap();
    let ran = harness.run(&["calls", "export", "--format", "jsonl", "--out", file]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let text = fs::read_to_string(file).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0]["attempts"].as_array().unwrap()[0]["evidence"].is_array());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o077, 0);
    }
    let again = harness.run(&["calls", "export", "--out", file]).await;
    assert_eq!((again.code, fs::read_to_string(file).unwrap()), (2, text), "{}", again.err);
}

/// What spreadsheets take for a formula, in a cell that a caller wrote.
const FORMULAS: [&str; 9] = [
    "=HYPERLINK(\"http://example.com\")",
    "+1+1",
    "-1+1",
    "@SUM(1;2)",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    "'=1+1",
];

#[tokio::test(flavor = "multi_thread")]
async fn an_export_holds_no_formula_of_others() {
    let harness = Harness::start(|config| config).await;
    let rows: String = FORMULAS
        .iter()
        .enumerate()
        .map(|(row, formula)| {
            format!("+44207946007{row},Ask for table {row}.,\"{}\"\n", formula.replace('"', "\"\""))
        })
        .collect();
    let file = harness.write("calls.csv", &format!("to,task,tenant\n{rows}"));
    let ran = harness.run(&["batch", &file]).await;
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);

    let ran = harness.run(&["calls", "export"]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let mut table = csv::Reader::from_reader(ran.out.as_bytes());
    let header = table.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|one| one == name).unwrap();
    let (to, tenant) = (column("to"), column("tenant"));
    let mut seen = Vec::new();
    for row in table.records().map(Result::unwrap) {
        // A number that we wrote is a number, and nothing else begins as a formula does.
        assert!(row[to].starts_with("+4420"), "{row:?}");
        for (at, cell) in row.iter().enumerate().filter(|(at, _)| *at != to) {
            assert!(
                !cell.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']),
                "{}: {cell}",
                &header[at]
            );
        }
        seen.push(row[tenant].to_owned());
    }
    // For a reader that knows the rule, the text is unchanged: a batch takes such an apostrophe
    // off, and an export puts it before.
    seen.sort();
    let mut expected =
        FORMULAS.map(|formula| format!("'{}", formula.strip_prefix('\'').unwrap_or(formula)));
    expected.sort();
    assert_eq!(seen, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_call_is_placed_once_however_often_it_is_asked_for() {
    let harness = Harness::start(|config| config.outcome(NEW_YORK, Outcome::Completed)).await;
    let keyed = [
        "call",
        "--to",
        NEW_YORK,
        "--task",
        TASK,
        "--wait",
        "--json",
        "--idempotency-key",
        "order 7",
    ];
    let first = harness.run(&keyed).await;
    let second = harness.run(&keyed).await;
    assert_eq!((first.code, second.code), (0, 0), "{}{}", first.err, second.err);
    assert_eq!(first.json()["id"], second.json()["id"]);
    let without = harness.run(&keyed[..7]).await;
    assert_eq!(without.code, 3, "{}", without.err);
    assert_eq!(without.json()["error"]["kind"], "possible_duplicate");
    assert_eq!(harness.ledger.count(NEW_YORK), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_whose_process_was_killed_is_taken_up_by_the_next() {
    let long =
        CallScript::new(Outcome::Voicemail).talking_for(std::time::Duration::from_secs(1_200));
    let harness = Harness::start(|config| config.outcome(LONDON, long)).await;
    let keyed = [
        "call",
        "--to",
        LONDON,
        "--task",
        TASK,
        "--wait",
        "--json",
        "--idempotency-key",
        "order 7",
    ];
    let mut command = tokio::process::Command::from(harness.command(&keyed));
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    harness.ledger.wait_for_rings(1).await;
    child.kill().await.unwrap();

    // Looking takes nothing over.
    let left = harness.run(&["calls", "list", "--json"]).await.json()["calls"][0].take();
    assert_eq!(left["status"], "attempting");
    let id = left["id"].as_str().unwrap();

    let watch = ["calls", "watch", id];
    let (again, watched) = tokio::join!(harness.run(&keyed), harness.run(&watch));
    assert_eq!((again.code, watched.code), (0, 0), "{}{}", again.err, watched.err);
    assert!(again.err.contains("1 call may have rung: evidence is looked for"), "{}", again.err);
    assert_eq!((&again.json()["id"], &again.json()["outcome"]), (&left["id"], &"voicemail".into()));
    assert!(watched.out.ends_with("the call is closed: voicemail\n"), "{}", watched.out);
    assert_eq!(
        (harness.ledger.count(LONDON), harness.ledger.posts()),
        (1, 1),
        "nothing was sent again"
    );
    let shown = harness.run(&["calls", "show", id]).await.out;
    assert!(shown.contains("the process that sent it ended before the answer came"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_that_takes_a_doubt_up_looks_for_evidence_however_short_it_is() {
    let long =
        CallScript::new(Outcome::Completed).talking_for(std::time::Duration::from_secs(1_200));
    let harness = Harness::start(|config| config.outcome(LONDON, long)).await;
    let mut command = tokio::process::Command::from(
        harness.command(&["call", "--to", LONDON, "--task", TASK, "--wait"]),
    );
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    harness.ledger.wait_for_rings(1).await;
    child.kill().await.unwrap();
    let lists = || {
        let requests = harness.kallyai.requests();
        let lists = requests
            .iter()
            .filter(|request| request.method == "GET" && request.path.starts_with("/v1/calls"));
        lists.count()
    };
    harness.kallyai.faults().add(Rule::on("GET", "/v1/calls", Fault::Reset));
    let before = lists();

    // The same again is turned away at once.
    let short = ["call", "--to", LONDON, "--task", TASK, "--json"];
    let mut looked = before;
    for nth in 1..=6 {
        let ran = harness.run(&short).await;
        assert_eq!(ran.code, 3, "{}", ran.err);
        assert_eq!(ran.json()["error"]["kind"], "possible_duplicate");
        let now = lists();
        assert!(now > looked, "the {nth}th command did not look");
        looked = now;
    }
    harness.kallyai.faults().clear();
    assert_eq!(harness.run(&short).await.code, 3);
    let found = harness.run(&["calls", "list", "--json"]).await.json()["calls"][0].take();
    assert!(found["provider_call_id"].is_string(), "{found}");
    assert_eq!((harness.ledger.count(LONDON), harness.ledger.posts()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_resolves_an_unknown_result() {
    let harness = Harness::start(|config| config.outcome(LONDON, Outcome::Completed)).await;
    // The answer is lost, and so is every look at the list.
    harness.kallyai.faults().add(Rule::on("POST", "/v1/calls", Fault::Reset).after(After::Ring));
    harness.kallyai.faults().add(Rule::on("GET", "/v1/calls", Fault::Reset));
    let command = harness.command(&["call", "--to", LONDON, "--task", TASK, "--wait"]);
    let mut child = tokio::process::Command::from(command).spawn().unwrap();
    let id = loop {
        let ran = harness.run(&["calls", "list", "--json"]).await;
        if ran.code == 0
            && let Some(call) = ran.json()["calls"].get(0)
            && call["attempts"][0]["state"] == "reconciling"
        {
            break call["id"].as_str().unwrap().to_owned();
        }
    };
    child.kill().await.unwrap();

    let resolve = |verdict: &'static str, note: &'static str| {
        let mut command = harness.command(&[
            "calls",
            "resolve",
            &id,
            "--verdict",
            verdict,
            "--note",
            note,
            "--json",
        ]);
        command.env("USER", "ada");
        async move { Ran::of(tokio::process::Command::from(command).output().await.unwrap()) }
    };
    assert_eq!(resolve("ended=completed", " ").await.code, 2);
    let ran = resolve("ended=no-answer", "the callee says that it rang").await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        (&ran.json()["status"], &ran.json()["outcome"]),
        (&"closed".into(), &"no_answer".into())
    );

    let shown = harness.run(&["calls", "show", &id]).await.out;
    assert!(
        shown.contains("resolved") && shown.contains("ada") && shown.contains("operator"),
        "{shown}"
    );
    assert!(shown.contains("the callee says that it rang"), "{shown}");
    let twice = resolve("not-placed", "no").await;
    assert_eq!(twice.code, 1, "{}{}", twice.out, twice.err);
    assert_eq!(twice.json()["error"]["kind"], "conflict");
    assert_eq!((harness.ledger.count(LONDON), harness.ledger.posts()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_makes_no_ledger() {
    let harness = Harness::start(|config| config).await;
    for arguments in [&["calls", "watch"][..], &["ledger", "check"]] {
        let ran = harness.run(arguments).await;
        assert_eq!(ran.code, 2, "{arguments:?}");
        assert!(ran.err.contains("no call was placed with this ledger yet"), "{}", ran.err);
    }
    assert_eq!(harness.run(&["calls", "list"]).await.code, 0);
    assert!(!harness.path().join("ledger.db").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scheduled_call_is_listed_and_shown_with_when_it_is_due() {
    use switchboard::{
        CallId, CallRequest, Ledger,
        journal::{NewCall, state::Fact},
    };
    let harness = Harness::start(|config| config).await;
    let now = jiff::Timestamp::now();
    let opens = now + jiff::SignedDuration::from_hours(3);
    let mut request = CallRequest::new(NEW_YORK, TASK);
    request.not_before = Some(opens.to_string());
    request.timezone = Some("America/New_York".to_owned());
    let id = CallId::new(uuid::Uuid::now_v7());
    {
        let ledger = Ledger::file(harness.path().join("ledger.db"), None).await.unwrap();
        let new = NewCall::new(id, std::sync::Arc::new(request.validate(now).unwrap()), now);
        ledger.journal().open(new).await.unwrap();
        ledger.journal().record(id, Fact::Scheduled, now).await.unwrap();
    }
    let local = opens.to_zoned(switchboard::core::time_zone("America/New_York").unwrap());
    let local = format!("{} America/New_York", local.strftime("%Y-%m-%d %H:%M:%S"));
    let listed = harness.run(&["calls", "list", "--columns", "id,due"]).await;
    assert!(listed.out.contains(&local), "{}", listed.out);
    let shown = harness.run(&["calls", "show", &id.to_string()]).await;
    assert!(shown.out.contains(&format!("due: {local}: its window opens then")), "{}", shown.out);
    for arguments in
        [&["calls", "list", "--json"][..], &["calls", "show", &id.to_string(), "--json"]]
    {
        let read = harness.run(arguments).await.json();
        let call = if read["call"].is_null() { &read["calls"][0] } else { &read["call"] };
        assert_eq!(call["due"]["at"], opens.to_string(), "{read}");
    }
}
