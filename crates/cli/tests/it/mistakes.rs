//! What people get wrong first: each message has the cause, the value and the fix.

use std::fs;

use tempfile::tempdir;

use crate::common::{Ran, command};

/// A configuration whose provider cannot be reached.
const CONFIG: &str = r#"
[routing]
default_agent = "desk"
[ledger]
path = "ledger.db"
[rules]
off = "no person is called in a test"
[providers.kaicalls]
kind = "kaicalls"
base_url = "http://127.0.0.1:1"
api_key_env = "TEST_KEY"
[agents.desk]
at = { kaicalls = "agent-1" }
[agents.reception]
at = { kaicalls = "agent-2" }
"#;

/// Runs it in a directory with this configuration, with a key and without a user's name.
fn ran(config: &str, arguments: &[&str]) -> Ran {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("switchboard.toml"), config).unwrap();
    fs::write(folder.path().join("colour.csv"), "to,task,colour\n+12125550123,Ask.,red\n").unwrap();
    fs::write(folder.path().join("near.csv"), "to,tsak\n+12125550123,Ask.\n").unwrap();
    fs::write(folder.path().join("broken.json"), "{\"to\": ").unwrap();
    fs::write(folder.path().join("field.json"), r#"{"to": "+12125550123", "taks": "x"}"#).unwrap();
    let mut command = command(arguments);
    for name in ["USER", "LOGNAME", "USERNAME"] {
        command.env_remove(name);
    }
    command.current_dir(folder.path()).env("HOME", folder.path()).env("TEST_KEY", "kc_live_x");
    Ran::of(command.output().unwrap())
}

/// Options that fail, with the exit code and what has to be said.
type Mistake = (&'static [&'static str], i32, &'static [&'static str]);

#[test]
fn a_mistake_on_the_command_line_says_its_cause_and_its_fix() {
    const TO: &str = "+12125550123";
    let mistakes: [Mistake; 22] = [
        (
            &["plan", "--to", TO, "--agent", "recepton"],
            2,
            &["\"recepton\"", "did you mean reception?"],
        ),
        (
            &["plan", "--to", TO, "--agent", "zebra"],
            2,
            &["\"zebra\"", "name one of desk, reception"],
        ),
        (&["call", "--to", TO, "--task", "x", "--agent", "dsk"], 2, &["--agent: \"dsk\"", "desk?"]),
        (&["plan", "--to", "2125550123", "--default-country", "USA"], 2, &["USA", "write US"]),
        (&["plan", "--to", "2125550123", "--default-country", "UK"], 2, &["UK", "write GB"]),
        (&["plan", "--to", "2125550123", "--default-country", "XX"], 2, &["XX", "as US or GB"]),
        (&["plan", "--to", "+1212555"], 2, &["--to: ", "incomplete number"]),
        (&["plan", "--to", TO, "--log", "verbose"], 2, &["\"verbose\" is not a level", "debug"]),
        (&["plan", "--to", TO, "--log", "warn,switchboard_engine=loud"], 2, &["\"loud\"", "trace"]),
        (&["plan", "--config", "other.toml", "--to", TO], 2, &["other.toml", "switchboard init"]),
        (&["calls", "list", "--status", "ringing"], 2, &["ringing", "in_progress"]),
        (&["calls", "cancel"], 2, &["ID"]),
        (&["call", "--to", TO], 2, &["--task"]),
        (
            &["call", "--to", TO, "--task", "x", "--max-duration-seconds", "10m"],
            2,
            &["10m", "seconds"],
        ),
        (
            &["call", "--to", TO, "--task", "x", "--max-duration-seconds", "9"],
            2,
            &["--max-duration-seconds: "],
        ),
        (&["call", "--to", TO, "--task", "x", "--not-before", "tomorrow"], 2, &["--not-before: "]),
        (&["call", "--to", TO, "--task", "x", "--max-cost", "0.50"], 2, &["0.50", "'0.50 USD'"]),
        (&["call", "--to", TO, "--task", "x", "--metadata", "order"], 2, &["order", "NAME=VALUE"]),
        (&["batch", "colour.csv", "--dry-run"], 2, &["\"colour\"", "--column ignore=COLUMN"]),
        (&["batch", "near.csv", "--dry-run"], 2, &["\"tsak\"", "did you mean \"task\"?"]),
        (
            &["call", "--json-request", "broken.json"],
            2,
            &["--json-request: ", "line 1", "\"task\""],
        ),
        (&["call", "--json-request", "field.json"], 2, &["taks", "did you mean task?"]),
    ];
    for (arguments, code, told) in mistakes {
        let ran = ran(CONFIG, arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}{}", ran.out, ran.err);
        for word in told {
            assert!(ran.err.contains(word), "{arguments:?} lacks {word:?}: {}", ran.err);
        }
    }
}

