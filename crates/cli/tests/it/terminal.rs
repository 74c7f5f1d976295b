//! Providers' words on a terminal: nothing of them is obeyed, and none of them looks like a row or
//! a line of ours.

use serde_json::{Value, json};
use switchboard_testkit::fault::{After, Fault, Rule};

use crate::common::{Harness, Ran};

const NEW_YORK: &str = "+12125550123";
/// Sets the window's title, clears the screen, turns colours on, writes over the line, turns the
/// text around, and forges lines and rows.
const HOSTILE: [&str; 9] = [
    "\u{1b}]0;owned\u{7}",
    "\u{1b}[2J\u{1b}[1;31m",
    "\u{9b}31m\u{9d}0;owned\u{9c}",
    "harmless\rerror: forged",
    "\u{8}\u{8}\u{8}\u{7f}",
    "\u{202e}desrever\u{2066}\u{2069}",
    "zero\u{200b}width\u{feff}\u{e0041}",
    "one\nerror: forged\r\nkaicalls  healthy\u{2028}forged",
    "\0\u{b}\u{c}\u{85}forged",
];

/// Nothing but text and our own line feeds, on either stream; and no line that a provider's words
/// began.
fn check(what: &str, ran: &Ran) {
    for (stream, text) in [("stdout", &ran.out), ("stderr", &ran.err)] {
        let obeyed = text.chars().find(|one| {
            one.is_control() && *one != '\n' || switchboard::core::text::is_invisible(*one)
        });
        assert_eq!(obeyed, None, "{what}: {stream}: {text:?}");
        for line in text.lines() {
            let forged = line.starts_with("error: forged")
                || line.starts_with("forged")
                || line.starts_with("kaicalls  healthy");
            assert!(!forged, "{what}: {stream}: {text:?}");
        }
        assert!(!text.contains("panicked"), "{what}: {text}");
    }
}

fn all() -> String {
    HOSTILE.join(" ")
}

/// The answers to every question about the account.
fn answer() -> Value {
    let word = all();
    let row = json!({
        "id": word, "name": word, "agent_name": word, "status": word, "plan": word, "account": word, "email": word, "phone_number": word,
        "description": word, "type": word, "greeting": word, word.clone(): word, "agent_id": word, "call_id": word, "created_at": word,
    });
    json!({
        "success": true, "agents": [row], "numbers": [row], "phone_numbers": [row], "calls": [row], "records": [row], "data": [row],
        "usage": row, "id": word, "name": word, "plan": word, "status": word, "account": word, "total": 1,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_about_an_account_is_obeyed() {
    let harness = Harness::start(|config| config).await;
    for faults in [harness.kaicalls.faults(), harness.kallyai.faults()] {
        faults.add(Rule::on("GET", "*", Fault::raw(200, answer().to_string())));
    }
    for arguments in [
        &["providers"][..],
        &["numbers", "list"],
        &["agents", "list"],
        &["agents", "show", &all()],
        &["usage", "balance"],
        &["usage", "records"],
        &["whoami"],
    ] {
        for more in [&[][..], &["--json"], &["--log", "trace"]] {
            let arguments = [arguments, more].concat();
            // A null byte ends an argument, and is none.
            let arguments: Vec<String> =
                arguments.iter().map(|one| one.replace('\0', "")).collect();
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let ran = harness.run(&arguments).await;
            check(&format!("{arguments:?}"), &ran);
        }
    }
    assert!(harness.kaicalls.faults().fired() > 10 && harness.kallyai.faults().fired() > 10);

    let shown = harness.run(&["agents", "list"]).await;
    assert!(
        shown.out.contains("harmless␍error: forged") && shown.out.contains(" ⏎ "),
        "{}",
        shown.out
    );
    // A program gets all of it.
    let listed = harness.run(&["agents", "list", "--json"]).await.json();
    assert!(listed["agents"].to_string().contains("\\u001b]0;owned"), "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_to_a_call_is_obeyed() {
    for (status, ends) in [(400, 3), (422, 3), (201, 0)] {
        let harness = Harness::start(|config| config).await;
        let word = all();
        let body = json!({
            "error": {"code": word, "message": word, "details": {"reason": word}}, "message": word, "id": word, "call_id": word, "status": word,
            "summary": word, "next_steps": word,
        });
        for (faults, path) in [
            (harness.kaicalls.faults(), "/api/v1/calls*"),
            (harness.kallyai.faults(), "/v1/calls*"),
        ] {
            faults.add(
                Rule::on("POST", path, Fault::raw(status, body.to_string())).after(After::Nothing),
            );
        }
        let placed = harness
            .run(&[
                "call",
                "--to",
                NEW_YORK,
                "--task",
                "Ask for a table.",
                "--log",
                "trace",
                "--json",
            ])
            .await;
        check(&format!("call, {status}"), &placed);
        assert_eq!(placed.code, ends, "{status}: {}", placed.err);
        let listed = harness.run(&["calls", "list", "--json"]).await;
        check("calls list --json", &listed);
        let id = listed.json()["calls"][0]["id"].as_str().unwrap().to_owned();
        for arguments in [
            &["calls", "list"][..],
            &["calls", "show", &id],
            &["calls", "list", "-o", "wide"],
            &["calls", "list", "-o", "csv"],
            &["calls", "show", &id, "--json"],
            &["calls", "export", "--json"],
        ] {
            check(&format!("{arguments:?}, {status}"), &harness.run(arguments).await);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_is_not_obeyed_either() {
    let harness = Harness::start(|config| config).await;
    for word in HOSTILE.map(|word| word.replace('\0', "")) {
        for arguments in [
            &["plan", "--to", &word][..],
            &["call", "--to", &word, "--task", "x"],
            &["calls", "show", &word],
            &["usage", "--provider", &word, "balance"],
            &[&word],
            &["--config", &word, "providers"],
            &["--log", &format!("=?={word}"), "providers"],
        ] {
            let ran = harness.run(arguments).await;
            assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.err);
            let obeyed =
                ran.err.chars().chain(ran.out.chars()).find(|one| one.is_control() && *one != '\n');
            assert_eq!(obeyed, None, "{arguments:?}: {:?}", ran.err);
        }
    }
}