#[test]
fn a_mistake_in_the_configuration_says_its_place_and_its_fix() {
    for (right, wrong, told) in [
        (
            "\"http://127.0.0.1:1\"",
            "\"api.example.com\"",
            "base_url: has no scheme: write it whole",
        ),
        (
            "\"http://127.0.0.1:1\"",
            "\"http://a:99999999\"",
            "base_url: is no address (invalid port",
        ),
        ("[ledger]", "max_wait_seconds = \"10m\"\n[ledger]", "write a whole number of seconds"),
        ("[ledger]", "default_country = \"USA\"\n[ledger]", "write US"),
        ("[ledger]", "default_country = \"UK\"\n[ledger]", "write GB"),
        ("default_agent = \"desk\"", "default_agent = \"dsk\"", "desk"),
        ("kind = \"kaicalls\"", "kind = \"kaicals\"", "did you mean kaicalls?"),
        ("api_key_env = \"TEST_KEY\"", "api_key = \"x\"", "api_key"),
        ("path = \"ledger.db\"", "pth = \"ledger.db\"", "did you mean path?"),
    ] {
        let ran = ran(&CONFIG.replace(right, wrong), &["plan", "--to", "+12125550123"]);
        assert_eq!(ran.code, 2, "{wrong}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains("line ") && ran.err.contains(told), "{wrong}: {}", ran.err);
        assert!(!ran.err.contains("api.example.com\""), "the value may be a secret: {}", ran.err);
    }
}

#[test]
fn an_address_that_nothing_listens_on_is_named_with_the_cause() {
    let ran = ran(CONFIG, &["providers"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let all = format!("{}{}", ran.out, ran.err);
    assert!(all.contains("127.0.0.1:1: ") && all.to_lowercase().contains("refused"), "{all}");
}

#[test]
fn nobody_is_named_where_the_environment_names_nobody() {
    let id = "018f3b1e-0000-7000-8000-000000000001";
    let lifted = ["--override", "P-HOURS-MARKETING", "--override-reason", "asked"];
    let until = ["--override-until", "2099-01-01T00:00:00Z"];
    let call = ["call", "--to", "+12125550123", "--task", "x"];
    let ran_call = ran(CONFIG, &[&call[..], &lifted, &until].concat());
    assert_eq!(ran_call.code, 2, "{}", ran_call.err);
    assert!(ran_call.err.contains("--override-by: is missing"), "{}", ran_call.err);
    assert!(ran_call.err.contains("USER") && ran_call.err.contains("give your name"));
    let resolve = ["calls", "resolve", id, "--verdict", "not-placed", "--note", "x"];
    let resolved = ran(CONFIG, &resolve);
    assert_ne!(resolved.code, 0);
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    use std::process::Stdio;

    for arguments in [&["--help"][..], &["words"], &["man"], &["completions", "bash"]] {
        let mut child =
            command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        let told = String::from_utf8(ended.stderr).unwrap();
        assert!(ended.status.success(), "{arguments:?}: {told}");
        assert!(!told.contains("panicked"), "{arguments:?}: {told}");
    }
}

#[test]
fn the_words_are_those_of_the_glossary() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/glossary.md"));
    let copy = include_str!("../../src/help/glossary.md");
    assert_eq!(page.unwrap(), copy, "copy docs/glossary.md to crates/cli/src/help/glossary.md");
    let all = ran(CONFIG, &["help", "words"]);
    assert_eq!(all.code, 0, "{}", all.err);
    for word in ["\n  failure domain\n", "\n  rate slot\n", "\n  NotSent\n", "\n  usage_row\n"] {
        assert!(all.out.contains(word), "{word:?} is missing");
    }
    assert!(!all.out.contains(['`', '|']), "{}", all.out);
    assert!(all.out.lines().all(|line| line.chars().count() <= 80), "{}", all.out);
    let rows = copy.lines().filter(|line| line.starts_with("| ") && !line.contains("| meaning |"));
    let listed = ran(CONFIG, &["words", "--json"]).json();
    assert_eq!(listed.as_array().unwrap().len(), rows.count());
    let one = ran(CONFIG, &["words", "Ring"]);
    assert_eq!(one.code, 0);
    assert!(one.out.contains("ring number 0") || one.out.contains("One series"), "{}", one.out);
    let none = ran(CONFIG, &["words", "failure domian"]);
    assert_eq!(none.code, 2);
    assert!(none.err.contains("did you mean failure domain?"), "{}", none.err);
}
